"""CMP011: a secret that stands in the spec itself."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.rule import Case, Rule
from stdspec.lint.secret_shape import within
from stdspec.paths import dotted
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Every value that has the shape of a secret, or stands under a key that names one."""
    for path, _value, found in within((), spec.resolved):
        yield Fault(
            path,
            f"{dotted(path)} holds {found[0].kind}; take it out, revoke it, and refer to it by compute.secrets: "
            f"{{NAME: {{from: env}}}}",
        )


RULE = Rule(
    code="CMP011",
    slug="inline-secret",
    summary="A secret stands in the spec itself",
    why="A spec is committed, cached, copied into every run folder and shown in reports. A secret in it is public. "
    "Name the "
    "secret and where the machine finds it; never write it down.",
    check=check,
    good=(
        Case("compute: {secrets: {REGISTRY_TOKEN: {from: env}}}"),
        Case("data: {source: {path: 'https://example.org/a.csv'}}"),
    ),
    bad=(
        Case(
            "compute: {secrets: {TOKEN: abc}}",
            "compute.secrets.TOKEN",
            "compute.secrets.TOKEN holds a secret in plain text; take it out, revoke it, and refer to it by "
            "compute.secrets: "
            "{NAME: {from: env}}",
        ),
        Case(
            "data: {source: {path: 'postgres://bob:hunter2@db/claims'}}",
            "data.source.path",
            "data.source.path holds a password in an address; take it out, revoke it, and refer to it by "
            "compute.secrets: "
            "{NAME: {from: env}}",
        ),
    ),
)

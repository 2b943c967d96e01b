"""CMP011: a secret that stands in the spec itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stdspec.compose.model import Composed
from stdspec.lint.rule import Case, Rule
from stdspec.paths import ConfigPath, dotted
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_SHAPES = (
    ("an AWS access key", re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})")),
    ("a Hugging Face token", re.compile(r"\bhf_[A-Za-z0-9]{30,}")),
    ("an API key", re.compile(r"\bsk-[A-Za-z0-9_-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a password in an address", re.compile(r"://[^/\s:@]+:[^/\s:@$]+@")),
)
_NAMES = re.compile(
    r"(^|[_-])(password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|credentials?)$", re.IGNORECASE
)


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Every text that has the shape of a secret, or stands under a key that names one."""
    for path, value in spec.leaves():
        if isinstance(value, str) and (kind := _secret(path, value)) is not None:
            yield Fault(
                path,
                f"{dotted(path)} holds {kind}; take it out, revoke it, and refer to it by compute.secrets: "
                f"{{NAME: {{from: env}}}}",
            )


@lru_cache(maxsize=4096)
def _shape(value: str) -> str | None:
    """What secret a text has the shape of. Specs of one project hold mostly the same texts."""
    return next((kind for kind, shape in _SHAPES if shape.search(value)), None)


@lru_cache(maxsize=4096)
def _names_one(key: str) -> bool:
    """Whether a key names a secret; keys are mostly the same, too."""
    return bool(_NAMES.search(key))


def _secret(path: ConfigPath, value: str) -> str | None:
    kind = _shape(value)
    if kind is not None:
        return kind
    named = _names_one(str(path[-1])) or (path[:2] == ("compute", "secrets") and len(path) == 3)
    return "a secret in plain text" if named and value and "${" not in value else None


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

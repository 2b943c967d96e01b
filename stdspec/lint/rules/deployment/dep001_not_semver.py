"""DEP001: a version that does not say what changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """A version that is no semantic version, and a changed signature without a new major version."""
    version = spec.get(("version",))
    now = _SEMVER.fullmatch(version) if isinstance(version, str) else None
    if now is None:
        said = "no version is given" if version is None else f"'{version}' is no semantic version"
        yield Fault(("version",), f"{said}; write version: MAJOR.MINOR.PATCH, such as 0.1.0")
        return
    previous = mapping(spec, "deployment", "previous")
    before = _SEMVER.fullmatch(str(previous.get("version")))
    old, new = previous.get("signature"), spec.get(("model", "signature"))
    if before is None or not isinstance(old, dict):
        return
    if not isinstance(new, dict):
        yield Fault(
            ("model", "signature"),
            f"the signature of {previous['version']} is known and this one is not frozen; freeze model.signature to "
            "compare them",
        )
    elif old != new and int(now[1]) <= int(before[1]):
        yield Fault(
            ("version",),
            f"{version} follows {previous['version']} with another signature; make it {int(before[1]) + 1}.0.0",
        )


_OLD = "deployment: {previous: {version: 1.4.0, signature: {inputs: {x: {dtype: float32, shape: [batch, 4]}}}}}\n"

RULE = Rule(
    code="DEP001",
    slug="not-semver",
    summary="The version is not semantic, or a changed signature is not a major version",
    why="Who calls a model must see from its version whether the call still fits. MAJOR changes with the signature, "
    "MINOR with "
    "behaviour, PATCH with neither.",
    check=check,
    good=(
        Case("version: 0.1.0"),
        Case(_OLD + "version: 2.0.0\nmodel: {signature: {inputs: {x: {dtype: float32, shape: [batch, 5]}}}}"),
    ),
    bad=(
        Case("version: v1", "version", "'v1' is no semantic version; write version: MAJOR.MINOR.PATCH, such as 0.1.0"),
        Case("version: null", "version", "no version is given; write version: MAJOR.MINOR.PATCH, such as 0.1.0"),
        Case(
            _OLD + "version: 1.5.0\nmodel: {signature: {inputs: {x: {dtype: float32, shape: [batch, 5]}}}}",
            "version",
            "1.5.0 follows 1.4.0 with another signature; make it 2.0.0",
        ),
    ),
)

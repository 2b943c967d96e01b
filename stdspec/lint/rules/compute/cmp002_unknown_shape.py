"""CMP002: a machine shape that is in no catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from stdspec import resources
from stdspec.compose.model import Composed
from stdspec.lint.rule import Case, Rule
from stdspec.paths import is_file
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.suggest import nearest

_PATH = ("compute", "shape")


def check(spec: Composed, settings: Settings) -> Iterator[Fault]:
    """A shape that no file of conf/compute, shipped or the project's, is named after."""
    shape = spec.get(_PATH)
    if not isinstance(shape, str):
        return
    folders = (resources.conf() / "compute", settings.root / settings.conf / "compute")
    if PurePath(shape).name == shape and any(is_file(folder / f"{shape}.yaml") for folder in folders):
        return
    known = sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")})
    hint = nearest(shape, known)
    remedy = f"did you mean {hint}?" if hint else f"add conf/compute/{shape}.yaml, or take one of {', '.join(known)}"
    yield Fault(_PATH, f"there is no compute shape '{shape}'; {remedy}", meant=hint or "")


RULE = Rule(
    code="CMP002",
    slug="unknown-shape",
    summary="The compute shape is in no catalogue",
    why="A shape is a promise about cores, memory and accelerators. One that no catalogue describes cannot be checked "
    "against "
    "the limits, booked or compared. Shapes are the options of the compute group.",
    check=check,
    good=(
        Case("compute: {shape: local}"),
        Case("compute: {shape: warehouse}", files={"conf/compute/warehouse.yaml": "shape: warehouse\n"}),
    ),
    bad=(
        Case("compute: {shape: locl}", "compute.shape", "there is no compute shape 'locl'; did you mean local?"),
        Case(
            "compute: {shape: warehuose}",
            "compute.shape",
            "there is no compute shape 'warehuose'; did you mean warehouse?",
            files={"conf/compute/warehouse.yaml": "shape: warehouse\n"},
        ),
    ),
    fixable="unsafe",
)

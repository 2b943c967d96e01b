"""DAT003: a column whose type, nullability or unit is left to guessing."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import entries, listed, mapping, own_data
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_NUMERIC = ("int", "uint", "float")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Data without columns, and every column that lacks its type, nullability or (for numbers) unit."""
    if own_data(spec):
        return
    if not mapping(spec, "data", "columns"):
        yield Fault(
            ("data", "columns"), "no column is declared; list every column with type, nullable and unit", key=True
        )
    for path, column in entries(spec, "data", "columns"):
        wanted = ["type", "nullable"]
        if str(column.get("type")).startswith(_NUMERIC):
            wanted.append("unit")
        missing = [key for key in wanted if key not in column]
        if missing:
            yield Fault(
                path, f"column '{path[-1]}' says no {listed(missing, 'or')}; add it (unit: null for none)", key=True
            )


RULE = Rule(
    code="DAT003",
    slug="untyped-column",
    summary="A column has no type, no nullability or no unit",
    why="A number without a unit and a column that may or may not be empty are read differently by every team. "
    "Declare type "
    "and nullable for every column or glob, and unit for every number (null where it has none).",
    check=check,
    good=(
        Case(
            "data: {columns: {age: {type: float32, unit: year, nullable: false}, sex: {type: category, nullable: "
            "true}}}"
        ),
        Case("data: {_target_: acme.Claims}"),
    ),
    bad=(
        Case(
            "data: {columns: {age: {type: float32}}}",
            "data.columns.age",
            "column 'age' says no nullable or unit; add it (unit: null for none)",
        ),
        Case(
            "data: {columns: {}}",
            "data.columns",
            "no column is declared; list every column with type, nullable and unit",
        ),
    ),
)

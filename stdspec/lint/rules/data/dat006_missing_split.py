"""DAT006: a split in which train, validation and test are not three."""

from __future__ import annotations

import math
from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import listed, mapping, number, own_data
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PARTS = ("train", "validation", "test")
_SPLITS = ("data", "splits")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Shares that lack a part, hold an empty one or do not add up to 1; predefined splits without validation rows."""
    splits = mapping(spec, *_SPLITS)
    if own_data(spec):
        return
    if not splits:
        yield Fault(_SPLITS, "the data are not split; choose an option of data/splits", key=True)
        return
    shares = splits.get("shares")
    if isinstance(shares, dict):
        yield from _shares(shares)
    elif splits.get("kind") == "predefined":
        if not number(splits.get("validation")) and splits.get("column") is None:
            yield Fault(
                (*_SPLITS, "validation"), "no rows are kept for validation; give their share of train or a column"
            )
    else:
        yield Fault(
            (*_SPLITS, "shares"), "the split has no shares; write shares: {train: 0.7, validation: 0.15, test: 0.15}"
        )


def _shares(shares: dict[str, object]) -> Iterator[Fault]:
    missing = [part for part in _PARTS if part not in shares]
    if missing:
        fact = f"the shares name no {listed(missing, 'and no')}; give each part its rows"
        yield Fault((*_SPLITS, "shares"), fact, key=True)
    empty = [part for part in _PARTS if (value := number(shares.get(part))) is not None and value <= 0]
    for part in empty:
        yield Fault((*_SPLITS, "shares", part), f"the {part} part has no rows; give it a share above 0")
    total = sum(number(value) or 0 for value in shares.values())
    if not missing and not empty and not math.isclose(total, 1, abs_tol=1e-6):
        yield Fault((*_SPLITS, "shares"), f"the shares add up to {total:.6g}; make them 1", key=True)


RULE = Rule(
    code="DAT006",
    slug="missing-split",
    summary="Train, validation and test are not three parts",
    why="What chooses a model must not judge it: a checkpoint picked on the rows that later give the result makes "
    "that result "
    "too good. Keep three parts, each with rows.",
    check=check,
    good=(
        Case("data: {splits: {kind: random, shares: {train: 0.7, validation: 0.15, test: 0.15}}}"),
        Case("data: {splits: {kind: predefined, column: null, validation: 0.1}}"),
    ),
    bad=(
        Case(
            "data: {splits: {kind: random, shares: {train: 0.8, test: 0.2}}}",
            "data.splits.shares",
            "the shares name no validation; give each part its rows",
        ),
        Case(
            "data: {splits: {kind: random, shares: {train: 0.8, validation: 0, test: 0.2}}}",
            "data.splits.shares.validation",
            "the validation part has no rows; give it a share above 0",
        ),
        Case(
            "data: {splits: {kind: random, shares: {train: 0.8, validation: 0.2, test: 0.2}}}",
            "data.splits.shares",
            "the shares add up to 1.2; make them 1",
        ),
        Case(
            "data: {splits: {kind: predefined, validation: null}}",
            "data.splits.validation",
            "no rows are kept for validation; give their share of train or a column",
        ),
    ),
)

"""Deals rows to train, validation and test, and to the folds of a cross-validation. Same seed, same rows.

Random and stratified dealing is scikit-learn's. Two parts differ: groups are dealt by us so that shares count rows, and
time is cut so that equal moments stay together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn import model_selection

from stdspec.errors import InputError
from stdspec.run.data.columns import with_role
from stdspec.run.data.dataset import Array, Dataset, Fold
from stdspec.run.train.units import SECONDS, amount

Rows = npt.NDArray[np.int64]
Shares = tuple[float, float, float]
"""Of train, validation and test, adding up to 1."""

_NONE: Final[Rows] = np.empty(0, dtype=np.int64)


def hold_out(dataset: Dataset, splits: Mapping[str, Any], columns: Mapping[str, Any], seed: int) -> Fold:
    """The one fold of a hold-out: rows dealt as `data.splits` says.

    Raises:
        InputError: when the rows do not suffice for the shares, or a column that dealing needs is missing.
    """
    fold = KINDS[str(splits.get("kind") or "random")](dataset, splits, columns, seed)
    for part in ("train", "validation", "test"):
        if not len(getattr(fold, part)):
            raise InputError(
                f"the {part} part would be empty: {len(dataset)} rows do not suffice for its share",
                place="data.splits",
                remedy="give it a greater share, or more data",
            )
    return fold


def shares_of(splits: Mapping[str, Any]) -> Shares:
    """The declared shares, 0.7, 0.15, 0.15 where `data.splits` has none (folds need only their ratio).

    Raises:
        InputError: when they do not add up to 1.
    """
    stated = splits.get("shares") or {"train": 0.7, "validation": 0.15, "test": 0.15}
    shares = float(stated["train"]), float(stated["validation"]), float(stated["test"])
    if abs(sum(shares) - 1) > 1e-6:
        raise InputError(f"the shares add up to {sum(shares):g} and not to 1", place="data.splits.shares")
    return shares


def validation_ratio(splits: Mapping[str, Any]) -> float:
    """The validation share of what is not tested."""
    if splits.get("kind") == "predefined":
        return float(splits.get("validation") or 0.1)
    train, validation, _ = shares_of(splits)
    return validation / (train + validation)


def column(dataset: Dataset, name: object, columns: Mapping[str, Any], role: str, place: str) -> Array:
    """The values of the named column, else of the one whose declared role is `role`.

    Raises:
        InputError: when there is no such column, or no or several with the role.
    """
    if name is None:
        named = with_role(dataset.extra, columns, role)
        if len(named) != 1:
            fact = f"{'no column has' if not named else 'several columns have'} the role {role}"
            raise InputError(fact, place=place, remedy=f"name the column here, or give one the role {role}")
        name = named[0]
    try:
        return dataset.column(str(name))
    except KeyError:
        raise InputError(f"the data has no column '{name}'", place=place) from None


def moments(dataset: Dataset, name: object, columns: Mapping[str, Any], place: str) -> Array:
    """The time of each row as float64, shape (n,): a number as it is, a date in seconds.

    Raises:
        InputError: when the column is text, or a row has no time.
    """
    values = column(dataset, name, columns, "time", place)
    if values.dtype.kind not in "fiM":
        raise InputError(
            "the time column is text", place=place, remedy="declare its type as date or datetime in data.columns"
        )
    gone = np.isnat(values) if values.dtype.kind == "M" else np.isnan(values)
    if gone.any():
        raise InputError(
            f"{int(gone.sum())} rows have no time", place=place, remedy="fill it in, or leave these rows out"
        )
    return values.astype(np.float64)


def seconds(duration: object) -> float:
    """A duration such as 7d in seconds; 0 for None."""
    return 0.0 if duration is None else amount(str(duration), SECONDS)


def part_off(rows: Rows, count: int, seed: int, strata: Array | None) -> tuple[Rows, Rows]:
    """`rows` as (the rest, `count` of them), drawn at random, by strata if given; both sorted.

    Raises:
        InputError: when a stratum is too small to be in both.
    """
    if count <= 0:
        return rows, _NONE
    if count >= len(rows):
        return _NONE, rows
    labels = None if strata is None else strata[rows]
    if labels is not None:
        _, sizes = np.unique(labels, return_counts=True)
        if sizes.min() < 2 or min(count, len(rows) - count) < len(sizes):
            raise InputError(
                f"{len(rows)} rows of {len(sizes)} classes, the rarest with {sizes.min()}, cannot be stratified into"
                f" {len(rows) - count} and {count}",
                place="data.splits",
                remedy="every class needs a row in each part: choose splits: random, or give more data",
            )
    rest, drawn = model_selection.train_test_split(rows, test_size=count, random_state=seed, stratify=labels)
    return np.sort(rest), np.sort(drawn)


def part_off_groups(rows: Rows, share: float, seed: int, groups: Array) -> tuple[Rows, Rows]:
    """`rows` as (the rest, about `share` of them), whole groups at random; both sorted.

    Groups come in random order, and each is taken as long as that brings the rows nearer to the share; at least one
    group is taken and one left.
    """
    names, codes, sizes = np.unique(groups[rows], return_inverse=True, return_counts=True)
    if share <= 0 or len(names) < 2:
        return rows, _NONE
    wanted, have, taken = share * len(rows), 0, np.zeros(len(names), dtype=bool)
    order = np.random.default_rng(seed).permutation(len(names))
    for code in order:
        if abs(have + sizes[code] - wanted) < abs(have - wanted):
            taken[code], have = True, have + int(sizes[code])
    if not taken.any():
        taken[order[np.argmin(sizes[order])]] = True
    if taken.all():
        taken[order[-1]] = False
    chosen = taken[codes]
    return rows[~chosen], rows[chosen]


def part_off_last(rows: Rows, share: float, times: Array, gap: float = 0.0) -> tuple[Rows, Rows]:
    """`rows` as (those before, the last `share` of them in time); both sorted by row.

    Rows of one moment stay together in the later part, and rows less than `gap` before it are left out.
    """
    if share <= 0 or not len(rows):
        return rows, _NONE
    ordered = np.sort(times[rows])
    cut = ordered[min(len(rows) - 1, round((1 - share) * len(rows)))]
    late = times[rows] >= cut
    early = times[rows] < cut if gap <= 0 else times[rows] <= cut - gap
    return rows[early], rows[late]


def _random(dataset: Dataset, splits: Mapping[str, Any], columns: Mapping[str, Any], seed: int) -> Fold:
    del columns
    return _dealt(dataset, splits, seed, None)


def _stratified(dataset: Dataset, splits: Mapping[str, Any], columns: Mapping[str, Any], seed: int) -> Fold:
    del columns
    if not dataset.classes:
        raise InputError("a number cannot be stratified", place="data.splits.kind", remedy="choose splits: random")
    return _dealt(dataset, splits, seed, dataset.target)


def _dealt(dataset: Dataset, splits: Mapping[str, Any], seed: int, strata: Array | None) -> Fold:
    _, validation_share, test_share = shares_of(splits)
    rows = np.arange(len(dataset))
    rest, test = part_off(rows, round(test_share * len(rows)), seed, strata)
    train, validation = part_off(rest, round(validation_share * len(rows)), seed, strata)
    return Fold(train, validation, test)


def _grouped(dataset: Dataset, splits: Mapping[str, Any], columns: Mapping[str, Any], seed: int) -> Fold:
    groups = column(dataset, splits.get("group"), columns, "group", "data.splits.group")
    names = len(np.unique(groups))
    if names < 3:
        raise InputError(f"there are {names} groups, and three parts need at least three", place="data.splits.group")
    train_share, validation_share, test_share = shares_of(splits)
    rest, test = part_off_groups(np.arange(len(dataset)), test_share, seed, groups)
    ratio = validation_share / (train_share + validation_share) if train_share + validation_share else 0.0
    train, validation = part_off_groups(rest, ratio, seed, groups)
    return Fold(train, validation, test)


def _time(dataset: Dataset, splits: Mapping[str, Any], columns: Mapping[str, Any], seed: int) -> Fold:
    del seed  # time leaves nothing to chance
    times = moments(dataset, splits.get("time"), columns, "data.splits.time")
    train_share, validation_share, test_share = shares_of(splits)
    gap = seconds(splits.get("gap"))
    rest, test = part_off_last(np.arange(len(dataset)), test_share, times, gap)
    ratio = validation_share / (train_share + validation_share) if train_share + validation_share else 0.0
    train, validation = part_off_last(rest, ratio, times, gap)
    return Fold(train, validation, test)


def _predefined(dataset: Dataset, splits: Mapping[str, Any], columns: Mapping[str, Any], seed: int) -> Fold:
    del columns
    said = dataset.predefined
    if said is None:
        raise InputError(
            "the source does not say which part a row belongs to",
            place="data.splits",
            remedy="name the column that does in data.splits.column, or choose another kind of splits",
        )
    unknown = sorted(set(said.tolist()) - {"train", "validation", "test"})
    if unknown:
        raise InputError(f"the part '{unknown[0]}' is none of train, validation, test", place="data.splits.column")
    train, validation, test = (np.flatnonzero(said == part) for part in ("train", "validation", "test"))
    if not len(validation) and splits.get("validation"):
        strata = dataset.target if dataset.classes else None
        train, validation = part_off(train, round(float(splits["validation"]) * len(train)), seed, strata)
    return Fold(train, validation, test)


KINDS: Final[Mapping[str, Callable[[Dataset, Mapping[str, Any], Mapping[str, Any], int], Fold]]] = {
    "random": _random,
    "stratified": _stratified,
    "grouped": _grouped,
    "time": _time,
    "predefined": _predefined,
}

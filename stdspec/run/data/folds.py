"""The folds of `evaluation.method`: one hold-out, or k folds and a final fit on everything.

Each fold's rows that are not tested are dealt to train and validation in the ratio of `data.splits`; nothing that is
tested is seen while fitting. The final fit has no test rows: the pooled folds judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from sklearn import model_selection

from stdspec.errors import InputError
from stdspec.run.data import splits as dealing
from stdspec.run.data.dataset import Array, Dataset, Fold, Splits

HOLD_OUT: Final = "holdout"
FINAL: Final = "final"


def make(dataset: Dataset, config: Mapping[str, Any]) -> Splits:
    """Every fold of a spec, by the config of the split node.

    Raises:
        InputError: when the rows, classes or groups do not suffice.
    """
    data, seed = config.get("data") or {}, int(config.get("seed") or 0)
    method = (config.get("evaluation") or {}).get("method") or {"kind": "hold-out"}
    how = Dealing(dataset, data.get("splits") or {}, data.get("columns") or {}, method, seed)
    if method["kind"] == "hold-out":
        return Splits({HOLD_OUT: dealing.hold_out(dataset, how.splits, how.columns, seed)})
    found = {str(number): fold for number, fold in enumerate(_METHODS[str(method["kind"])](how), start=1)}
    found[FINAL] = how.final()
    for name, fold in found.items():
        if not len(fold.train) or not len(fold.validation) or (name != FINAL and not len(fold.test)):
            raise InputError(
                f"fold {name} would have an empty part",
                place="evaluation.method.k",
                remedy="choose fewer folds, or give more data",
            )
    return Splits(found)


class Dealing:
    """What the methods share: the data and how rows that are not tested are dealt."""

    def __init__(
        self,
        dataset: Dataset,
        splits: Mapping[str, Any],
        columns: Mapping[str, Any],
        method: Mapping[str, Any],
        seed: int,
    ) -> None:
        self.dataset, self.splits, self.columns, self.method = dataset, splits, columns, method
        self.rows = np.arange(len(dataset))
        self.k = int(method["k"]) if "k" in method else 1
        chosen = method.get("seed")
        self.seed = seed if chosen is None else int(chosen)
        self.ratio = dealing.validation_ratio(splits)
        self.groups = self._groups()
        self.strata = dataset.target if method.get("stratify") and dataset.classes else None

    def _groups(self) -> Array | None:
        """The groups that stay together: the method's, else those of splits of kind grouped."""
        if self.method.get("group") is not None or self.method["kind"] == "grouped-k-fold":
            place = "evaluation.method.group"
            return dealing.column(self.dataset, self.method.get("group"), self.columns, "group", place)
        if self.splits.get("kind") == "grouped":
            return dealing.column(self.dataset, self.splits.get("group"), self.columns, "group", "data.splits.group")
        return None

    def fold(self, test: Array, seed: int) -> Fold:
        """The fold that tests these rows and deals all others to train and validation."""
        rest = np.setdiff1d(self.rows, test)
        if self.groups is not None:
            train, validation = dealing.part_off_groups(rest, self.ratio, seed, self.groups)
        else:
            train, validation = dealing.part_off(rest, round(self.ratio * len(rest)), seed, self.strata)
        return Fold(train, validation, np.sort(test))

    def final(self) -> Fold:
        """The fit on everything; in time order under time-series."""
        if self.method["kind"] == "time-series":
            train, validation = dealing.part_off_last(self.rows, self.ratio, self.times(), self.gap())
            return Fold(train, validation, np.empty(0, dtype=np.int64))
        return self.fold(np.empty(0, dtype=np.int64), self.seed)

    def times(self) -> Array:
        """The time of each row."""
        return dealing.moments(self.dataset, self.method.get("time"), self.columns, "evaluation.method.time")

    def gap(self) -> float:
        """The time left out before what is tested, in seconds (in the unit of a time that is a number)."""
        return dealing.seconds(self.method.get("gap"))


def _k_fold(how: Dealing) -> Iterator[Fold]:
    """Test each of k folds once a repeat, with seeds that count up; the splitters are scikit-learn's."""
    for repeat in range(int(how.method.get("repeats") or 1)):
        seed = (how.seed + repeat) % 2**32
        splitter = _splitter(how, seed)
        strata = how.dataset.target if how.strata is None else how.strata
        for _, test in splitter.split(how.rows, strata, how.groups):
            yield how.fold(np.asarray(test), seed)


def _splitter(how: Dealing, seed: int) -> Any:
    if how.groups is not None:
        different = len(np.unique(how.groups))
        if different <= how.k:
            raise InputError(
                f"{different} groups cannot fill {how.k} folds and leave groups to train on and to validate",
                place="evaluation.method.k",
                remedy=f"choose k below {different}",
            )
        kind = model_selection.GroupKFold if how.strata is None else model_selection.StratifiedGroupKFold
        return kind(how.k, shuffle=True, random_state=seed)
    smallest = len(how.rows) if how.strata is None else int(np.bincount(how.strata).min())
    if smallest < how.k:
        what = "rows" if how.strata is None else "rows of the rarest class"
        raise InputError(
            f"{smallest} {what} cannot fill {how.k} folds",
            place="evaluation.method.k",
            remedy=f"choose k of at most {smallest}",
        )
    kind = model_selection.KFold if how.strata is None else model_selection.StratifiedKFold
    return kind(how.k, shuffle=True, random_state=seed)


def _time_series(how: Dealing) -> Iterator[Fold]:
    """Test k times, each on a later stretch of equal length; train and validation lie before it, in that order.

    Rows are cut into k + 1 stretches at moments, so that rows of one moment are never divided.
    """
    times, gap = how.times(), how.gap()
    ordered = np.sort(times)
    starts = [ordered[len(ordered) * number // (how.k + 1)] for number in range(1, how.k + 1)]
    if len(set(starts)) < how.k or starts[0] == ordered[0]:
        raise InputError(
            f"the time column has too few different moments for {how.k} folds",
            place="evaluation.method.k",
            remedy="choose fewer folds",
        )
    for start, end in zip(starts, [*starts[1:], np.inf], strict=True):
        test = np.flatnonzero((times >= start) & (times < end))
        before = np.flatnonzero(times < start if gap <= 0 else times <= start - gap)
        train, validation = dealing.part_off_last(before, how.ratio, times, gap)
        yield Fold(train, validation, test)


_METHODS: Final[Mapping[str, Callable[[Dealing], Iterator[Fold]]]] = {
    "k-fold": _k_fold,
    "grouped-k-fold": _k_fold,
    "time-series": _time_series,
}

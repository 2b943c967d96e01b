"""Slices: the rows that a condition on a column picks, as `evaluation.slices` declares them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from stdspec.errors import RunError
from stdspec.run.data.dataset import Array, Dataset


def _number(values: Array) -> Array:
    return np.asarray(values, dtype=np.float64)


def _same(values: Array, wanted: Any) -> Array:
    if values.dtype.kind in "fiub" and isinstance(wanted, int | float):
        return np.asarray(_number(values) == float(wanted))
    return np.asarray(values.astype(str) == str(wanted))


CONDITIONS: Final[Mapping[str, Callable[[Array, Any], Array]]] = {
    "above": lambda values, limit: _number(values) > limit,
    "below": lambda values, limit: _number(values) < limit,
    "equals": _same,
    "one_of": lambda values, wanted: np.logical_or.reduce([_same(values, item) for item in wanted]),
}
"""Key of a slice to the rows that it picks, as a mask of shape (n,)."""


def described(entry: Mapping[str, Any]) -> str:
    """The conditions in words: ``above 19, below 25``."""
    return ", ".join(f"{key.replace('_', ' ')} {entry[key]}" for key in CONDITIONS if entry.get(key) is not None)


def mask(name: str, entry: Mapping[str, Any], dataset: Dataset, rows: Array) -> Array:
    """Which of `rows` the slice holds, a mask of the shape of `rows`.

    Raises:
        RunError: when the data set lacks the column, or a text column is asked for an order.
    """
    place = f"evaluation.slices.{name}"
    try:
        values = dataset.column(entry["column"])[rows]
    except KeyError:
        known = ", ".join([*(item.name for item in dataset.features), *dataset.extra])
        remedy = f"the columns are {known}" if known else "this data set has no columns"
        raise RunError(f"the data set has no column '{entry['column']}'", place=place, remedy=remedy) from None
    held = np.ones(len(rows), dtype=np.bool_)
    for key, pick in CONDITIONS.items():
        if entry.get(key) is not None:
            try:
                held &= pick(values, entry[key])
            except ValueError:
                message = f"'{key}' needs numbers, and the column '{entry['column']}' holds text"
                raise RunError(message, place=place, remedy="use equals") from None
    return held

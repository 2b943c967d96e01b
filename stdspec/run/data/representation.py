"""Sets how the rows are shared out against the known shares of the population, `data.population.reference`.

The distance is that of total variation, half of the sum of the absolute differences: the share of the rows that would
have to be others. Rows with a value that the reference does not name, or with none, are a part of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from stdspec.errors import InputError
from stdspec.evidence import Record
from stdspec.run.data import columns
from stdspec.run.data.assemble import Assembled
from stdspec.run.data.columns import Column
from stdspec.run.data.dataset import Array

PLACE: Final = "data.population.reference"

ROUNDED: Final = 0.01
"""By how much shares that were published rounded may miss the whole."""

_TRUTH: Final = {"true": 1.0, "false": 0.0}


def records(assembled: Assembled, population: Mapping[str, Any]) -> Iterator[Record]:
    """One record a column of the reference, ``{total_variation, n, furthest: {value, population, data}}``.

    Raises:
        InputError: for a column that the data lack, a value that its column cannot hold, and shares of no whole.
    """
    for name, shares in (population.get("reference") or {}).items():
        yield Record(f"run.data.representation.{name}", _measured(_column(assembled, name), shares))


def _column(assembled: Assembled, name: str) -> Column:
    """A column of the source, though it be one that the model does not see."""
    for column in assembled.columns:
        if column.name == name:
            return column
    table = assembled.table
    if name not in table.columns:
        raise columns.missing_column(name, list(table.columns), table.file, PLACE)
    return columns.typed(table, name, {})


def _measured(column: Column, shares: Mapping[str, float]) -> dict[str, Any]:
    place, total = f"{PLACE}.{column.name}", math.fsum(shares.values())
    if abs(total - 1) > ROUNDED:
        raise InputError(f"the shares add up to {total:.4g}", place, "they are the parts of one whole: let them give 1")
    observed = {value: float(np.mean(_held(column, value, place))) for value in shares}
    others = max(0.0, 1 - math.fsum(observed.values()))
    gaps = {value: abs(observed[value] - share) for value, share in shares.items()}
    furthest = max(gaps, key=lambda value: gaps[value])
    return {
        "total_variation": round((math.fsum(gaps.values()) + others) / 2, 6),
        "n": len(column.values),
        "others": round(others, 6),
        "furthest": {"value": furthest, "population": shares[furthest], "data": round(observed[furthest], 6)},
    }


def _held(column: Column, value: str, place: str) -> Array:
    """The rows that hold a value of the reference, whose keys are texts, shape (n,)."""
    if column.numeric:
        try:
            number = _TRUTH[value] if value in _TRUTH else float(value)
        except ValueError:
            raise InputError(
                f"'{value}' is no number, and the column is of type {column.type}", place, "write its values as keys"
            ) from None
        return np.asarray(column.values == number)
    return np.asarray(column.values.astype(str) == value)

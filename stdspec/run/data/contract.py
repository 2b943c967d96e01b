"""Holds columns against their declared contract: nullable, range, categories, pattern, unique.

A violation is one cell that breaks one clause. Counts and first rows are kept, the values never: they may be personal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct

from stdspec.errors import InputError
from stdspec.run.data.columns import Column, Rows

FIRST: Final = 5
"""How many places of a violation are kept."""


class Violation(Struct, frozen=True):
    """One broken clause of one column.

    Attributes:
        column: the column's name.
        clause: type, nullable, range, categories, pattern or unique.
        count: how many cells break it.
        first: the places of the first few.
        declared: the clause as declared.
    """

    column: str
    clause: str
    count: int
    first: tuple[str, ...]
    declared: Any

    def as_json(self) -> dict[str, Any]:
        """The violation as plain data."""
        return {
            "column": self.column,
            "clause": self.clause,
            "count": self.count,
            "first": list(self.first),
            "declared": self.declared,
        }

    def __str__(self) -> str:
        cells = "1 cell" if self.count == 1 else f"{self.count} cells"
        return f"column '{self.column}': {cells} {_WORDS[self.clause]}, first at {self.first[0]}"


_WORDS: Final = {
    "type": "not of the declared type",
    "nullable": "missing though not nullable",
    "range": "outside the declared range",
    "categories": "outside the declared categories",
    "pattern": "not of the declared pattern",
    "unique": "repeated though unique",
}


def violations(columns: Iterable[Column], where: Callable[[int], str]) -> list[Violation]:
    """Every violation of the declared columns, in their order.

    Args:
        columns: the typed columns; an undeclared one cannot be violated.
        where: a row, counted from 0, to its place.
    """
    found = []
    for column in columns:
        for clause, check in _CLAUSES.items():
            declared = column.declaration.get(clause)
            if declared is None:
                continue
            rows = check(column, declared)
            if rows.size:
                first = tuple(where(int(row)) for row in rows[:FIRST])
                found.append(Violation(column.name, clause, int(rows.size), first, declared))
    return found


def _type(column: Column, declared: Any) -> Rows:
    del declared  # the column was typed by it
    return column.misread


def _nullable(column: Column, declared: bool) -> Rows:
    if declared:
        return np.empty(0, dtype=np.int64)
    return np.setdiff1d(np.flatnonzero(column.missing), column.misread)


def _range(column: Column, declared: Any) -> Rows:
    if not column.numeric:
        return np.empty(0, dtype=np.int64)
    low, high = declared
    outside = np.zeros(len(column.values), dtype=bool)
    if low is not None:
        outside |= column.values < float(low)  # a NaN is not below anything: it is missing, not outside
    if high is not None:
        outside |= column.values > float(high)
    return np.flatnonzero(outside)


def _categories(column: Column, declared: Any) -> Rows:
    del declared  # column.categories are the same as text
    if not column.textual:
        return np.empty(0, dtype=np.int64)
    known = np.isin(column.values.astype(str), np.array(column.categories, dtype=str))
    return np.flatnonzero(~known & ~column.missing)


def _pattern(column: Column, declared: str) -> Rows:
    try:
        pattern = re.compile(declared)
    except re.error as error:
        place = f"data.columns.{column.name}.pattern"
        raise InputError(f"'{declared}' is no regular expression: {error}", place=place) from None
    if not column.textual:
        return np.empty(0, dtype=np.int64)
    broken = [pattern.fullmatch(cell) is None for cell in column.values]
    return np.flatnonzero(np.array(broken, dtype=bool) & ~column.missing)


def _unique(column: Column, declared: bool) -> Rows:
    if not declared:
        return np.empty(0, dtype=np.int64)
    there = np.flatnonzero(~column.missing)
    values = column.values[there]
    _, first = np.unique(values.astype(str) if column.textual else values, return_index=True)
    return np.setdiff1d(there, there[first])


_CLAUSES: Final[Mapping[str, Callable[[Column, Any], Rows]]] = {
    "type": _type,
    "nullable": _nullable,
    "range": _range,
    "categories": _categories,
    "pattern": _pattern,
    "unique": _unique,
}

"""Gives raw columns their types: as `data.columns` declares them, else as their values show.

An undeclared column is a number when more than half of its cells are; the other cells are then faults with a line.
Otherwise it is a category.
"""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from stdspec.errors import InputError
from stdspec.run.data.dataset import Array
from stdspec.run.data.raw import TEXT, Table, as_text
from stdspec.suggest import nearest

Rows = npt.NDArray[np.int64]

MISSING_NUMBER: Final = frozenset({"", "na", "n/a", "nan", "null", "none"})
"""Cells, in lower case and stripped, that stand for a missing number. Elsewhere only the empty cell is missing."""

_TRUTH: Final = {"true": 1.0, "1": 1.0, "yes": 1.0, "false": 0.0, "0": 0.0, "no": 0.0}


class Column(Struct, frozen=True):
    """One typed column.

    Attributes:
        name: its name in the source.
        type: float32, float64, int64, …, bool, category, text, date or datetime.
        values: shape (n,): float64 for numbers and bool, with NaN where missing; text for category and text, the
            empty text where missing; datetime64[s] for dates.
        missing: shape (n,), where nothing is written or what is written could not be read.
        misread: the rows whose cell is not of the type.
        declaration: what `data.columns` says of it; empty when it is not declared.
    """

    name: str
    type: str
    values: Array
    missing: npt.NDArray[np.bool_]
    misread: Rows
    declaration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def role(self) -> str:
        """Its role, ``feature`` unless declared."""
        return str(self.declaration.get("role") or "feature")

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.values.dtype.kind == "f"

    @property
    def textual(self) -> bool:
        """Whether its values are text."""
        return self.values.dtype == TEXT

    @property
    def categories(self) -> tuple[str, ...]:
        """The declared categories as text; empty when none are declared."""
        return tuple(_label(item) for item in self.declaration.get("categories") or ())


def declarations(declared: Mapping[str, Any], names: Sequence[str], file: str) -> dict[str, Mapping[str, Any]]:
    """What is declared of each column that exists: the first key that fits it, a name or a glob, holds.

    Raises:
        InputError: when a declared name or glob fits no column.
    """
    declared = {key: item for key, item in declared.items() if item is not None}  # null takes an entry away
    for key in declared:
        if not any(fits(key, name) for name in names):
            raise missing_column(key, names, file, f"data.columns.{key}")
    found: dict[str, Mapping[str, Any]] = {}
    for name in names:
        found[name] = next((item for key, item in declared.items() if fits(key, name)), {})
    return found


def with_role(names: Iterable[str], declared: Mapping[str, Any], role: str) -> list[str]:
    """The columns among `names` to which the first fitting key of `data.columns` gives a role."""
    entries = {key: item for key, item in declared.items() if item is not None}
    found = []
    for name in names:
        first: Mapping[str, Any] = next((item for key, item in entries.items() if fits(key, name)), {})
        if first.get("role") == role:
            found.append(name)
    return found


def fits(key: str, name: str) -> bool:
    """Whether a key of `data.columns`, a name or a glob, means this column."""
    return key == name or fnmatch.fnmatchcase(name, key)


def missing_column(name: str, names: Sequence[str], file: str, place: str) -> InputError:
    """The error for a column that the spec names and the file lacks."""
    near = nearest(name, names)
    listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    remedy = f"did you mean '{near}'?" if near else f"the columns are {listed}"
    return InputError(f"{file} has no column '{name}'", place=place, remedy=remedy)


def typed(table: Table, name: str, declaration: Mapping[str, Any], kind: str | None = None) -> Column:
    """One column with its type: `kind` if given, else the declared type, else the inferred one.

    Raises:
        InputError: when the declared type does not exist.
    """
    raw = table.columns[name]
    chosen = kind or declaration.get("type") or infer(raw)
    if chosen not in TYPES:
        near = nearest(str(chosen), TYPES)
        hint = f"did you mean '{near}'?" if near else f"the types are {', '.join(TYPES)}"
        raise InputError(f"there is no column type '{chosen}'", place=f"data.columns.{name}.type", remedy=hint)
    values, missing, misread = TYPES[chosen](raw)
    return Column(name, chosen, values, missing | misread, np.flatnonzero(misread), declaration)


def infer(raw: Array) -> str:
    """The type of an undeclared column: float32 when more than half of what is written are numbers, else category."""
    if raw.dtype != TEXT:
        return "float32"
    values, missing, misread = _numbers(raw)
    written = len(values) - int(missing.sum())
    return "float32" if 2 * int(misread.sum()) < written or not written else "category"


def refuse_misread(table: Table, column: Column) -> None:
    """Refuse a column in which a cell is not of the column's type.

    Raises:
        InputError: at the first such cell.
    """
    if not column.misread.size:
        return
    row = int(column.misread[0])
    cell = str(table.columns[column.name][row])[:40]
    declared = "declared" if column.declaration.get("type") else "taken"
    more = f" (and {column.misread.size - 1} more)" if column.misread.size > 1 else ""
    raise InputError(
        f"'{cell}' in column '{column.name}' is not {_MEANING_OF[column.type]}{more}",
        place=table.where(row),
        remedy=f"correct it; the column is {declared} as {column.type}, and data.columns can say otherwise",
    )


Typing = tuple[Array, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]


def _numbers(raw: Array) -> Typing:
    """Values, where they are missing, where they are no finite number."""
    if raw.dtype != TEXT:
        values = raw.astype(np.float64)
        missing = np.isnan(values)
        wrong = np.isinf(values)
        return np.where(wrong, np.nan, values), missing, wrong
    missing = np.array([cell.strip().lower() in MISSING_NUMBER for cell in raw], dtype=bool)
    try:
        values = np.where(missing, "nan", raw).astype(np.float64)
    except ValueError:
        values = np.array([np.nan if gone else _number(cell) for cell, gone in zip(raw, missing, strict=True)])
    wrong = ~missing & ~np.isfinite(values)
    return np.where(wrong, np.nan, values), missing, wrong


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan


def _whole(raw: Array) -> Typing:
    values, missing, wrong = _numbers(raw)
    broken = ~missing & ~wrong & (values != np.trunc(values))
    return np.where(broken, np.nan, values), missing, wrong | broken


def _truth(raw: Array) -> Typing:
    cells = _texts(raw)[0]
    missing = np.array([cell.strip().lower() in MISSING_NUMBER for cell in cells], dtype=bool)
    values = np.array([_TRUTH.get(cell.strip().lower(), np.nan) for cell in cells], dtype=np.float64)
    return values, missing, ~missing & np.isnan(values)


def _texts(raw: Array) -> Typing:
    texts = raw if raw.dtype == TEXT else as_text(["" if np.isnan(value) else _label(value) for value in raw.tolist()])
    return texts, np.array([not cell for cell in texts], dtype=bool), np.zeros(len(raw), dtype=bool)


def _labels(raw: Array) -> Typing:
    stripped = as_text([cell.strip() for cell in _texts(raw)[0]])
    return stripped, np.array([not cell for cell in stripped], dtype=bool), np.zeros(len(raw), dtype=bool)


def _times(raw: Array) -> Typing:
    cells = _labels(raw)[0]
    values = np.array([_time(cell) for cell in cells], dtype="datetime64[s]")
    missing = np.array([not cell for cell in cells], dtype=bool)
    return values, missing, ~missing & np.isnat(values)


def _time(cell: str) -> np.datetime64:
    try:
        moment = datetime.datetime.fromisoformat(cell)
    except ValueError:
        return np.datetime64("NaT", "s")
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return np.datetime64(moment, "s")


def _label(value: object) -> str:
    """A category as text: 3.0 as ``3`` and True as ``true``, so that what is read equals what a spec or a file says."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


TYPES: Final[Mapping[str, Callable[[Array], Typing]]] = {
    **dict.fromkeys(("float16", "float32", "float64"), _numbers),
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"), _whole),
    "bool": _truth,
    "category": _labels,
    **dict.fromkeys(("text", "string"), _texts),
    **dict.fromkeys(("date", "datetime", "timestamp"), _times),
}
"""The type of a column to what reads its cells: values, where missing, where not of the type."""

_MEANING: Final[Mapping[Callable[[Array], Typing], str]] = {
    _numbers: "a finite number",
    _whole: "a whole number",
    _truth: "true or false",
    _labels: "a category",
    _texts: "text",
    _times: "a date such as 2026-12-31 or 2026-12-31T23:59:00",
}
_MEANING_OF: Final = {name: _MEANING[reader] for name, reader in TYPES.items()}

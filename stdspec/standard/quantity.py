"""Values that compare by meaning: numbers, durations, sizes, rates, dates and versions.

Two values compare only when they are of one kind; anything else (NaN, a flag, ``n/a``, null, a list) has no quantity
and so never satisfies a comparison.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Any, Final

from msgspec import Struct

SECONDS: Final[dict[str, float]] = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}
"""Units of duration, in seconds."""

BYTES: Final[dict[str, float]] = {
    "B": 1.0,
    "kB": 1e3,
    "KB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
    "TiB": 2.0**40,
}
"""Units of size, in bytes."""

RECORD_UNITS: Final[dict[str, str]] = {"bytes": "size", "seconds": "duration"}
"""Units that evidence is recorded in, and the kind of quantity they make of a plain number."""

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?(/?)([A-Za-z]+)", re.ASCII)
_VERSION = re.compile(r"(\d+(?:\.\d+)+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_VERSION: Final = 200
"""Characters of a version at most: Python reads no number of thousands of digits."""


class Quantity(Struct, frozen=True):
    """A value of one kind.

    Attributes:
        kind: number, duration, size, rate, date or version.
        amount: what is compared: a number in the kind's base unit (seconds, bytes, per second), a date's ordinal, or a
            version as a tuple of numbers that ends in 0 for a pre-release and 1 for a release.
    """

    kind: str
    amount: Any


def quantity(value: Any, unit: str | None = None) -> Quantity | None:
    """What a value means, or None when it is no quantity.

    `unit` is the unit that a record states for a plain number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        finite = isinstance(value, int) or math.isfinite(value)  # an integer may be too large to be asked
        return Quantity(RECORD_UNITS.get(unit or "", "number"), value) if finite else None
    if isinstance(value, datetime.date):
        return Quantity("date", value.toordinal())
    return _text(value) if isinstance(value, str) else None


def _text(text: str) -> Quantity | None:
    if match := _AMOUNT.fullmatch(text):
        amount, per, unit = float(match[1]), match[2], match[3]
        if math.isinf(amount):
            return None
        if per:
            return Quantity("rate", amount / SECONDS[unit]) if unit in SECONDS else None
        if unit in SECONDS:
            return Quantity("duration", amount * SECONDS[unit])
        return Quantity("size", amount * BYTES[unit]) if unit in BYTES else None
    if _DATE.fullmatch(text):
        try:
            return Quantity("date", datetime.date.fromisoformat(text).toordinal())
        except ValueError:
            return None
    if len(text) <= _LONGEST_VERSION and (match := _VERSION.fullmatch(text)):
        numbers = [int(part) for part in match[1].split(".")]
        while len(numbers) > 1 and numbers[-1] == 0:
            numbers.pop()
        return Quantity("version", (tuple(numbers), 0 if match[2] else 1))
    return None


def order(value: Any, limit: Any, unit: str | None = None) -> int | None:
    """-1, 0 or 1 as the value is below, at or above the limit; None when the two cannot be compared."""
    left, right = quantity(value, unit), quantity(limit)
    if left is None or right is None or left.kind != right.kind:
        return None
    return int(left.amount > right.amount) - int(left.amount < right.amount)


def same(value: Any, other: Any) -> bool:
    """Equality by meaning and by type: ``60min`` is ``1h`` and 1 is 1.0, but neither is True or ``"1"``."""
    if isinstance(value, str) and isinstance(other, str):
        left, right = quantity(value), quantity(other)
        measured = left is not None and right is not None and left.kind in ("duration", "size", "rate")
        return value == other or (measured and left == right)
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, int | float) and isinstance(other, int | float):
        return value == other
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(same(item, other[key]) for key, item in value.items())
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(same, value, other))
    return type(value) is type(other) and bool(value == other)

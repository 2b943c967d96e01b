"""How values read in the report: numbers, sizes, digests, limits, absence.

What is absent reads "not recorded"; nothing that is absent or not a number ever reads like a pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

ABSENT: Final = "not recorded"
_NOT_FINITE: Final = {"nan": "not a number", "inf": "infinite", "-inf": "minus infinite"}
_OPERATORS: Final = {
    "is": "is",
    "is_not": "is not",
    "one_of": "is one of",
    "at_least": "at least",
    "at_most": "at most",
    "above": "above",
    "below": "below",
    "matches": "matches",
    "count": "count",
    "each": "each:",
    "any": "any:",
    "none": "none:",
}
_EXPONENT: Final = re.compile(r"e(-?)\+?0*")
_PATH: Final = re.compile(r"^(spec|run)\.")
_DIGEST: Final = re.compile(r"^sha256:[0-9a-f]{64}$")


def number(value: float) -> str:
    """A number for people: whole numbers and those from 1000 up in thin groups, others with four significant digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (abs(value) < 1e15 and (value == int(value) or abs(value) >= 1000)):
        return f"{round(value):,}".replace(",", "\u202f")
    return _EXPONENT.sub(r"e\1", f"{value:.4g}")


def value(item: Any, absent: str = ABSENT) -> str:
    """Any plain value as one line of text."""
    if item is None:
        return absent
    if isinstance(item, bool | int | float):
        return number(item)
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, Mapping):
        return ", ".join(f"{key}: {_inner(part)}" for key, part in item.items()) or "none"
    if isinstance(item, list | tuple):
        return ", ".join(_inner(part) for part in item) or "none"
    return str(item)


def _inner(item: Any) -> str:
    """A part of a mapping or a list; what has parts itself stands in brackets."""
    text = value(item, "none")
    return f"({text})" if isinstance(item, Mapping | list | tuple) and len(item) > 1 else text


def _text(item: str) -> str:
    if _DIGEST.match(item):
        return item[:19] + "…"
    return _NOT_FINITE.get(item, item) or "empty text"


def brief(item: Any, absent: str = ABSENT, length: int = 90) -> str:
    """`value`, cut to a length that fits a table cell; paths of clauses are shortened as far as they stay different."""
    text = value(_shortened(item) if isinstance(item, Mapping) else item, absent)
    return text if len(text) <= length else text[: length - 1].rstrip(" ,") + "…"


def _shortened(item: Mapping[str, Any]) -> Mapping[str, Any]:
    if not all(_PATH.match(key) for key in item):
        return item
    for kept in (1, 2, 3):
        names = [".".join(key.split(".")[-kept:]) for key in item]
        if len(set(names)) == len(names):
            return dict(zip(names, item.values(), strict=True))
    return item


def literal(item: Any) -> str:
    """A value of a spec as it would be written in YAML: null, true, 0.001, [64, 32]."""
    if item is None:
        return "null"
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, Mapping):
        return "{" + ", ".join(f"{key}: {literal(part)}" for key, part in item.items()) + "}"
    if isinstance(item, list | tuple):
        return "[" + ", ".join(literal(part) for part in item) + "]"
    if isinstance(item, str):
        return item if item else '""'
    return repr(item)


def limit(item: Any) -> str:
    """What a clause asks, as a sentence part: ``data.license exists``, ``at least 0.97``."""
    if item is None:
        return "none stated"
    if not isinstance(item, Mapping):
        return value(item)
    parts = []
    for key, operand in item.items():
        if key == "rule":
            parts.append(f"what the check {operand} looks for")
        elif key == "exists":
            parts.append("exists" if operand is not False else "does not exist")
        elif key in _OPERATORS:
            parts.append(f"{_OPERATORS[key]} {_operand(operand)}")
        elif isinstance(operand, Mapping):
            parts.append(f"{key} {limit(operand)}")
        else:
            parts.append(f"{key}: {value(operand, 'none')}")
    return "; ".join(parts) or "none stated"


def _operand(item: Any) -> str:
    if isinstance(item, Mapping):
        path = item.get("path")
        return str(path) if path is not None else limit(item)
    return value(item, "null")


def size(count: float | None) -> str:
    """A number of bytes: ``4.0 MiB``."""
    if count is None:
        return ABSENT
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError("unreachable: the last unit always returns")


def quantity(item: Any, unit: str | None) -> str:
    """A measured value with its unit."""
    if unit == "bytes" and isinstance(item, int | float):
        return size(item)
    text = value(item)
    return f"{text} {unit}" if unit and isinstance(item, int | float) else text

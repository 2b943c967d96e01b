"""How values read in the report: numbers, sizes, digests, limits, absence.

What is absent reads "not recorded"; nothing that is absent or not a number ever reads like a pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from stdspec.report.words import told
from stdspec.standard.operators import OPERATORS, PATTERNS

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
    "count": "count",
    "each": "each:",
    "any": "any:",
    "none": "none:",
}
_NUMBERS: Final = (("above", -1e300), ("below", 1e300))
"""How a clause asks for any number at all, since what is no number satisfies no comparison."""
_EXPONENT: Final = re.compile(r"e(-?)\+?0*")
_PATH: Final = re.compile(r"^(spec|run)\.")
_DIGEST: Final = re.compile(r"^sha256:[0-9a-f]{64}$")


def number(value: float) -> str:
    """A number for people: whole numbers and those from 1000 up in thin groups, others with four significant digits."""
    if isinstance(value, bool):
        return told("yes" if value else "no")
    if isinstance(value, int) or (abs(value) < 1e15 and (value == int(value) or abs(value) >= 1000)):
        return f"{round(value):,}".replace(",", "\u202f")
    return _EXPONENT.sub(r"e\1", f"{value:.4g}")


def value(item: Any, absent: str = ABSENT) -> str:
    """Any plain value as one line of text."""
    if item is None:
        return told(absent)
    if isinstance(item, bool | int | float):
        return number(item)
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, Mapping):
        known = _known(item)
        return known if known is not None else ", ".join(_entries(item)) or told("none")
    if isinstance(item, list | tuple):
        return ", ".join(_inner(part) for part in item) or told("none")
    return str(item)


def _inner(item: Any) -> str:
    """A part of a mapping or a list; what has parts itself stands in brackets."""
    text = value(item, "none")
    known = isinstance(item, Mapping) and _known(item) is not None
    return f"({text})" if isinstance(item, Mapping | list | tuple) and len(item) > 1 and not known else text


def _entries(item: Mapping[str, Any]) -> list[str]:
    """Each entry of a mapping with its name; where a value reads by itself (`_known`), without a colon."""
    return [
        f"{key} {_inner(part)}" if isinstance(part, Mapping) and _known(part) is not None else f"{key}: {_inner(part)}"
        for key, part in item.items()
    ]


def _estimate(item: Mapping[str, Any]) -> str:
    n = f", n = {value(item['n'])}" if item.get("n") is not None else ""
    return f"{value(item['estimate'])} [{value(item['lower'])}, {value(item['upper'])}]{n}"


def _tensor(item: Mapping[str, Any]) -> str:
    shape = item["shape"]
    return f"{value(item['dtype'])} [{', '.join(map(str, shape if isinstance(shape, list | tuple) else [shape]))}]"


def _parity(item: Mapping[str, Any]) -> str:
    return f"differs by {value(item['max_abs'])}, {value(item['atol'])} allowed"


_KNOWN: Final[tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], str]], ...]] = (
    (frozenset({"estimate", "lower", "upper"}), _estimate),
    (frozenset({"dtype", "shape"}), _tensor),
    (frozenset({"max_abs", "atol"}), _parity),
)
"""Mappings that have a form of their own: the keys that tell them, and how they read."""


def _known(item: Mapping[str, Any]) -> str | None:
    """A mapping in the form that its kind is usually written in, or None."""
    if item and all(key in OPERATORS for key in item):
        return limit(item)
    return next((form(item) for keys, form in _KNOWN if keys <= item.keys()), None)


def _text(item: str) -> str:
    if _DIGEST.match(item):
        return item[:19] + "…"
    return (told(_NOT_FINITE[item]) if item in _NOT_FINITE else item) or told("empty text")


def brief(item: Any, absent: str = ABSENT, length: int = 90) -> str:
    """`value`, short enough for a table cell: whole entries of a mapping and how many more there are, whole words.

    Paths of clauses are shortened as far as they stay different.
    """
    if isinstance(item, Mapping):
        item = {key: _counted(part) for key, part in _shortened(item).items()}
        if item and _known(item) is None:
            return _first(_entries(item), length)
    return _cut(value(item, absent), length)


def _counted(item: Any) -> Any:
    """Digests of several files as their number; anything else as it is."""
    if isinstance(item, Mapping) and item and all(_DIGEST.match(str(part)) for part in item.values()):
        return f"{len(item)} digests" if len(item) > 1 else "1 digest"
    return item


def _first(entries: list[str], length: int) -> str:
    """As many entries as fit, at least one, and the number of the others."""
    shown = [_cut(entries[0], length)]
    for entry in entries[1:]:
        if len(", ".join([*shown, entry])) > length:
            break
        shown.append(entry)
    more = len(entries) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    words = text[: length - 1].rpartition(" ")[0] or text[: length - 1]
    return words.rstrip(" ,;:(") + " …"


def _shortened(item: Mapping[str, Any]) -> Mapping[str, Any]:
    if not all(_PATH.match(key) for key in item):
        return item
    item = {key: part for key, part in item.items() if not _within(key, item)}
    for kept in (1, 2, 3):
        names = [".".join(key.split(".")[-kept:]) for key in item]
        if len(set(names)) == len(names):
            return dict(zip(names, item.values(), strict=True))
    return item


def _within(path: str, others: Iterable[str]) -> bool:
    """Whether a path lies below another one, whose value therefore shows it already."""
    return any(path.startswith(f"{other}.") for other in others)


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
        return told("none stated")
    if not isinstance(item, Mapping):
        return value(item)
    parts = []
    for key, operand in item.items():
        if key == "rule":
            parts.append(told("what the check {} looks for").format(operand))
        elif key == "matches":
            parts.append(told("is {}").format(_expression(str(operand))))
        elif (key, operand) in _NUMBERS:
            parts.append(told("is a number"))
        elif key == "exists":
            parts.append(told("exists" if operand is not False else "does not exist"))
        elif key in _OPERATORS:
            parts.append(f"{told(_OPERATORS[key])} {_operand(operand)}")
        elif isinstance(operand, Mapping):
            parts.append(f"{key} {limit(operand)}")
        else:
            parts.append(f"{key}: {value(operand, 'none')}")
    return told("; ").join(parts) or told("none stated")


def _expression(pattern: str) -> str:
    return told(PATTERNS[pattern]) if pattern in PATTERNS else told("a text that matches {}").format(pattern)


def _operand(item: Any) -> str:
    if isinstance(item, Mapping):
        path = item.get("path")
        return str(path) if path is not None else limit(item)
    return value(item, "null")


def size(count: float | None) -> str:
    """A number of bytes: ``4.0 MiB``."""
    if count is None:
        return told(ABSENT)
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

"""The operators of `require` and `when`: what each of them asks of a value.

They are strict about types: a value of the wrong type fails, it is never coerced, and NaN, ``n/a``, null and ``[]``
never satisfy a comparison. `matches` runs on the regex engine of jsonschema-rs, which works in linear time and does
not backtrack. `compiled.py` makes them the rules of a Cerberus validator, which says what a document may ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs
from msgspec import Struct

from stdspec.paths import MISSING, ConfigPath, Key, select, split_dotted
from stdspec.standard.model import SCHEMA
from stdspec.standard.quantity import order, same

ORDER: Final = ("at_least", "at_most", "above", "below")
ENTRIES: Final = ("each", "any", "none")
OPERATORS: Final = ("is", "is_not", "one_of", *ORDER, "matches", "exists", *ENTRIES, "count")
"""Every operator."""


class Failure(Struct, frozen=True):
    """One operator that does not hold.

    Attributes:
        path: the place of the offending value below the value that was checked.
        value: that value, or MISSING.
        operator: the operator.
        operand: what it was compared with.
    """

    path: ConfigPath
    value: Any
    operator: str
    operand: Any


def check(value: Any, operators: Mapping[str, Any], unit: str | None = None) -> list[Failure]:
    """The operators that do not hold of a value; empty when all do.

    An absent value (MISSING) satisfies nothing but ``exists: false``.

    Args:
        value: plain data, or MISSING.
        operators: operator to operand, operands resolved to literals.
        unit: the unit that a record states for a plain number.

    Raises:
        KeyError: for an operator that does not exist; reading a standard refuses it before.
    """
    if value is MISSING:
        return [
            Failure((), MISSING, name, operand)
            for name, operand in operators.items()
            if (name, operand) != ("exists", False)
        ]
    return [failure for name, operand in operators.items() for failure in judge(name, value, operand, unit)]


def judge(name: str, value: Any, operand: Any, unit: str | None = None) -> Iterator[Failure]:
    """The failures of one operator on a value that is there."""
    if name in _OF_COLLECTIONS:
        yield from _OF_COLLECTIONS[name](value, operand)
    elif not _OF_VALUES[name](value, operand, unit):
        yield Failure((), value, name, operand)


def check_entry(entry: Any, operand: Mapping[str, Any]) -> list[Failure]:
    """The failures of one entry under `each`, `any` or `none`, by operators on it or on paths below it."""
    if is_operators(operand):
        return check(entry, operand)
    found: list[Failure] = []
    for text, operators in operand.items():
        path = split_dotted(text)
        found += [
            Failure((*path, *item.path), item.value, item.operator, item.operand)
            for item in check(select(entry, path), operators)
        ]
    return found


def is_operators(operand: Mapping[str, Any]) -> bool:
    """Whether the keys of a mapping are operators rather than paths below an entry."""
    return bool(operand) and all(key in OPERATORS for key in operand)


@lru_cache(maxsize=1024)
def pattern(text: str) -> jsonschema_rs.Draft202012Validator:
    """The linear-time matcher of a regular expression, searched anywhere in a text as JSON Schema does.

    Raises:
        ValueError: for an expression that this engine refuses: a syntax error, a look-around, a back reference.
    """
    return jsonschema_rs.Draft202012Validator({"pattern": text}, pattern_options=jsonschema_rs.RegexOptions())


def _misfits(value: Any, fragment: Mapping[str, Any]) -> Iterator[Failure]:
    """Where a value is not as a JSON Schema fragment asks; the operand is the keyword that says so, and its limit."""
    from stdspec.standard.fragment import misfits  # few clauses hold one

    for path, keyword, limit in misfits(value, fragment):
        yield Failure(path, select(value, path), SCHEMA, {keyword: limit})


def _ordered(wanted: tuple[int, ...]) -> Callable[[Any, Any, str | None], bool]:
    return lambda value, limit, unit: order(value, limit, unit) in wanted


_OF_VALUES: Final[Mapping[str, Callable[[Any, Any, str | None], bool]]] = {
    "is": lambda value, operand, _: same(value, operand),
    "is_not": lambda value, operand, _: not same(value, operand),
    "one_of": lambda value, operand, _: any(same(value, item) for item in operand),
    "at_least": _ordered((0, 1)),
    "at_most": _ordered((-1, 0)),
    "above": _ordered((1,)),
    "below": _ordered((-1,)),
    "matches": lambda value, operand, _: isinstance(value, str) and pattern(operand).is_valid(value),
    "exists": lambda _, operand, __: bool(operand),
}
"""The operators on a value as a whole: value, operand and unit to whether it holds."""


def _entries(operand: Mapping[str, Any], value: Any) -> dict[Key, list[Failure]] | None:
    """The failures of each entry of a mapping or a list, or None when the value has no entries to look at."""
    if isinstance(value, Mapping):
        return {key: check_entry(item, operand) for key, item in value.items()}
    if isinstance(value, list):
        return {index: check_entry(item, operand) for index, item in enumerate(value)}
    return None


def _each(value: Any, operand: Mapping[str, Any]) -> Iterator[Failure]:
    entries = _entries(operand, value)
    if not entries:
        yield Failure((), value, "each", operand)
        return
    for key, failures in entries.items():
        for item in failures:
            yield Failure((key, *item.path), item.value, item.operator, item.operand)


def _any(value: Any, operand: Mapping[str, Any]) -> Iterator[Failure]:
    entries = _entries(operand, value)
    if not entries or all(entries.values()):
        yield Failure((), value, "any", operand)


def _none(value: Any, operand: Mapping[str, Any]) -> Iterator[Failure]:
    entries = _entries(operand, value)
    if entries is None:
        yield Failure((), value, "none", operand)
        return
    for key, failures in entries.items():
        if not failures:
            yield Failure((key,), value[key], "none", operand)


def _count(value: Any, operand: Mapping[str, Any]) -> Iterator[Failure]:
    countable = isinstance(value, Mapping | list)
    if not countable or check(len(value), operand):
        yield Failure((), len(value) if countable else value, "count", operand)


_OF_COLLECTIONS: Final[Mapping[str, Callable[[Any, Mapping[str, Any]], Iterator[Failure]]]] = {
    "each": _each,
    "any": _any,
    "none": _none,
    "count": _count,
    SCHEMA: _misfits,
}
"""The operators that look into a value, and the schema of a clause, which is judged like one."""


def shown(value: Any) -> str:
    """A value as a sentence shows it."""
    if value is MISSING:
        return "nothing"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return value if value and all(char.isalnum() or char in "/.-_:%@+" for char in value) else f"'{value}'"
    if isinstance(value, Mapping | list):
        import json  # few values are shown

        text = json.dumps(value, ensure_ascii=False, default=str)
        return f"{text[:56]} …" if len(text) > 60 else text
    return str(value)


def _nested(operand: Any) -> str:
    if is_operators(operand):
        return asked(operand)
    return ", ".join(f"{key} {asked(value)}" for key, value in operand.items())


PATTERNS: Final = {
    r"\S": "a text",
    r"^sha256:[0-9a-f]{64}$": "a SHA-256 digest",
    r"^\(*[A-Za-z0-9][A-Za-z0-9.+-]*\)*( +(AND|OR|WITH) +\(*[A-Za-z0-9][A-Za-z0-9.+-]*\)*)*$": "an SPDX expression",
    r"^(bf)?[0-9]+-(true|mixed)$": "a precision",
}
"""What expressions that clauses often use are called in a sentence."""

_ASKED: Final[Mapping[str, Callable[[Any], str]]] = {
    "is": shown,
    "is_not": lambda operand: f"anything but {shown(operand)}",
    "one_of": lambda operand: "one of " + ", ".join(map(shown, operand)),
    "at_least": lambda operand: f"at least {shown(operand)}",
    "at_most": lambda operand: f"at most {shown(operand)}",
    "above": lambda operand: f"more than {shown(operand)}",
    "below": lambda operand: f"less than {shown(operand)}",
    "matches": lambda operand: PATTERNS.get(str(operand), f"a text that matches {operand}"),
    "exists": lambda operand: "a stated value" if operand else "no value",
    "each": lambda operand: f"for each entry {_nested(operand)}",
    "any": lambda operand: f"an entry with {_nested(operand)}",
    "none": lambda operand: f"no entry with {_nested(operand)}",
    "count": lambda operand: f"a count of {_nested(operand)}",
    SCHEMA: lambda fragment: ", ".join(f"{key} {shown(value)}" for key, value in fragment.items()),
}


def asked(operators: Mapping[str, Any]) -> str:
    """What operators ask, in words: ``at least 0.88 and at most 1``."""
    return " and ".join(_ASKED[name](_meant(operand)) for name, operand in operators.items())


def _meant(operand: Any) -> Any:
    """An operand, or the path at which it stands."""
    points = isinstance(operand, Mapping) and set(operand) == {"path"} and isinstance(operand["path"], str)
    return operand["path"] if points else operand

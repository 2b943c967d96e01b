"""The operators of `require` and `when`, as the allow-listed rules of one Cerberus validator.

They are strict about types: a value of the wrong type fails, it is never coerced, and NaN, ``n/a``, null and ``[]``
never satisfy a comparison. `matches` runs on the regex engine of jsonschema-rs, which works in linear time and does
not backtrack.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs
from cerberus import Validator

from stdspec.paths import MISSING, ConfigPath, Key, select, split_dotted
from stdspec.standard.quantity import order, same

ORDER: Final = ("at_least", "at_most", "above", "below")
ENTRIES: Final = ("each", "any", "none")
OPERATORS: Final = ("is", "is_not", "one_of", *ORDER, "matches", "exists", *ENTRIES, "count")
"""Every operator. A document can reach no other rule of the validator."""


@dataclass(frozen=True, slots=True)
class Failure:
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


class OperatorValidator(Validator):  # type: ignore[misc]  # Cerberus ships no types
    """A Cerberus validator whose rules are the operators; `failures` holds what its string errors cannot carry."""

    failures: list[Failure]

    def _fail(self, field: str, operator: str, operand: Any, path: ConfigPath = (), value: Any = MISSING) -> None:
        found = self.document[field] if value is MISSING and not path else value
        self.failures.append(Failure(path, found, operator, operand))
        self._error(field, f"{operator} does not hold")

    def _compare(self, operator: str, limit: Any, field: str, value: Any, wanted: tuple[int, ...]) -> None:
        if order(value, limit, self._config.get("unit")) not in wanted:
            self._fail(field, operator, limit)

    def _entries(self, operand: Mapping[str, Any], value: Any) -> dict[Key, list[Failure]] | None:
        """The failures of each entry of a mapping or a list, or None when the value has no entries to look at."""
        if isinstance(value, Mapping):
            return {key: check_entry(item, operand) for key, item in value.items()}
        if isinstance(value, list):
            return {index: check_entry(item, operand) for index, item in enumerate(value)}
        return None

    def _validate_is(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': True}"""  # noqa: D415 - Cerberus reads it
        if not same(value, operand):
            self._fail(field, "is", operand)

    def _validate_is_not(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': True}"""  # noqa: D415 - Cerberus reads it
        if same(value, operand):
            self._fail(field, "is_not", operand)

    def _validate_one_of(self, operand: list[Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'list'}"""  # noqa: D415 - Cerberus reads it
        if not any(same(value, item) for item in operand):
            self._fail(field, "one_of", operand)

    def _validate_at_least(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': False}"""  # noqa: D415 - Cerberus reads it
        self._compare("at_least", operand, field, value, (0, 1))

    def _validate_at_most(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': False}"""  # noqa: D415 - Cerberus reads it
        self._compare("at_most", operand, field, value, (-1, 0))

    def _validate_above(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': False}"""  # noqa: D415 - Cerberus reads it
        self._compare("above", operand, field, value, (1,))

    def _validate_below(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': False}"""  # noqa: D415 - Cerberus reads it
        self._compare("below", operand, field, value, (-1,))

    def _validate_matches(self, operand: str, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'string'}"""  # noqa: D415 - Cerberus reads it
        if not isinstance(value, str) or not pattern(operand).is_valid(value):
            self._fail(field, "matches", operand)

    def _validate_exists(self, operand: bool, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'boolean'}"""  # noqa: D415 - Cerberus reads it
        if not operand:
            self._fail(field, "exists", operand, value=value)

    def _validate_each(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict'}"""  # noqa: D415 - Cerberus reads it
        entries = self._entries(operand, value)
        if not entries:
            self._fail(field, "each", operand)
            return
        for key, failures in entries.items():
            for item in failures:
                self.failures.append(Failure((key, *item.path), item.value, item.operator, item.operand))
                self._error(field, "each does not hold")

    def _validate_any(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict'}"""  # noqa: D415 - Cerberus reads it
        if all((self._entries(operand, value) or {"": [Failure((), value, "any", operand)]}).values()):
            self._fail(field, "any", operand)

    def _validate_none(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict'}"""  # noqa: D415 - Cerberus reads it
        entries = self._entries(operand, value)
        if entries is None:
            self._fail(field, "none", operand)
            return
        for key, failures in entries.items():
            if not failures:
                self._fail(field, "none", operand, (key,), value[key])

    def _validate_count(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict'}"""  # noqa: D415 - Cerberus reads it
        if not isinstance(value, Mapping | list) or check(len(value), operand):
            self._fail(field, "count", operand, value=len(value) if isinstance(value, Mapping | list) else value)


def check(value: Any, operators: Mapping[str, Any], unit: str | None = None) -> list[Failure]:
    """The operators that do not hold of a value; empty when all do.

    An absent value (MISSING) satisfies nothing but ``exists: false``.

    Args:
        value: plain data, or MISSING.
        operators: operator to operand, operands resolved to literals.
        unit: the unit that a record states for a plain number.
    """
    if value is MISSING:
        return [
            Failure((), MISSING, name, operand)
            for name, operand in operators.items()
            if (name, operand) != ("exists", False)
        ]
    if not isinstance(value, str | int | float | bool | None):
        return _validated(value, operators, unit)
    key = (type(value), value, repr(operators), unit)  # 1, 1.0 and true are equal and not the same
    known = _OF_SCALARS.get(key)
    if known is None:
        if len(_OF_SCALARS) >= MAX_KNOWN:
            _OF_SCALARS.clear()
        known = _OF_SCALARS[key] = tuple(_validated(value, operators, unit))
    return list(known)


MAX_KNOWN: Final = 8192
_OF_SCALARS: dict[tuple[type, Any, str, str | None], tuple[Failure, ...]] = {}
"""What was found of scalars before: the specs of one project mostly say the same."""


def _validated(value: Any, operators: Mapping[str, Any], unit: str | None) -> list[Failure]:
    validator = _compiled(json.dumps(operators, sort_keys=True, default=str), unit)
    validator.failures = []
    validator.validate({"value": value}, normalize=False)
    return list(validator.failures)


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


@lru_cache(maxsize=4096)
def _compiled(text: str, unit: str | None) -> OperatorValidator:
    rules = {"nullable": True, **json.loads(text)}
    return OperatorValidator({"value": rules}, unit=unit)


@lru_cache(maxsize=1024)
def pattern(text: str) -> jsonschema_rs.Draft202012Validator:
    """The linear-time matcher of a regular expression, searched anywhere in a text as JSON Schema does.

    Raises:
        ValueError: for an expression that this engine refuses: a syntax error, a look-around, a back reference.
    """
    return jsonschema_rs.Draft202012Validator({"pattern": text}, pattern_options=jsonschema_rs.RegexOptions())


def shown(value: Any) -> str:
    """A value as a sentence shows it."""
    if value is MISSING:
        return "nothing"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return value if value and all(char.isalnum() or char in "/.-_:%@+" for char in value) else f"'{value}'"
    if (
        isinstance(value, Mapping | list)
        and value
        and len(text := json.dumps(value, ensure_ascii=False, default=str)) > 60
    ):
        return f"{text[:56]} …"
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, default=str)
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
}


def asked(operators: Mapping[str, Any]) -> str:
    """What operators ask, in words: ``at least 0.88 and at most 1``."""
    return " and ".join(_ASKED[name](operand) for name, operand in operators.items())

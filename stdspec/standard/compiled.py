"""The operators as the allow-listed rules of one Cerberus validator.

A requirement has to compile to it before its standard is taken: Cerberus refuses an operator that is no rule and an
operand of the wrong type. No document can reach any other rule, coerce a value or call anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cerberus import SchemaError, Validator

from stdspec.standard.operators import OPERATORS, Failure, judge


class OperatorValidator(Validator):  # type: ignore[misc]  # Cerberus ships no types
    """A Cerberus validator whose rules are the operators; `failures` holds what its string errors cannot carry."""

    failures: list[Failure]

    def _judge(self, operator: str, operand: Any, field: str, value: Any) -> None:
        for failure in judge(operator, value, operand, self._config.get("unit")):
            self.failures.append(failure)
            self._error(field, f"{operator} does not hold")

    def _validate_is(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': True}"""  # noqa: D415 - Cerberus reads it
        self._judge("is", operand, field, value)

    def _validate_is_not(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'nullable': True}"""  # noqa: D415 - Cerberus reads it
        self._judge("is_not", operand, field, value)

    def _validate_one_of(self, operand: list[Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'list', 'empty': False}"""  # noqa: D415 - Cerberus reads it
        self._judge("one_of", operand, field, value)

    def _validate_at_least(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': ['number', 'string', 'date']}"""  # noqa: D415 - Cerberus reads it
        self._judge("at_least", operand, field, value)

    def _validate_at_most(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': ['number', 'string', 'date']}"""  # noqa: D415 - Cerberus reads it
        self._judge("at_most", operand, field, value)

    def _validate_above(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': ['number', 'string', 'date']}"""  # noqa: D415 - Cerberus reads it
        self._judge("above", operand, field, value)

    def _validate_below(self, operand: Any, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': ['number', 'string', 'date']}"""  # noqa: D415 - Cerberus reads it
        self._judge("below", operand, field, value)

    def _validate_matches(self, operand: str, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'string'}"""  # noqa: D415 - Cerberus reads it
        self._judge("matches", operand, field, value)

    def _validate_exists(self, operand: bool, field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'boolean'}"""  # noqa: D415 - Cerberus reads it
        self._judge("exists", operand, field, value)

    def _validate_each(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict', 'empty': False}"""  # noqa: D415 - Cerberus reads it
        self._judge("each", operand, field, value)

    def _validate_any(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict', 'empty': False}"""  # noqa: D415 - Cerberus reads it
        self._judge("any", operand, field, value)

    def _validate_none(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict', 'empty': False}"""  # noqa: D415 - Cerberus reads it
        self._judge("none", operand, field, value)

    def _validate_count(self, operand: dict[str, Any], field: str, value: Any) -> None:
        """The rule's arguments are validated against this schema: {'type': 'dict', 'empty': False}"""  # noqa: D415 - Cerberus reads it
        self._judge("count", operand, field, value)


def compiled(operators: Mapping[str, Any], unit: str | None = None) -> OperatorValidator:
    """The validator of a field ``value`` that the operators must hold of.

    Raises:
        SchemaError: for a rule that is no operator, or an operand of the wrong type.
    """
    unknown = [name for name in operators if name not in OPERATORS]
    if unknown:
        raise SchemaError({"value": [{name: ["unknown rule"]} for name in unknown]})
    return OperatorValidator({"value": {"nullable": True, **operators}}, unit=unit)


def refused(operator: str, operand: Any) -> bool:
    """Whether Cerberus refuses an operand of an operator that exists."""
    return _refused(operator, json.dumps(operand, sort_keys=True, default=str))


@lru_cache(maxsize=4096)
def _refused(operator: str, operand: str) -> bool:
    OperatorValidator.clear_caches()  # Cerberus remembers schemas by hash, and 1 has the hash of true
    try:
        compiled({operator: json.loads(operand)})
    except SchemaError:
        return True
    return False

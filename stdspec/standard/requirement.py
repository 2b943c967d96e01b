"""Checks the `require` and `when` of a document: its paths, operators and operands.

What passes here compiles, so that judging can only disagree with a spec, never with the standard.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from stdspec.clock import no_such_day
from stdspec.domains import DOMAINS
from stdspec.paths import ConfigPath
from stdspec.standard.compiled import refused
from stdspec.standard.operators import ENTRIES, OPERATORS, ORDER, is_operators, pattern
from stdspec.standard.quantity import quantity

Problem = tuple[str, ConfigPath, bool, str]
"""Code, path below the requirement, whether the key is meant, message."""

SPEC_KEYS: Final = frozenset(
    {"stdspec", "stage", "name", "version", "industry", "description", "owner", "standards", "seed", *DOMAINS}
)
"""The top keys of a spec."""

RUN_KEYS: Final = frozenset(
    {"data", "split", "compute", "model", "training", "evaluation", "deployment", "monitoring", "governance"}
    | {"environment", "code", "config", "mismatches", "weights"}
)
"""The first keys of the evidence that a run records."""


APPROVAL_KEYS: Final = frozenset({"given"})
"""What approvals of a spec give to judge by."""

_SCOPES: Final = {"spec": SPEC_KEYS, "run": RUN_KEYS, "approval": APPROVAL_KEYS}


def problems(requirement: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong with a `require` or a `when`."""
    for path, operators in requirement.items():
        if (wrong := bad_path(path)) is not None:
            yield "STD006", (path,), True, wrong
        yield from _operators(operators, (path,))


def bad_path(text: str) -> str | None:
    """What is wrong with a path of a requirement, or None."""
    scope, _, rest = text.partition(".")
    first = rest.partition(".")[0].partition("[")[0]
    known = _SCOPES.get(scope)
    if known is None or not rest:
        return f"'{text}' is no path of a spec or a run; begin it with 'spec.' or 'run.'"
    if first not in known or any(not part for part in rest.split(".")):
        return f"'{text}' is a path that no {scope} has; after '{scope}.' comes one of {', '.join(sorted(known))}"
    return None


def _operators(operators: Any, at: ConfigPath) -> Iterator[Problem]:
    if not isinstance(operators, Mapping) or not operators:
        yield "STD004", at, False, f"no operator is given; write one of {', '.join(OPERATORS)}"
        return
    for name, operand in operators.items():
        if name not in OPERATORS:
            yield (
                "STD004",
                (*at, name),
                True,
                f"there is no operator '{name}'; the operators are {', '.join(OPERATORS)}",
            )
        elif (wrong := _operand(name, operand)) is not None:
            yield "STD005", (*at, name), False, wrong
        elif name == "count":
            yield from _operators(operand, (*at, name))
        elif name in ENTRIES:
            yield from _entry(operand, (*at, name))


def _entry(operand: Mapping[str, Any], at: ConfigPath) -> Iterator[Problem]:
    if is_operators(operand):
        yield from _operators(operand, at)
        return
    for path, operators in operand.items():
        if not isinstance(operators, Mapping):
            yield (
                "STD004",
                (*at, path),
                True,
                f"there is no operator '{path}'; the operators are {', '.join(OPERATORS)}",
            )
        else:
            yield from _operators(operators, (*at, path))


_TAKES: Final = {
    "one_of": "a list of values",
    "matches": "a regular expression",
    "exists": "true or false",
    **dict.fromkeys(ORDER, "a number, a duration, a size, a rate, a date, a version, a path or today"),
    **dict.fromkeys((*ENTRIES, "count"), "operators of its own, such as {at_least: 1}"),
}
"""What an operator takes, where not everything will do."""


def _operand(name: str, operand: Any) -> str | None:
    """What is wrong with an operand, or None."""
    if name not in (*ENTRIES, "count", "exists") and isinstance(operand, Mapping) and set(operand) == {"path"}:
        return bad_path(str(operand["path"]))
    if name in ORDER and operand == "today":
        return None
    if name in ORDER and isinstance(operand, str) and (why := no_such_day(operand)) is not None:
        return f"'{name}' says {operand}, and {why}; write a day that exists"
    if refused(name, operand) or (name in ORDER and quantity(operand) is None):
        return f"'{name}' takes {_TAKES[name]}"
    if name == "matches":
        return _expression(operand)
    if name in ENTRIES or name == "count":
        return None
    return None if _finite(operand) else f"'{name}' takes a finite number"


def _expression(operand: str) -> str | None:
    try:
        pattern(operand)
    except ValueError:
        return (
            "'matches' takes a regular expression without look-around and back references, for an engine that "
            "never backtracks"
        )
    return None


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(map(_finite, value.values()))
    return all(map(_finite, value)) if isinstance(value, list) else True

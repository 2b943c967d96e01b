"""Finds numbers that are none in evidence: they satisfy no comparison, and so must not pass for want of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final

from stdspec.paths import ConfigPath, Key, select, split_dotted
from stdspec.standard.operators import ENTRIES, is_operators

_WORDS: Final = ("nan", "inf", "-inf")
"""How records write numbers that are none."""


def not_finite(value: Any) -> bool:
    """Whether a value is a number that is none, as a number or in the words that records have for it."""
    return value in _WORDS if isinstance(value, str) else isinstance(value, float) and not isfinite(value)


def below(value: Any, operators: Mapping[str, Any]) -> ConfigPath | None:
    """Where below a value such a number stands at a place that operators on entries look at; None where none does.

    `none` would call the entry harmless, and the number differs from whatever `is_not` says.
    """
    for name in ENTRIES:
        operand: Mapping[str, Any] = operators.get(name) or {}
        looked_at = {"": operand} if is_operators(operand) else operand
        for key, entry in _entries(value):
            for text, inner in looked_at.items():
                at = (key, *split_dotted(text))
                part = select(entry, at[1:])
                if not_finite(part):
                    return at
                if (deeper := below(part, inner)) is not None:
                    return (*at, *deeper)
    return None


def _entries(value: Any) -> Iterator[tuple[Key, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)

"""Makes a value safe for the schema validator, which reads NaN as null and refuses keys that are not text.

What is taken out is said as a finding by the caller; in its place stands a text that every type accepts, so that the
same fault is not found twice.
"""

from __future__ import annotations

import math
from typing import Any, Final

from msgspec import Struct

from stdspec.paths import ConfigPath

OPEN: Final = "${…}"
"""Stands for a value that cannot be judged; like an interpolation it is accepted for any type."""

MISSING_MARK: Final = "???"
"""How Hydra writes a value that still has to be given."""


_PLAIN: Final = (int, bool, type(None))
"""The types of values that the validator reads as they are."""


class Sifted(Struct):  # not frozen: the copying fills it
    """A copy of a value that the validator can read, and what was taken out of it.

    Attributes:
        value: the copy.
        not_finite: paths of numbers that are nan or infinite.
        not_plain: paths of values that are no plain data, such as bytes.
        odd_keys: paths of keys that are not text.
        missing: paths of values that are ``???``.
        whole_floats: paths of floats without a fraction, which JSON Schema takes for integers.
    """

    value: Any = None
    not_finite: list[ConfigPath] = []
    not_plain: list[ConfigPath] = []
    odd_keys: list[ConfigPath] = []
    missing: list[ConfigPath] = []
    whole_floats: list[ConfigPath] = []


def sift(value: Any) -> Sifted:
    """The value without what the validator cannot read."""
    found = Sifted()
    found.value = _copy(value, (), found)
    return found


def is_open(value: Any) -> bool:
    """Whether a value is not known yet: an interpolation, or ``???``."""
    return isinstance(value, str) and ("${" in value or value == MISSING_MARK)


def _copy(value: Any, path: ConfigPath, found: Sifted) -> Any:
    if isinstance(value, dict):
        return _copy_mapping(value, path, found)
    if isinstance(value, (list, tuple)):
        return [_copy(item, (*path, index), found) for index, item in enumerate(value)]
    if isinstance(value, float):
        if not math.isfinite(value):
            found.not_finite.append(path)
            return OPEN
        if value.is_integer():
            found.whole_floats.append(path)
    elif isinstance(value, str):
        if value == MISSING_MARK:
            found.missing.append(path)
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    elif value is not None and not isinstance(value, (bool, int)):
        found.not_plain.append(path)
        return OPEN
    return value


def _copy_mapping(value: dict[Any, Any], path: ConfigPath, found: Sifted) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            found.odd_keys.append((*path, key))
        elif type(item) in _PLAIN or (type(item) is str and item.isascii() and item != MISSING_MARK):
            out[key] = item  # most values by far
        else:
            out[key] = _copy(item, (*path, key), found)
    return out

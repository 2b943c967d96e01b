"""The difference of two compositions: leaves added, removed and changed, each with its place on both sides.

A side is a composition, or plain data that was saved. Values are compared as they are written: references are not
filled in, and 1, 1.0, true and "1" are four values.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.compose.history import leaves
from stdspec.compose.model import Composed
from stdspec.errors import InputError
from stdspec.finding import Span
from stdspec.paths import ConfigPath, is_file, shown
from stdspec.source.reader import read

SAVED: Final = frozenset(("composition", "origins"))
"""The keys of a composition that was saved with its origins."""


class Kind(StrEnum):
    """What became of a leaf from the first side to the second."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Written(Struct, frozen=True):
    """A value on one side: what is written, where, and the layer that brought it in."""

    value: Any
    span: Span | None
    layer: str | None


class Change(Struct, frozen=True):
    """One leaf that differs; `old` or `new` is None where that side does not have it."""

    kind: Kind
    path: ConfigPath
    old: Written | None
    new: Written | None


class Side(Struct, frozen=True):
    """One of the two: plain data, and where a leaf comes from."""

    value: Any
    origin: Callable[[ConfigPath], tuple[Span | None, str | None]]

    def written(self) -> dict[ConfigPath, Written]:
        """Every leaf, in document order; an empty composition has none."""
        if self.value == {}:
            return {}
        return {path: Written(value, *self.origin(path)) for path, value in leaves(self.value)}


def side_of(composed: Composed) -> Side:
    """A composition as a side."""

    def origin(path: ConfigPath) -> tuple[Span | None, str | None]:
        found = composed.origin(path)
        return (found.span, found.layer) if found is not None else (None, None)

    return Side(composed.value, origin)


def saved_side(name: str) -> Side | None:
    """A saved composition, JSON or YAML; None when the name is no such file, or a config that is to be composed.

    Raises:
        InputError: when the file cannot be read as one.
    """
    is_json = name.endswith(".json") and "=" not in name
    if is_json and not is_file(name):
        raise InputError("there is no such file", shown(name), "save one with stdspec compose --format json")
    if not name.endswith((".json", ".yaml", ".yml")) or not is_file(name):
        return None
    document = read(Path(name))
    if not is_json and isinstance(document.value, dict) and ("defaults" in document.value or document.header):
        return None
    if not document.readable or not isinstance(document.value, dict):
        fact = document.findings[0].message if document.findings else "this is no mapping"
        raise InputError(f"this is no saved composition: {fact}", shown(name), "save one with stdspec compose")
    wrapped = is_json and document.value.keys() == SAVED
    prefix: ConfigPath = ("composition",) if wrapped else ()
    value = document.value["composition"] if wrapped else document.value

    def origin(path: ConfigPath) -> tuple[Span | None, str | None]:
        mark = document.marks.get((*prefix, *path))
        return (mark.value if mark else None, None)

    return Side(value, origin)


def difference(one: Side, other: Side) -> list[Change]:
    """The leaves that differ, in the order of the first side, then what only the second has."""
    before, after = one.written(), other.written()
    found = []
    for path, old in before.items():
        new = after.get(path)
        if new is None:
            found.append(Change(Kind.REMOVED, path, old, None))
        elif not same(old.value, new.value):
            found.append(Change(Kind.CHANGED, path, old, new))
    found += [Change(Kind.ADDED, path, None, new) for path, new in after.items() if path not in before]
    return found


def same(one: Any, other: Any) -> bool:
    """Whether plain data are equal, types included; the order of keys does not count."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (one != one and other != other)  # NaN equals NaN here

"""Cuts a spec down to the parts that one node reads, keeping their nesting."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from stdspec.paths import MISSING

ANY: Final = "*"
"""Stands in a path for every key of a mapping."""


def cut(spec: Mapping[str, Any], reads: Iterable[str]) -> dict[str, Any]:
    """The parts of `spec` at the given dotted paths, nested as in `spec`; what is absent there stays absent.

    A path that begins with ``-`` is taken out again: ``("model", "-model.card")`` is the model without its card. Where
    a path has ``*`` for a key, every entry stays, and so does their order; one that lacks the rest of the path is left
    empty: of ``{a: {role: time, unit: s}, b: {unit: m}}``, ``*.role`` is ``{a: {role: time}, b: {}}``.
    """
    kept: dict[str, Any] = {}
    for read in reads:
        keys = read.removeprefix("-").split(".")
        if read.startswith("-"):
            _drop(kept, keys)
        else:
            _keep(spec, keys, kept)
    return kept


def _keep(there: Mapping[str, Any], keys: Sequence[str], kept: dict[str, Any]) -> None:
    """Put what is at a path into a mapping that may hold parts of the same already."""
    first, rest = keys[0], keys[1:]
    for key in there if first == ANY else (first,):
        value = there.get(key, MISSING)
        if rest and isinstance(value, Mapping):
            inner: dict[str, Any] = {}
            _keep(value, rest, inner)
            if inner or rest[0] == ANY or first == ANY:
                _merge(kept, key, inner)
        elif value is not MISSING and (not rest or first == ANY):
            kept[key] = copy.deepcopy(value)


def _merge(kept: dict[str, Any], key: str, part: dict[str, Any]) -> None:
    """Give a key some more of its mapping."""
    old = kept.setdefault(key, {})
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(old.get(name), dict):
            _merge(old, name, value)
        else:
            old[name] = value


def _drop(root: Any, keys: Sequence[str]) -> None:
    if not isinstance(root, dict):
        return
    first, rest = keys[0], keys[1:]
    for key in list(root) if first == ANY else (first,):
        if rest:
            _drop(root.get(key), rest)
        else:
            root.pop(key, None)

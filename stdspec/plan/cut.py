"""Cuts a spec down to the parts that one node reads, keeping their nesting."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from stdspec.paths import MISSING, select


def cut(spec: Mapping[str, Any], reads: Iterable[str]) -> dict[str, Any]:
    """The parts of `spec` at the given dotted paths, nested as in `spec`; what is absent there stays absent.

    A path that begins with ``-`` is taken out again: ``("model", "-model.card")`` is the model without its card.
    """
    kept: dict[str, Any] = {}
    for read in reads:
        keys = read.removeprefix("-").split(".")
        if read.startswith("-"):
            _drop(kept, keys)
            continue
        value = select(spec, keys)
        if value is not MISSING:
            _put(kept, keys, copy.deepcopy(value))
    return kept


def _put(root: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        root = root.setdefault(key, {})
    root[keys[-1]] = value


def _drop(root: dict[str, Any], keys: list[str]) -> None:
    parent = select(root, keys[:-1])
    if isinstance(parent, dict):
        parent.pop(keys[-1], None)

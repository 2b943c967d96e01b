"""Who wrote what: a tree of origins that grows beside the values while they are merged.

Both trees are persistent: a merge makes new branches where something changes and shares the rest, so that a file's own
tree is built once and used in every composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from stdspec.compose.model import Origin
from stdspec.finding import Span
from stdspec.paths import ConfigPath, Key
from stdspec.source.document import Document


class Trace(Struct, frozen=True):
    """The origins of one value, the winner first, and the traces of what it holds."""

    chain: tuple[Origin, ...]
    children: Mapping[Key, Trace]


EMPTY = Trace((), {})


def of_document(document: Document, body: Any, layer: str, shipped: bool, named: bool) -> Trace:
    """The trace of a config file's body."""

    def grow(value: Any, path: ConfigPath) -> Trace:
        mark = document.marks.get(path)
        if mark is None:
            start = Span(document.path, 1, 1, 1, 1)
            chain = (Origin(start, start, value, layer, shipped, named),)
        else:
            chain = (Origin(mark.key, mark.value, value, layer, shipped, named),)
        if isinstance(value, dict):
            return Trace(chain, {key: grow(child, (*path, key)) for key, child in value.items()})
        if isinstance(value, list):
            return Trace(chain, {index: grow(child, (*path, index)) for index, child in enumerate(value)})
        return Trace(chain, {})

    return grow(body, ())


def uniform(value: Any, origin: Origin) -> Trace:
    """The trace of a value that one override wrote."""
    children: dict[Key, Trace] = {}
    if isinstance(value, dict):
        children = {key: uniform(child, _with(origin, child)) for key, child in value.items()}
    elif isinstance(value, list):
        children = {index: uniform(child, _with(origin, child)) for index, child in enumerate(value)}
    return Trace((origin,), children)


def _with(origin: Origin, value: Any) -> Origin:
    return Origin(origin.key, origin.span, value, origin.layer, origin.shipped, origin.named)


def flatten(trace: Trace) -> dict[ConfigPath, tuple[Origin, ...]]:
    """Config path to origins, for every value that somebody wrote."""
    flat: dict[ConfigPath, tuple[Origin, ...]] = {}

    def visit(node: Trace, path: ConfigPath) -> None:
        if node.chain:
            flat[path] = node.chain
        for key, child in node.children.items():
            visit(child, (*path, key))

    visit(trace, ())
    return flat

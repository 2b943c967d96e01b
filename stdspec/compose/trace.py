"""Who wrote what: a tree of origins that grows beside the values while they are merged.

Both trees are persistent: a merge makes new branches where something changes and shares the rest, so that a file's own
tree is built once and used in every composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from stdspec.compose.model import Origin
from stdspec.finding import Span
from stdspec.paths import ConfigPath, Key
from stdspec.source.document import Document, Mark


class Trace(Struct, frozen=True, gc=False):
    """The origins of one value, the winner first, and the traces of what it holds."""

    chain: tuple[Origin, ...]
    children: Mapping[Key, Trace]


_HOLDERS: Final = (dict, list)
NOTHING: Mapping[Key, Trace] = {}
"""What a plain value holds."""

EMPTY = Trace((), NOTHING)


def of_document(document: Document, body: Any, layer: str, shipped: bool, named: bool) -> Trace:
    """The trace of a config file's body."""
    start = Span(document.path, 1, 1, 1, 1)
    unmarked = Mark(start, start)
    mark_of = document.marks.get

    def grow(value: Any, path: ConfigPath) -> Trace:
        mark = mark_of(path, unmarked)
        origin = Origin(mark.key, mark.value, value, layer, shipped, named)
        if not isinstance(value, _HOLDERS):
            return Trace((origin,), NOTHING)
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return Trace((origin,), {key: grow(child, (*path, key)) for key, child in items})

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
            here = (*path, key)
            if child.children:
                visit(child, here)
            elif child.chain:  # most values are plain
                flat[here] = child.chain

    visit(trace, ())
    return flat

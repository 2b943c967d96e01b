"""Goes through a JSON Schema: where a schema object holds further schemas, and what a reference leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Node = dict[str, Any]

ONE: Final = ("items", "additionalProperties", "propertyNames", "if", "then", "else", "not")
"""Keywords that hold one schema."""
NAMED: Final = ("properties", "$defs")
"""Keywords that hold schemas by name."""
LISTED: Final = ("allOf", "anyOf")
"""Keywords that hold a list of schemas."""
SAME_PLACE: Final = ("then", "else")
"""Keywords whose schema is about the value itself and not about a part of it."""

DEFS: Final = "#/$defs/"


def rebuilt(node: Node, change: Callable[[Node], Node], *, besides: tuple[str, ...] = ()) -> Node:
    """A copy of a schema object in which every schema that it holds is changed.

    Args:
        node: the schema object.
        change: what makes the new one of each schema object right below.
        besides: keywords whose schemas stay as they are.
    """
    out: Node = {}
    for key, value in node.items():
        if key in besides:
            out[key] = value
        elif key in ONE and isinstance(value, dict):
            out[key] = change(value)
        elif key in NAMED:
            out[key] = {name: change(child) for name, child in value.items()}
        elif key in LISTED:
            out[key] = [change(child) for child in value]
        else:
            out[key] = value
    return out


def target(node: Mapping[str, Any], defs: Mapping[str, Node]) -> Node | None:
    """What a bundled schema object refers to; None when it refers to nothing."""
    reference = node.get("$ref")
    return defs[str(reference).removeprefix(DEFS)] if reference is not None else None


def at(root: Node, path: tuple[str, ...]) -> list[Node]:
    """The different schema objects that a path of keys leads to in a bundled schema, in whichever branch they stand."""
    defs: dict[str, Node] = root["$defs"]
    reached = [root]
    for key in path:
        following: list[Node] = []
        for child in (child for node in reached for child in _children(node, key, defs)):
            if child not in following:
                following.append(child)
        reached = following
    return reached


def _children(node: Node, key: str, defs: Mapping[str, Node]) -> Iterator[Node]:
    for part in parts(node, defs):
        if key in part.get("properties", {}):
            yield part["properties"][key]
        elif isinstance(part.get("additionalProperties"), dict):
            yield part["additionalProperties"]


def parts(node: Node, defs: Mapping[str, Node]) -> Iterator[Node]:
    """A schema object and every other one that may speak about the same value."""
    yield node
    referred = target(node, defs)
    held = [node[key] for key in SAME_PLACE if key in node]
    held += [child for key in LISTED for child in node.get(key, ())]
    for child in [*held, *([referred] if referred else [])]:
        yield from parts(child, defs)

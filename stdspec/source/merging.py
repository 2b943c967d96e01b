"""Merge keys (``<<``) replaced by what they take over, in PyYAML's order: on it depends which text is refused.

PyYAML makes a document level by level. A mapping that another one took over before its own turn came holds the taken
entries already when its keys are looked at, so that an entry of its own then counts as a second one.
"""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.source.scalars import EQUALS, MERGE
from stdspec.source.tree import Fault, Node


def take_over(root: Node) -> None:
    """Gives every mapping below a node the entries that its merge keys bring; its own come after them and win.

    Raises:
        Fault: for a key that stands twice, and for a merge key that takes over no mapping.
    """
    level, seen = [root], set()
    while level:
        following: list[Node] = []
        for node in level:
            if id(node) not in seen:
                seen.add(id(node))
                following += _held(node)
        level = following


def _held(node: Node) -> list[Node]:
    """The mappings and lists in a node that are not empty."""
    if node.kind == "list":
        return [item for item in node.items if item.items]
    keys = {key.value for key, _ in node.items}
    if len(keys) < len(node.items):
        _refuse_second_keys(node)
    if MERGE in keys or EQUALS in keys:
        _flatten(node)
    return [value for _, value in node.items if value.items]


def second_keys(root: Node) -> list[Fault]:
    """Every key that stands twice, in the order of the text."""
    found: list[Fault] = []
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if node.kind == "scalar" or id(node) in seen:
            continue
        seen.add(id(node))
        if node.kind == "list":
            waiting += node.items
        else:
            found += _second_keys(node)
            waiting += [value for _, value in node.items]
    return sorted(found, key=lambda fault: fault.place)


def _refuse_second_keys(node: Node) -> None:
    for fault in _second_keys(node):
        raise fault


def _second_keys(node: Node) -> Iterator[Fault]:
    seen: dict[str, Node] = {}
    for key, _ in node.items:
        if key.kind != "scalar" or not isinstance(key.value, str):
            continue
        if key.value in seen:
            message = f"the key '{key.value}' stands twice, first in line {seen[key.value].place[0]}; keep one"
            yield Fault("YML003", message, key.place)
        else:
            seen[key.value] = key


def _flatten(node: Node) -> None:
    taken: list[tuple[Node, Node]] = []
    own: list[tuple[Node, Node]] = []
    for key, value in node.items:
        if key.value is MERGE:
            taken.extend(_entries(value))
        elif key.value is EQUALS:
            own.append((Node("scalar", key.place, key.text, key.text), value))
        else:
            own.append((key, value))
    node.items = taken + own


def _entries(value: Node) -> list[tuple[Node, Node]]:
    sources = value.items if value.kind == "list" else [value]
    if any(source.kind != "map" for source in sources):
        message = "'<<' takes a mapping or a list of mappings; give it an alias such as *base"
        raise Fault("YML001", message, value.place)
    for source in sources:
        _flatten(source)
    return [pair for source in reversed(sources) for pair in source.items]

"""Parser events to a tree of nodes with places, guarded before anything expands.

Aliases stay references in the tree; how many nodes they would expand to is counted while reading, so that an alias or
merge-key bomb is refused for the price of its own bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from msgspec import Struct

from stdspec.source.scalars import Scalar, Surprise, UnreadableScalarError, plain, shown_tag, surprise, tagged

MAX_DEPTH: Final = 60
MAX_NODES: Final = 100_000

Place = tuple[int, int, int, int]
"""Line, column, end line, end column; all from 1, the end column exclusive."""


class Fault(Exception):
    """What stops the reading of a text: a finding's code, its words and its place."""

    def __init__(self, code: str, message: str, place: Place) -> None:
        super().__init__(message)
        self.code, self.message, self.place = code, message, place


class Node(Struct, gc=False):  # not frozen: merge keys give way to what they take over
    """A scalar, a mapping or a list of the text.

    `items` holds pairs of key and value nodes (mapping) or nodes (list); `size` counts the nodes after expansion.
    """

    kind: Literal["scalar", "map", "list"]
    place: Place
    value: Scalar | object = None
    text: str = ""
    items: Sequence[Any] = ()
    size: int = 1


Note = Callable[[str, str, str, Place], None]


class TreeReader:
    """Reads one text.

    `surprises` collects unquoted scalars that other readers see differently, `unused` the anchors that no alias names.
    """

    def __init__(self, text: str) -> None:
        slowly = len(text) <= _LARGEST_READ_SLOWLY and _is_read_differently(text)
        self._parser = (yaml.BaseLoader if slowly else _PARSER)(text)
        self._lines: list[str] | None = None
        self._text = text
        self._anchors: dict[str, Node | None] = {}
        self.unused: dict[str, Place] = {}
        self.surprises: list[tuple[Surprise, Place]] = []

    def read(self) -> Node | None:
        """The root node, or None for a text without a document.

        Raises:
            Fault: when the text is refused.
            yaml.MarkedYAMLError: when it is not YAML.
        """
        next_event = self._parser.get_event
        next_event()
        if isinstance(next_event(), yaml.StreamEndEvent):
            return None
        root = self._node(next_event(), 1)
        next_event()
        event = next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            message = "the file holds a second document (a line '---'); keep one document per file"
            raise Fault("YML014", message, _start(event))
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise Fault("YML006", f"values are nested more than {MAX_DEPTH} deep; flatten them", _start(event))
        anchor = event.anchor
        if anchor is not None:
            line, column = _start(event)[:2]
            named = (line, column, line, column + len(anchor) + 1)
            if anchor in self._anchors:
                raise Fault("YML016", f"the anchor &{anchor} stands twice; rename one", named)
            self._anchors[anchor] = None
            self.unused[anchor] = named
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            node = self._mapping(event, depth)
        else:
            node = self._sequence(event, depth)
        if anchor is not None:
            self._anchors[anchor] = node
        if node.size > MAX_NODES:
            raise Fault(
                "YML006",
                f"the text expands to more than {MAX_NODES} values; use fewer aliases",
                node.place,
            )
        return node

    def _alias(self, event: Any) -> Node:
        place = _place(event)
        if event.anchor not in self._anchors:
            message = f"there is no anchor &{event.anchor} above this alias; correct the name, or write the value out"
            raise Fault("YML015", message, place)
        node = self._anchors[event.anchor]
        self.unused.pop(event.anchor, None)
        if node is None:
            raise Fault("YML006", f"the anchor &{event.anchor} contains itself; write the value out", place)
        return node

    def _scalar(self, event: Any, is_key: bool = False) -> Node:
        """A scalar; a key that is no text has a finding of its own, and no surprise."""
        text, tag, style = event.value, event.tag, event.style
        start, end = event.start_mark, event.end_mark
        place = (start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        if style and style in "|>":
            place = self._trimmed(place)
        try:
            if tag is not None and tag != "!":
                value: Scalar | object = tagged(tag, text)
            elif event.implicit[0]:
                value = plain(text)
                # of all texts only 0o17 is read differently elsewhere, so that the others need no look
                if value is not None and not is_key and (not isinstance(value, str) or text[:2] == "0o"):
                    self._surprise(text, value, place)
            else:
                value = text
        except UnreadableScalarError as error:
            raise Fault("YML001", str(error), place) from None
        return Node("scalar", place, value, text)

    def _surprise(self, text: str, value: Any, place: Place) -> None:
        found = surprise(text, value)
        if found is not None:
            self.surprises.append((found, place))

    def _mapping(self, event: Any, depth: int) -> Node:
        _only_plain_tag(event, "map")
        items: list[tuple[Node, Node]] = []
        size, depth = 1, depth + 1
        following, scalar = self._parser.get_event, self._scalar
        may_hold = depth <= MAX_DEPTH
        while type(item := following()) is not yaml.MappingEndEvent:
            if may_hold and type(item) is _SCALAR and item.anchor is None:  # as most nodes by far
                key = scalar(item, is_key=True)
            else:
                key = self._key(item, depth)
            item = following()
            plain = may_hold and type(item) is _SCALAR and item.anchor is None
            value = scalar(item) if plain else self._node(item, depth)
            items.append((key, value))
            size += 1 + value.size
        last = items[-1][1] if items and not event.flow_style else None
        return Node("map", _closed(_place(event), item, last), None, "", items, size)

    def _key(self, event: Any, depth: int) -> Node:
        surprises = len(self.surprises)
        key = self._node(event, depth)
        del self.surprises[surprises:]
        return key

    def _sequence(self, event: Any, depth: int) -> Node:
        tag = _short(event.tag)
        if tag not in _SEQUENCES:
            _only_plain_tag(event, "seq")
        items: list[Node] = []
        size, depth = 1, depth + 1
        following = self._parser.get_event
        while type(item := following()) is not yaml.SequenceEndEvent:
            child = self._node(item, depth)
            items.append(child)
            size += child.size
        last = items[-1] if items and not event.flow_style else None
        node = Node("list", _closed(_place(event), item, last), None, "", items, size)
        return _SEQUENCES[tag](node) if tag in _SEQUENCES else node

    def _trimmed(self, place: Place) -> Place:
        """The place of a block scalar without the line breaks after it, which the parser counts in."""
        if self._lines is None:
            self._lines = self._text.splitlines()
        line, column, end_line, end_column = place
        if end_column > 1 and end_line <= len(self._lines):
            return place
        end_line = min(end_line - 1, len(self._lines))
        while end_line > line and not self._lines[end_line - 1].strip():
            end_line -= 1
        return line, column, end_line, len(self._lines[end_line - 1]) + 1


_READ_DIFFERENTLY: Final = (
    ("\t", ""),
    ("\x85", ""),
    ("\ufeff", ""),
    ("!", r"(?m)(?:^|[\s\[{,])!"),
    ("#", r"[|>][-+0-9]*#"),
)
"""Texts that libyaml may not take apart as PyYAML does, which is slower and what OmegaConf reads with.

A character that has to be there, which is looked for first and fast, and what has to be around it.
"""


def _is_read_differently(text: str) -> bool:
    return any(character in text and re.search(around, text) for character, around in _READ_DIFFERENTLY)


_LARGEST_READ_SLOWLY: Final = 32 * 1024
"""PyYAML takes up to 20 µs a character: larger texts are read by libyaml whatever they hold."""

_SCALAR: Final = yaml.ScalarEvent
_PARSER: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader


def _start(event: Any) -> Place:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    return start.line + 1, start.column + 1, end.line + 1, end.column + 1


def _closed(start: Place, end_event: Any, last: Node | None) -> Place:
    """The place of a collection: to its closing bracket, or to the end of its last item."""
    if last is None:
        mark = end_event.end_mark
        return start[0], start[1], mark.line + 1, mark.column + 1
    end = last.place[2:]
    return (*start[:2], *end) if end >= start[:2] else start


def _pairs(node: Node) -> Node:
    """``!!omap [a: 1, b: 2]``: OmegaConf makes lists of a key and a value of it."""
    if any(item.kind != "map" or len(item.items) != 1 for item in node.items):
        raise Fault("YML001", "a list with this tag holds 'key: value' items; remove the tag", node.place)
    node.items = [Node("list", item.place, items=list(item.items[0]), size=item.size) for item in node.items]
    return node


def _path(node: Node) -> Node:
    """A path as OmegaConf writes it: ``!!python/object/apply:pathlib.PosixPath [a, b]``."""
    parts = [item.value for item in node.items]
    if not all(isinstance(part, str) for part in parts):
        raise Fault("YML001", "a path is a list of texts; write a text", node.place)
    return Node("scalar", node.place, Path(*parts))


_SEQUENCES: Final[dict[str, Callable[[Node], Node]]] = {
    "!!omap": _pairs,
    "!!pairs": _pairs,
    "!!python/object/apply:pathlib.Path": _path,
    "!!python/object/apply:pathlib.PosixPath": _path,
}


def _short(tag: str | None) -> str:
    return shown_tag(tag or "")


def _only_plain_tag(event: Any, kind: str) -> None:
    if event.tag not in (None, "!", f"tag:yaml.org,2002:{kind}"):
        message = f"the tag {shown_tag(event.tag)} does not stand for plain data; remove it"
        raise Fault("YML001", message, _start(event))

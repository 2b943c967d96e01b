"""Makes one fault in the text of a spec and says where it must be found, counted in characters of that text.

Places come from the scanner of PyYAML, not from our reader, so that a mark of ours that is wrong shows as a miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml

SpecPath = tuple[str, ...]
Range = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """A key and its value in a text; an item of a list has the same range twice.

    Attributes:
        path: the keys and the indices from the top of the file.
        key: the range of characters of the key.
        value: the range of characters of the value.
        kind: mapping, list or scalar.
        flow: whether the value is written in braces, brackets or as a scalar, not on lines of its own.
        inline: whether it stands in the braces of its parent.
        item: whether it is an item of a list.
    """

    path: SpecPath
    key: Range
    value: Range
    kind: str
    flow: bool
    inline: bool
    item: bool


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        kind: how it was made.
        file: the file it is in, relative to the workspace.
        where: what was changed, for people.
        text: the whole text of the file with the fault.
        codes: the codes of which one has to be found.
        at: offset of the first character of the fault, and of the first one after it.
        meant: the word that a suggestion has to name; None where none is due, "" where none may be made.
    """

    kind: str
    file: str
    where: str
    text: str
    codes: frozenset[str]
    at: Range
    meant: str | None = None

    @property
    def span(self) -> tuple[int, int, int, int]:
        """First line and column, last line and the column after it; all count from 1."""
        return (*_line(self.text, self.at[0]), *_line(self.text, self.at[1]))


class Text:
    """The text of a file and the places in it."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def places(self) -> dict[SpecPath, Place]:
        """Every place of the file by its path; the document itself at the empty one."""
        root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        return {place.path: place for place in _places(root, (), None, inline=False)}

    def children(self, path: SpecPath) -> list[Place]:
        """What stands directly under a path, in order."""
        return [place for place in self.places.values() if len(place.path) == len(path) + 1 and place.path[:-1] == path]

    def part(self, span: Range) -> str:
        """A stretch of the text."""
        return self.text[slice(*span)]

    def changed(self, start: int, end: int, new: str) -> str:
        """The text with a stretch of it replaced."""
        return self.text[:start] + new + self.text[end:]


Edit = tuple[str, Range]
"""A text with a fault, and where the fault is."""


def rename(text: Text, place: Place, name: str) -> Edit:
    """Another key; the fault is the key."""
    start, end = place.key
    return text.changed(start, end, name), (start, start + len(name))


def put(text: Text, place: Place, value: str) -> Edit:
    """Another value, on the line of its key; the fault is the value."""
    start, end = place.value
    if not place.flow and not place.item and place.path:
        colon = text.text.index(":", place.key[1])
        return text.changed(colon + 1, end, f" {value}"), (colon + 2, colon + 2 + len(value))
    return text.changed(start, end, value), (start, start + len(value))


def add(text: Text, place: Place, key: str, value: str = "1") -> Edit:
    """A further key, first in a mapping; the fault is that key."""
    start = place.value[0]
    if place.flow:
        comma = ", " if text.children(place.path) else ""
        return text.changed(start + 1, start + 1, f"{key}: {value}{comma}"), (start + 1, start + 1 + len(key))
    indent = " " * (start - text.text.rfind("\n", 0, start) - 1)
    return text.changed(start, start, f"{key}: {value}\n{indent}"), (start, start + len(key))


def drop(text: Text, place: Place) -> Edit:
    """A key taken out with its value; the fault is the key of its parent, or the file where it has none."""
    start, end = place.key[0], place.value[1]
    if place.inline:
        after = len(text.text[end:]) - len(text.text[end:].lstrip(", "))
        before = text.text[:start].rstrip()
        start, end = (len(before) - 1, end) if not after and before.endswith(",") else (start, end + after)
    else:
        start, end = text.text.rfind("\n", 0, start) + 1, (text.text + "\n").index("\n", end) + 1
    parent = text.places[place.path[:-1]]
    return text.changed(start, end, ""), parent.key if parent.path else (0, 0)


def double(text: Text, place: Place) -> Edit:
    """The same key again, behind its value; the fault is the second one."""
    key, end = text.part(place.key), place.value[1]
    if place.inline:
        return text.changed(end, end, f", {key}: null"), (end + 2, end + 2 + len(key))
    start = place.key[0]
    indent = " " * (start - text.text.rfind("\n", 0, start) - 1)
    end = (text.text + "\n").index("\n", end)
    at = end + 1 + len(indent)
    return text.changed(end, end, f"\n{indent}{key}: null"), (at, at + len(key))


def tab(text: Text, place: Place) -> Edit:
    """A tab for the blanks before a key; the fault is the tab."""
    start = text.text.rfind("\n", 0, place.key[0]) + 1
    return text.changed(start, place.key[0], "\t"), (start, start + 1)


def transposed(word: str) -> str:
    """Two neighbours near the middle change places."""
    middle = len(word) // 2
    at = next((at for at in (*range(middle, len(word)), *range(middle, 0, -1)) if word[at - 1] != word[at]), 0)
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at else word


def dropped(word: str) -> str:
    """The letter in the middle is left out."""
    return word[: len(word) // 2] + word[len(word) // 2 + 1 :]


def doubled(word: str) -> str:
    """The letter in the middle is typed twice."""
    return word[: len(word) // 2] + word[len(word) // 2 :][:1] + word[len(word) // 2 :]


SLIPS: dict[str, Callable[[str], str]] = {"transposed": transposed, "dropped": dropped, "doubled": doubled}
"""How people misspell a word."""


def slips(word: str) -> Iterator[tuple[str, str]]:
    """Each misspelling of a word that another one is, with its name; quotes stay around it."""
    quote = word[:1] if word[:1] in "\"'" else ""
    bare = word.strip(quote) if quote else word
    for name, slip in SLIPS.items():
        wrong = slip(bare)
        if len(wrong) > 1 and wrong != bare:
            yield name, f"{quote}{wrong}{quote}"


def _places(node: yaml.Node, path: SpecPath, key: yaml.Node | None, *, inline: bool) -> Iterator[Place]:
    value = (node.start_mark.index, _end(node))
    kind = {yaml.MappingNode: "mapping", yaml.SequenceNode: "list"}.get(type(node), "scalar")
    flow = kind == "scalar" or bool(node.flow_style)  # type: ignore[attr-defined]
    own = (key.start_mark.index, key.end_mark.index) if key is not None else value
    yield Place(path, own, value, kind, flow, inline, item=key is None and bool(path))
    if isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            yield from _places(child, (*path, name.value), name, inline=flow)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _places(child, (*path, str(index)), None, inline=flow)


def _end(node: yaml.Node) -> int:
    """Where a node ends; one in block style ends with the last of what it holds, not with the next key."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _line(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)

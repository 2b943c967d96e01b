"""Finds what is legal YAML and hardly meant: keys that look alike, characters that nobody sees, words of Python.

Hydra takes such a file, so that nothing here is an error. A file is looked through only where a quick look at its text
says that there may be something to find.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from stdspec.finding import Severity
from stdspec.source.scalars import MERGE
from stdspec.source.tree import Node, Place

INVISIBLE: Final = "[\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]"
"""Characters of no width, and those that turn the direction of what follows."""
_BLANKS: Final = "[\u00a0\u1680\u2000-\u200d\u202f\u205f\u3000]"
"""Blanks that are no space, and joiners; prose and some scripts need them, keys do not."""
_PASTED_NUMBER: Final = "[\u2010-\u2015\u2212\uff0d\ufe63+-]?[0-9\uff10-\uff19][0-9\uff10-\uff19.,eE_]*"
_PASTED_QUOTES: Final = "[\u2018\u201c\u00ab]\\S*[\u2019\u201d\u00bb]"
_TUPLE: Final = r"\(\s*(?:[-+.\deE_]+\s*,\s*)+(?:[-+.\deE_]+\s*)?\)"
_PYTHON: Final = {"None": "null"}
_LOOK_ALIKE: Final = str.maketrans("асеіјорѕхуԁԛԝһԍοαενρκιυ", "aceijopsxydqwhgoaevpkiu")
"""Small letters of the Cyrillic and Greek alphabets that look like Latin ones."""

_CAPITAL: Final = re.compile(r"[A-Z]\w{0,99}[\"']?:")  # bounded: else a long word costs the square of its length
_MANY: Final = 200
"""So many keys with capitals are looked at one by one rather than looked for."""
_NONE: Final = r"[:,\[-] *None\b"
_BRACKET: Final = r"[:,\[-] *\("
_GLUED: Final = r"\{(?<![^\s\[{,]\{)[^{}]*\w:[^\s\"'},/:]"
"""A flow mapping, not braces within a word, with something right after a colon."""


class Note(Struct, frozen=True):
    """Something that is hardly meant: its code, how bad it is, its words and its place."""

    code: str
    severity: Severity
    message: str
    place: Place


def notes(text: str, root: Node, unused: dict[str, Place]) -> Iterator[Note]:
    """Everything in a text that is legal and hardly meant, in no order.

    Args:
        text: the text.
        root: its tree, before merge keys are taken over.
        unused: the anchors that no alias names, with their places.
    """
    for name, place in unused.items():
        message = f"no alias of this file names the anchor &{name}; write *{name} where it is meant, or remove it"
        yield Note("YML017", Severity.INFO, message, place)
    if not _suspect(text):
        return
    lines = text.splitlines()
    pending, seen = [root], set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.kind == "map":
            yield from _keys(node)
            pending.extend(value for _, value in node.items)
        elif node.kind == "list":
            pending.extend(node.items)
        elif isinstance(node.value, str) and node.text:
            yield from _value(node, lines)


def _suspect(text: str) -> bool:
    """Whether there may be something to find: a look that costs a hundredth of the reading."""
    return (
        not text.isascii()
        or text.count("<<") > 1
        or ("None" in text and re.search(_NONE, text) is not None)
        or ("(" in text and re.search(_BRACKET, text) is not None)
        or ("{" in text and re.search(_GLUED, text) is not None)
        or _capitals(text)
    )


def _capitals(text: str) -> bool:
    """Whether the end of a key that has a capital stands there twice when case is left out."""
    ends = set(_CAPITAL.findall(text))
    lowered = text.lower() if ends else ""
    return len(ends) > _MANY or any(lowered.count(end.lower()) > 1 for end in ends)


def _keys(node: Node) -> Iterator[Note]:
    known: dict[str, Node] = {}
    merge: Node | None = None
    for key, value in node.items:
        if key.value is MERGE:
            if merge is not None:
                remedy = "write one list, the winner first: <<: [*b, *a]"
                message = f"'<<' stands twice in one mapping, which YAML forbids; {remedy}"
                yield Note("YML018", Severity.WARNING, message, key.place)
            merge = key
        if key.kind != "scalar" or not isinstance(key.value, str):
            continue
        odd = not key.value.isascii() or (value.value is None and ":" in key.value)
        if odd and (found := list(_key(key, value))):
            yield from found
            continue
        first = known.setdefault(_skeleton(key.value), key)
        if first is not key and first.value != key.value:
            message = f"the key '{key.value}' looks like '{first.value}' in line {first.place[0]}, and is another; "
            yield Note("YML019", Severity.WARNING, f"{message}keep one, or give them names that differ", key.place)


def _skeleton(key: str) -> str:
    """What a key looks like at a glance: case, width, invisible characters and alphabet left out."""
    plain = key.lower()
    if plain.isascii():
        return plain
    return re.sub(_BLANKS, " ", re.sub(INVISIBLE, "", _normal(plain))).translate(_LOOK_ALIKE).strip()


def _normal(text: str) -> str:
    from unicodedata import normalize  # few texts hold anything but ASCII

    return normalize("NFKC", text)


def _key(key: Node, value: Node) -> Iterator[Note]:
    text = str(key.value)
    if value.text == "" and value.value is None and value.place[:2] == value.place[2:] and _glued(text):
        name, _, rest = text.partition(":")
        message = f"'{text}' is a key without a value; write a space after the colon: {name}: {rest}"
        yield Note("YML022", Severity.WARNING, message, key.place)
    if text.isascii():
        return
    if (found := re.search(INVISIBLE, text) or re.search(_BLANKS, text)) is not None:
        yield _invisible(found.group(), "key", key.place)
    elif _mixed(text):
        message = f"the key '{text}' mixes letters of two alphabets that look alike; type it again in one"
        yield Note("YML019", Severity.WARNING, message, key.place)


def _glued(text: str) -> bool:
    """Whether a key holds the value that was meant for it: ``lr:0.1``, and not an address or a path."""
    name, colon, rest = text.partition(":")
    return bool(colon) and name.isidentifier() and bool(rest) and not rest.startswith(("/", ":", "\\"))


def _mixed(text: str) -> bool:
    """Whether Latin letters stand among letters of another alphabet that look Latin."""
    letters = {letter for letter in text.lower() if letter.isalpha()}
    alike = {letter for letter in letters if ord(letter) in _LOOK_ALIKE}
    return bool(alike) and any(letter.isascii() for letter in letters)


def _invisible(character: str, where: str, place: Place) -> Note:
    from unicodedata import name as name_of

    name = name_of(character, "a control character").lower()
    message = f"the {where} holds a character that nobody sees, U+{ord(character):04X} {name}; remove it"
    return Note("YML020", Severity.WARNING, message, place)


def _value(node: Node, lines: list[str]) -> Iterator[Note]:
    text = node.text
    if not text.isascii() and (found := re.search(INVISIBLE, text)) is not None:
        yield _invisible(found.group(), "value", node.place)
    elif (written := meant(text)) is not None and _is_plain(node, lines):
        code, severity = ("YML021", Severity.WARNING) if not text.isascii() else ("YML023", Severity.INFO)
        yield Note(code, severity, f"{text} is read as text; write {written}, or quote it", node.place)


def meant(text: str) -> str | None:
    """What an unquoted text was meant to be, where that can be told."""
    return next((written for reading in _READINGS if (written := reading(text)) is not None), None)


def _of_number(text: str) -> str | None:
    if text.isascii() or not re.fullmatch(_PASTED_NUMBER, text):
        return None
    sign = "" if text[0].isdigit() else "+" if text[0] == "+" else "-"
    return sign + _normal(text if text[0].isdigit() else text[1:])


def _of_quotes(text: str) -> str | None:
    return f'"{text[1:-1]}"' if not text.isascii() and re.fullmatch(_PASTED_QUOTES, text) else None


def _of_tuple(text: str) -> str | None:
    return f"[{text[1:-1].strip().rstrip(',')}]" if text[0] == "(" and re.fullmatch(_TUPLE, text) else None


_READINGS: Final[tuple[Callable[[str], str | None], ...]] = (_PYTHON.get, _of_tuple, _of_number, _of_quotes)


def _is_plain(node: Node, lines: list[str]) -> bool:
    """Whether a scalar stands there as it is, without quotes, tag or block sign."""
    line, column = node.place[:2]
    return line <= len(lines) and lines[line - 1][column - 1 :].startswith(node.text[:1])

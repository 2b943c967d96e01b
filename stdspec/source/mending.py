"""The edits that mend what is wrong with a text by itself, for the codes whose remedy is one certain or likely text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from stdspec.finding import Edit, Span
from stdspec.source.edits import Edits, inserted, quoted, replaced, text_at
from stdspec.source.hygiene import INVISIBLE, meant
from stdspec.source.scalars import plain, spelled

Lines = Sequence[str]
Maker = Callable[[Span, Lines], Edits]

_SPACES: Final = "  "
"""What a tab stands for in a text that is indented by tabs alone."""
_ENTRY: Final = re.compile(r"(?:- )?[^\s:#]+: +[^\s|>&*!{\[\"'#][^#]*(?:#.*)?")
"""A key with a value that ends on its line."""
_BLOCK: Final = re.compile(r"(?:^|[\s:-])[|>][-+0-9]*\s*(?:#.*)?$")
"""The end of a line below which blanks are part of a text."""
_TWO_MEANINGS: Final = re.compile(r"[-+]?0[0-7_]+|.*:.*")
"""Octal and base 60: a code or a time was as likely meant as the number that is read."""


def edits(code: str, span: Span, text: str) -> Edits:
    """The edits for what was found at a place of a text; none where no text is likely enough.

    Args:
        code: what was found.
        span: where.
        text: the whole text.
    """
    maker = _MAKERS.get(code)
    return maker(span, _lines(text)) if maker is not None else ()


@lru_cache(maxsize=2)
def _lines(text: str) -> Lines:
    return tuple(text.splitlines())


def _spaces(span: Span, lines: Lines) -> Edits:
    """Spaces for tabs, where only one depth can be meant.

    That is so in a text that is indented by tabs alone, and for an entry between two of one depth.
    """
    if any(_BLOCK.search(line) for line in lines):
        return ()  # tabs may belong to a text
    found = [(number, _indent(line)) for number, line in enumerate(lines, start=1) if line.strip() and _indent(line)]
    if not any(" " in indent for _, indent in found):
        return tuple(_indented(span, number, indent, len(_SPACES) * len(indent)) for number, indent in found)
    tabs = [(number, indent, _depth_between(number, lines)) for number, indent in found if "\t" in indent]
    if any(depth is None for _, _, depth in tabs):
        return ()
    return tuple(_indented(span, number, indent, depth or 0) for number, indent, depth in tabs)


def _depth_between(number: int, lines: Lines) -> int | None:
    """The depth of the entries before and after a line, where all three are entries with a value of their own."""
    kept = [line for line in lines[: number - 1] if _says_something(line)][-1:]
    kept += [lines[number - 1], *[line for line in lines[number:] if _says_something(line)][:1]]
    if len(kept) < 3 or not all(_ENTRY.fullmatch(line.strip()) for line in kept):
        return None
    depths = {
        len(_indent(line)) + (len(_SPACES) if line.lstrip().startswith("- ") else 0) for line in (kept[0], kept[2])
    }
    return depths.pop() if len(depths) == 1 and "\t" not in _indent(kept[0]) + _indent(kept[2]) else None


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _indented(span: Span, number: int, indent: str, depth: int) -> Edit:
    return Edit(Span(span.file, number, 1, number, len(indent) + 1), " " * depth)


def _quoted_key(span: Span, lines: Lines) -> Edits:
    """Quotes around a number or a truth value; what a key without a text was meant to be, nobody knows."""
    there = text_at(span, lines)
    return quoted(span, lines) if there and plain(there) is not None else ()


def _as_read(span: Span, lines: Lines) -> Edits:
    """The value as every reader reads it, where that is the only meaning: `off` becomes `false`."""
    there = text_at(span, lines)
    if not there or _TWO_MEANINGS.fullmatch(there):
        return ()
    value = plain(there)
    written = spelled(value)
    same = isinstance(value, str) or (plain(written) == value and type(plain(written)) is type(value))
    return replaced(span, there, written, lines) if same else ()


def _without_invisible(span: Span, lines: Lines) -> Edits:
    there = text_at(span, lines) or ""
    return replaced(span, there, re.sub(INVISIBLE, "", there), lines)


def _as_meant(span: Span, lines: Lines) -> Edits:
    there = text_at(span, lines) or ""
    written = meant(there) if there else None
    return replaced(span, there, written, lines) if written is not None else ()


def _with_space(span: Span, lines: Lines) -> Edits:
    name, colon, rest = (text_at(span, lines) or "").partition(":")
    if not (name.isidentifier() and colon and rest):
        return ()
    at = span.column + len(name) + 1
    return inserted(Span(span.file, span.line, at, span.line, at), " ")


_MAKERS: Final[Mapping[str, Maker]] = {
    "YML002": _spaces,
    "YML004": _quoted_key,
    "YML009": _as_read,
    "YML020": _without_invisible,
    "YML021": _as_meant,
    "YML022": _with_space,
    "YML023": _as_meant,
}
"""The code to what makes the edits."""

"""Makes the edits that mend a fault, where it is certain from the text which characters they replace.

A place whose text is not what it is taken for (a value that an interpolation or an alias brought, a text over several
lines, a tag) gets no edit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from stdspec.finding import COMMAND_LINE, Edit, Span
from stdspec.source.lines import lines as lines_of
from stdspec.source.scalars import UnreadableScalarError, plain

Edits = tuple[Edit, ...]

_WORD: Final = r"/?[^\W_](?:[\w ./@+-]*[\w/+])?|_\w*"
"""What may stand there without quotes wherever a scalar may, unless it is read as a number."""
_BARE: Final = r"[^\s'\"&*!|>%@`#,\[\]{}?-][^\s#,\[\]{}'\"]*|-?[0-9.][^\s#,\[\]{}'\"]*"
"""A scalar without quotes that is one word."""
_BYTE_ORDER_MARK: Final = "\ufeff"


def text_at(span: Span | None, lines: Sequence[str] | None = None) -> str | None:
    """What is written at a place within one line; None where there is no such place.

    Args:
        span: the place.
        lines: the lines of the file, where they are at hand.
    """
    if span is None or span.file == COMMAND_LINE or span.line != span.end_line:
        return None
    known = lines_of(span.file) if lines is None else lines
    if not 1 <= span.line <= len(known):
        return None
    return known[span.line - 1].replace(_BYTE_ORDER_MARK, "")[span.column - 1 : span.end_column - 1]


def replaced(span: Span | None, old: str, new: str, lines: Sequence[str] | None = None) -> Edits:
    """The edit that writes one text for another, where exactly the other stands at the place."""
    return (Edit(span, new),) if span is not None and old != new and text_at(span, lines) == old else ()


def respelt(span: Span | None, old: object, new: str | None) -> Edits:
    """The edit that writes another word in a scalar's place, in the quotes that are there.

    Args:
        span: the place of the scalar.
        old: the text that it is read as.
        new: the word to write; None, or one that needs escapes, gives no edit.
    """
    if span is None or not isinstance(old, str) or new is None or not re.fullmatch(_WORD, new):
        return ()
    bare = new if reading(new) == new else f"'{new}'"
    there = text_at(span)
    for before, after in ((old, bare), (f"'{old}'", f"'{new}'"), (f'"{old}"', f'"{new}"')):
        if there == before and before != after:
            return (Edit(span, after),)
    return ()


def respelt_within(span: Span | None, old: str, new: str) -> Edits:
    """The edit that writes another word for one that stands once in a scalar of several: ``override /db: …``."""
    there = text_at(span)
    if span is None or there is None or not re.fullmatch(_WORD, new):
        return ()
    written, times = re.subn(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, there)
    if times != 1 or (written == new and reading(new) != new):
        return ()
    return (Edit(span, written),)


def quoted(span: Span | None, lines: Sequence[str] | None = None) -> Edits:
    """The edit that puts quotes around an unquoted word, so that it is read as the text that is written."""
    there = text_at(span, lines)
    if span is None or there is None or not re.fullmatch(_BARE, there):
        return ()
    return (Edit(span, f"'{there}'"),)


def unquoted(span: Span | None) -> Edits:
    """The edit that takes the quotes from a number."""
    there = text_at(span) or ""
    inner = there[1:-1]
    if (
        span is None
        or len(there) < 3
        or there[0] not in "'\""
        or there[-1] != there[0]
        or not re.fullmatch(_BARE, inner)
    ):
        return ()
    value = reading(inner)
    return (Edit(span, inner),) if isinstance(value, int | float) and not isinstance(value, bool) else ()


def reading(text: str) -> object:
    """What an unquoted text is read as; None for what cannot be read, such as ``0x_``."""
    try:
        return plain(text)
    except UnreadableScalarError:
        return None


def inserted(span: Span, text: str, *, after: bool = False) -> Edits:
    """The edit that puts a text before what stands at a place, or behind it."""
    line, column = (span.end_line, span.end_column) if after else (span.line, span.column)
    return (Edit(Span(span.file, line, column, line, column), text),)

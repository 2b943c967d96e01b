"""Replaces stretches of a text and keeps every other byte: line ends, a byte order mark, a missing last line end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from stdspec.finding import Edit, Span

_LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where a line ends for a YAML parser."""
_BYTE_ORDER_MARK: Final = "\ufeff"
"""Counts for nothing in a column, for a YAML parser."""

Stretch = tuple[int, int]
"""Offsets of the first character and of the first one after it."""


class Text:
    """A text in which places can be looked up.

    Args:
        data: its bytes, UTF-8.

    Raises:
        UnicodeDecodeError: when they are not.
    """

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("utf-8")
        ends = list(_LINE_END.finditer(self._text))
        self._starts = [0, *(end.end() for end in ends)]
        self._stops = [*(end.start() for end in ends), len(self._text)]
        breaks = [end[0] for end in ends if end[0] in ("\n", "\r\n", "\r")]
        self._line_end = breaks[0] if breaks else "\n"

    def stretch(self, span: Span) -> Stretch | None:
        """Where a span begins and ends; None where the text has no such place."""
        start, end = self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)
        return (start, end) if start is not None and end is not None and start <= end else None

    def _offset(self, line: int, column: int) -> int | None:
        if not (1 <= line <= len(self._starts) and column >= 1):
            return None
        at, stop = self._starts[line - 1], self._stops[line - 1]
        if _BYTE_ORDER_MARK not in self._text:
            return at + column - 1 if at + column - 1 <= stop else None
        for _ in range(column):
            while at < stop and self._text[at] == _BYTE_ORDER_MARK:
                at += 1
            at += 1
        return at - 1 if at - 1 <= stop else None

    def patched(self, edits: Sequence[Edit]) -> bytes | None:
        """The text with all edits made, with line ends of its own; None where they overlap or have no place."""
        placed: list[tuple[Stretch, str]] = []
        for edit in edits:
            stretch = self.stretch(edit.span)
            if stretch is None:
                return None
            placed.append((stretch, edit.text.replace("\n", self._line_end)))
        placed.sort()
        if any(clash(one, two) for (one, _), (two, _) in pairwise(placed)):
            return None
        parts, done = [], 0
        for (start, end), text in placed:
            parts += [self._text[done:start], text]
            done = end
        return "".join((*parts, self._text[done:])).encode("utf-8")


def clash(one: Stretch, two: Stretch) -> bool:
    """Whether two stretches share a character, or one begins where the other does: their order would not be certain."""
    return one[0] == two[0] or max(one[0], two[0]) < min(one[1], two[1])


def patched(data: bytes, edits: Iterable[Edit]) -> bytes | None:
    """The bytes with all edits made; None where they overlap, have no place, or the bytes are not UTF-8."""
    try:
        return Text(data).patched(tuple(edits))
    except UnicodeDecodeError:
        return None

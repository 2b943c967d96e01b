"""The source line of a finding, cut to a width around the fault and safe to show."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from stdspec.cli.visible import visible
from stdspec.finding import Span
from stdspec.lint.secret_shape import holds_secret
from stdspec.source.lines import lines


class Excerpt(Struct, frozen=True):
    """A part of one line.

    Attributes:
        number: the line's number, from 1.
        before: what stands before the fault.
        fault: the text at fault; empty where something is missing at the end of a line.
        after: what stands behind it.
    """

    number: int
    before: str
    fault: str
    after: str

    @property
    def text(self) -> str:
        """The whole part."""
        return self.before + self.fault + self.after


def excerpt(span: Span | None, room: int, hidden: Collection[tuple[str, int]]) -> Excerpt | None:
    """The line at which a span begins; None where there is none to show.

    Args:
        span: the place of the fault.
        room: the columns that the line may take.
        hidden: file and number of the lines that must not be shown.
    """
    if span is None or (span.file, span.line) in hidden:
        return None
    source = lines(span.file)
    if not 1 <= span.line <= len(source):
        return None
    text = source[span.line - 1]
    if holds_secret(text):  # in a file that cannot be read, no finding says so
        return None
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    first, last = _window(len(text), start, room)
    start, end = max(start, first), min(max(end, start), last)
    parts = (text[first:start], text[start:end], text[max(start, end) : last])
    return Excerpt(span.line, *(visible(part.replace("\t", " ")) for part in parts))


def _window(length: int, start: int, room: int) -> tuple[int, int]:
    """Which columns of a line are shown: all, or as many as there is room for, with the fault in them."""
    if length <= room:
        return 0, length
    first = max(0, min(start - room // 3, length - room))
    return first, first + room

"""The edits that mend a defaults list: an item put in, items moved to its end, a comment of Hydra's put where it reads.

A line is moved as it stands, comment included, and only where each item has lines of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from stdspec.finding import Edit, Span
from stdspec.lint.config_file import File
from stdspec.source.edits import Edits, inserted, text_at
from stdspec.source.lines import lines as lines_of

SELF: Final = "_self_"
_BYTE_ORDER_MARK: Final = "\ufeff"


def self_before(file: File, index: int) -> Edits:
    """`_self_` before an item."""
    span = file.span(index)
    indent = _indent(file, span)
    if indent is not None:
        return (Edit(Span(span.file, span.line, 1, span.line, 1), f"{indent}- {SELF}\n"),)
    return inserted(span, f"{SELF}, ") if _in_brackets(file) else ()


def self_after(file: File, index: int) -> Edits:
    """`_self_` behind an item."""
    span = file.span(index)
    indent = _indent(file, span)
    if indent is not None:
        return (_at_end(file, span.end_line, f"\n{indent}- {SELF}"),)
    return inserted(_trimmed(span), f", {SELF}", after=True) if _in_brackets(file) else ()


def moved_behind(file: File, indices: Sequence[int], last: int) -> Edits:
    """Some items behind another one that comes later, in the order they have."""
    spans, behind = [file.span(index) for index in indices], file.span(last)
    if any(_indent(file, span) is None for span in (*spans, behind)):
        return ()
    if any(span.line != span.end_line for span in spans):
        return ()
    lines = lines_of(file.path)
    moved = "".join(f"\n{lines[span.line - 1]}" for span in spans)
    return (*(_without_line(file, span.line) for span in spans), _at_end(file, behind.end_line, moved))


def header_first(file: File, number: int, package: str) -> Edits:
    """A header's line moved to the top of the file."""
    return Edit(Span(file.path, 1, 1, 1, 1), f"# @package {package}\n"), _without_line(file, number)


def header_instead(file: File, number: int, package: str | None) -> Edits:
    """Another header in the place of a line; None takes the line out."""
    if package is None:
        return (_without_line(file, number),)
    return (Edit(Span(file.path, number, 1, number, _end(file, number)), f"# @package {package}"),)


def _without_line(file: File, number: int) -> Edit:
    return Edit(Span(file.path, number, 1, number + 1, 1), "")


def _at_end(file: File, number: int, text: str) -> Edit:
    end = _end(file, number)
    return Edit(Span(file.path, number, end, number, end), text)


def _end(file: File, number: int) -> int:
    """The column behind the last character of a line."""
    return len(lines_of(file.path)[number - 1].replace(_BYTE_ORDER_MARK, "")) + 1


def _indent(file: File, span: Span) -> str | None:
    """The blanks before the dash of an item on lines of its own; None where it has none."""
    lines = lines_of(file.path)
    if not 1 <= span.line <= span.end_line <= len(lines):
        return None
    before = lines[span.line - 1][: span.column - 1].rstrip(" ")
    return before[:-1] if before.endswith("-") and not before[:-1].strip(" ") else None


def _trimmed(span: Span) -> Span:
    """The place of an item in brackets without the blanks behind it, which the parser counts in."""
    text = text_at(span) or ""
    blanks = len(text) - len(text.rstrip(" "))
    return Span(span.file, span.line, span.column, span.end_line, span.end_column - blanks)


def _in_brackets(file: File) -> bool:
    mark = file.document.marks.get(("defaults",))
    begin = mark.value if mark is not None else None
    first = Span(begin.file, begin.line, begin.column, begin.line, begin.column + 1) if begin is not None else None
    return text_at(first) == "["

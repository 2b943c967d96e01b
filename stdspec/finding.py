"""The values that say what is wrong and where: Span, Edit, Related, Finding, Severity.

A Finding is a frozen value; every check yields them and nothing raises for a fault in a spec.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How bad a finding is; the order of the members is from worst to mildest."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return list(Severity).index(self)


class Span(Struct, frozen=True, order=True, gc=False):
    """A stretch of text. Lines and columns count from 1; the end column is the first one after the stretch.

    `file` is an absolute path, or `COMMAND_LINE` for an override, whose `line` is then its number.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def holds(self, other: Span) -> bool:
        """Whether another stretch lies in this one."""
        return (
            self.file == other.file
            and (self.line, self.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )


COMMAND_LINE = "<command line>"


class Edit(Struct, frozen=True):
    """One replacement of the text in `span` by `text`."""

    span: Span
    text: str


class Related(Struct, frozen=True):
    """Another place that has to do with a finding, and what it has to do with it."""

    message: str
    span: Span


class Finding(Struct, frozen=True):
    """One fault: its code and slug, how bad it is, what it is and what to do, and where.

    Attributes:
        code: the code, such as ``DAT001``.
        slug: the fault's name, such as ``unpinned-source``.
        severity: error, warning or info.
        message: the fact and, after a semicolon, the remedy; no final full stop.
        path: the dotted config path that is at fault, or the empty string.
        span: the place in the text; None when nothing of the input stands for it.
        related: other places: what the value beat, where the option was chosen.
        fix: the edits that mend it; the file of the code says whether they are certain.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    path: str = ""
    span: Span | None = None
    related: tuple[Related, ...] = ()
    fix: tuple[Edit, ...] = ()

    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """Order of output: by file, line, column, then code, path and message."""
        where = (self.span.file, self.span.line, self.span.column) if self.span else ("", 0, 0)
        return (*where, self.code, self.path, self.message)

"""Findings for a terminal: place, code, fact and remedy, then the source line with the fault underlined.

Everything fits the given width; without colour it is plain text that a log keeps readable.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from stdspec.cli.visible import columns, visible
from stdspec.compose.model import Origin
from stdspec.finding import COMMAND_LINE, Finding, Related, Severity, Span
from stdspec.paths import shown

if TYPE_CHECKING:
    from stdspec.cli.excerpt import Excerpt
    from stdspec.lint.engine import Report

COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD, _DIM = "1", "2"
_MARGIN: Final = 2
_GUTTER: Final = 8
"""The columns before a source line: its number and a bar."""


def render(findings: Iterable[Finding], *, color: bool, width: int, aside: Iterable[Finding] = ()) -> str:
    """The findings as text that ends in a newline, one block each; empty for none.

    Args:
        findings: what to show, in this order.
        color: whether escape codes may be used.
        width: the columns to fit into, at least 40.
        aside: findings that are not shown; a secret among them is not shown by others either.
    """
    paint = Paint(color)
    width = max(40, min(width, 100))
    listed = tuple(findings)
    if not listed:  # the usual case, for which nothing more is imported
        return ""
    from stdspec.lint import secret

    listed = secret.guarded(listed)
    hidden = secret.lines((*listed, *aside))
    return "".join(_block(item, paint, width, hidden) + "\n" for item in listed)


def summary(report: Report, *, color: bool, width: int | None = None) -> str:
    """The closing line: how much was looked at, how many findings of each severity there are, and what is set aside.

    Args:
        report: what lint found.
        color: whether escape codes may be used.
        width: the columns to fit into; None keeps it one line.
    """
    found = _found(report, Paint(color))
    if not report.aside and not report.lowered:  # the usual case, for which nothing more is imported
        return f"{found}\n"
    from stdspec.cli.adoption import told

    aside = told(report)
    if width is None or len(f"{_found(report, Paint(False))}; {aside}") <= width:
        return f"{found}; {aside}\n"
    return "\n".join((f"{found};", *wrapped(aside, width, " " * _MARGIN))) + "\n"


def _found(report: Report, paint: Paint) -> str:
    """How much was looked at and what was found."""
    looked = f"{_count(len(report.files), 'file')}, {_count(len(report.entries), 'spec')}"
    return f"{looked}: {_counts(report.findings, paint) or paint('nothing found', '32')}"


def _counts(findings: Sequence[Finding], paint: Paint) -> str:
    parts = []
    for severity in Severity:
        number = sum(item.severity is severity for item in findings)
        if number:
            word = "info" if severity is Severity.INFO else _plural(number, severity.value)
            parts.append(paint(f"{number} {word}", COLOURS[severity]))
    return ", ".join(parts)


class Paint:
    """Wraps text in an escape code where colour is wanted."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, code: str) -> str:
        """The text, between escape codes where colour is wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


def _block(item: Finding, paint: Paint, width: int, hidden: frozenset[tuple[str, int]]) -> str:
    spot = place(item.span)
    head = f"{spot}: {item.code} {item.slug}"
    colour = COLOURS[item.severity]
    shown_head = f"{paint(spot, _BOLD)}: {paint(item.code, colour)} {paint(item.slug, _DIM)}"
    first, rest = _message(visible(item.message), len(head) + 1, width)
    lines = [f"{shown_head} {first}".rstrip(), *rest]
    from stdspec.cli.excerpt import excerpt

    part = excerpt(item.span, width - _GUTTER, hidden)
    if part is not None:
        lines += _excerpt(part, paint, colour)
    for related in item.related:
        lines += _related(related, paint, width)
    return "\n".join(lines) + "\n"


def _message(message: str, used: int, width: int) -> tuple[str, list[str]]:
    """The message beside the head where it fits, or else wrapped below it."""
    if used + len(message) <= width:
        return message, []
    return "", wrapped(message, width, " " * _MARGIN)


def _excerpt(part: Excerpt, paint: Paint, colour: str) -> list[str]:
    """The source line, and carets below the fault."""
    gutter = f"{part.number:>5} | "
    carets = " " * columns(part.before) + paint("^" * max(1, columns(part.fault)), colour)
    return [f"{paint(gutter, _DIM)}{part.text.rstrip()}", f"{paint(' ' * 6 + '| ', _DIM)}{carets}"]


def _related(related: Related, paint: Paint, width: int) -> list[str]:
    wrapped = textwrap.wrap(
        f"{place(related.span)}: {visible(related.message)}",
        width,
        initial_indent=" " * 6 + "= ",
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [paint(line, _DIM) for line in wrapped]


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """The lines of a text; codes, paths and digests are never broken."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def place(span: Span | None) -> str:
    """A span in words: ``conf/config.yaml:3:5``, or which override it is."""
    if span is None:
        return "-"
    if span.file == COMMAND_LINE:
        return f"{COMMAND_LINE} override {span.line}"
    return f"{visible(shown(span.file))}:{span.line}:{span.column}"


def layer(origin: Origin) -> str:
    """What brought a value in; of what ships with stdspec, also whether the user named it or it is assumed."""
    if not origin.shipped:
        return visible(origin.layer)
    return f"{visible(origin.layer)}, {'assumed' if origin.assumed else 'named'}"


def origin_text(origin: Origin) -> str:
    """Who wrote a value: ``conf/config.yaml:3:5 config``."""
    return f"{place(origin.span)} {layer(origin)}"


def _count(number: int, word: str) -> str:
    return f"{number} {_plural(number, word)}"


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"

"""Format markdown: GitHub's Markdown for the summary of a job or a comment.

Whatever a file or a message holds is text there: it makes no markup, no link and no mention.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from stdspec.cli.formats.look import Look
from stdspec.cli.text import place, summary
from stdspec.cli.visible import visible
from stdspec.finding import Finding, Severity
from stdspec.lint.engine import Report

LARGEST: Final = 1_000_000
"""Bytes; the summary of a step takes a mebibyte and shows nothing at all of a larger one."""

SIGNS: Final = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}

_MARKS: Final = re.compile(r"[\\`*_\[\]()<>#!|~&@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What would make markup, a mention, a formula or a link."""


def render(report: Report, _: Look) -> str:
    """A heading with the verdict, a table of the codes, and the findings file by file."""
    lines = [*_head(report)]
    size = sum(_size(line) for line in lines)
    left = len(report.findings)
    for item, new_file in _marked(report.findings):
        block = [*(_opening(item) if new_file else ()), _row(item)]
        size += sum(_size(line) for line in block)
        if size > LARGEST:
            lines += ["", f"{left} more findings are left out here; the other formats show them all."]
            break
        lines += block
        left -= 1
    return "\n".join(lines) + "\n"


def _marked(findings: Sequence[Finding]) -> Iterator[tuple[Finding, bool]]:
    """Each finding, and whether it is the first of its file."""
    last: str | None = None
    for item in findings:
        file = item.span.file if item.span else ""
        yield item, file != last
        last = file


def _size(line: str) -> int:
    return len(line.encode("utf-8", "backslashreplace")) + 1


def _head(report: Report) -> Iterator[str]:
    yield "## stdspec lint"
    yield ""
    yield summary(report, color=False).rstrip()
    if not report.findings:
        return
    yield ""
    yield "| | Code | Fault | Findings |"
    yield "|-|-|-|-:|"
    counts = Counter((item.severity.rank, item.code, item.slug) for item in report.findings)
    for (rank, code, slug), number in sorted(counts.items()):
        severity = list(Severity)[rank]
        yield f"| {SIGNS[severity]} {severity.value} | {escaped(code)} | {escaped(slug)} | {number} |"


def _opening(item: Finding) -> Iterator[str]:
    yield ""
    yield f"### {escaped(place(item.span).rsplit(':', 2)[0]) if item.span else 'Elsewhere'}"
    yield ""
    yield "| | Line | Code | Finding |"
    yield "|-|-:|-|-|"


def _row(item: Finding) -> str:
    at = f"{item.span.line}:{item.span.column}" if item.span else ""
    severity = f"{SIGNS[item.severity]} {item.severity.value}"
    return f"| {severity} | {at} | {escaped(item.code)} | {'<br>'.join(_said(item))} |"


def _said(item: Finding) -> Iterator[str]:
    yield escaped(item.message)
    yield from (f"{located(place(related.span))}: {escaped(related.message)}" for related in item.related)


def located(text: str) -> str:
    """A place as it is. GitHub takes ``:100:`` for a name of an emoji wherever it stands, but not in code."""
    shown = visible(text).strip()
    return f"`{shown}`".replace("|", "\\|") if shown and "`" not in shown and "\\|" not in shown else escaped(text)


def escaped(text: str) -> str:
    """Text that means itself in GitHub's Markdown, in a table, too."""
    return _MARKS.sub(r"\\\g<0>", visible(text)).strip()

"""Format github: workflow commands, which a job on GitHub turns into annotations of the changed files.

GitHub shows ten annotations of each level for a step, so the worst come first.
"""

from __future__ import annotations

from typing import Final

from stdspec.cli.formats.look import Look
from stdspec.cli.formats.places import from_root, in_file
from stdspec.cli.visible import visible
from stdspec.finding import Finding, Severity, Span
from stdspec.lint.engine import Report

COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_WORKSPACE: Final = "GITHUB_WORKSPACE"


def render(report: Report, _: Look) -> str:
    """One command a finding; nothing where there are none."""
    ranked = sorted(report.findings, key=lambda item: item.severity.rank)
    return "".join(_command(item) for item in ranked)


def _command(item: Finding) -> str:
    span = in_file(item.span)
    properties = {**(_place(span) if span else {}), "title": f"{item.code} {item.slug}"}
    said = ",".join(f"{name}={visible(str(value)).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{COMMANDS[item.severity]} {said}::{visible(item.message).translate(_DATA)}\n"


def _place(span: Span) -> dict[str, object]:
    place: dict[str, object] = {"file": from_root(span.file, _WORKSPACE), "line": span.line}
    if span.end_line > span.line:  # columns are taken only where an annotation stays in one line
        return {**place, "endLine": span.end_line}
    return {**place, "endLine": span.line, "col": span.column, "endColumn": span.end_column}

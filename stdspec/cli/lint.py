"""`stdspec lint`: findings as text or JSON, and an exit status that a hook can go by."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from stdspec.finding import Finding, Span
    from stdspec.lint.engine import Report

ALLOCATIONS = 5_000_000
"""How many objects are made before Python looks for garbage: a lint keeps what it makes, and looking costs a fifth."""

FAIL_ON = ("error", "warning", "never")


@click.command("lint", short_help="Check specs and the config files they are made of.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default=None,
    help="The severity from which the exit status is 1; the project's setting decides when it is not given.",
)
def command(paths: tuple[str, ...], form: str, fail_on: str | None) -> None:
    """Check files and folders without running anything.

    A folder stands for every entry point in it, composed, and every file by itself; an experiment or a primary
    config is composed; a file of a config group is checked by itself.

    Exit status: 0 clean, 1 findings of the --fail-on severity, 2 a path that does not exist.
    """
    from stdspec.lint.checks import settings_at
    from stdspec.lint.engine import lint

    gc.set_threshold(ALLOCATIONS)
    report = lint(paths)
    gc.freeze()  # what was made stays to the end, and is not looked through once more when the process ends
    limit = fail_on or settings_at(paths[0]).fail_on
    if form == "json":
        # JSON is UTF-8 whatever the terminal takes; what UTF-8 cannot say of a file's name becomes a \u escape.
        sys.stdout.buffer.write(_json(report).encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write(_text(report))
    sys.stdout.flush()
    if fails(report.findings, limit):
        sys.exit(1)


def fails(findings: tuple[Finding, ...], limit: str) -> bool:
    """Whether findings are as bad as the limit, `error`, `warning` or `never`, says."""
    from stdspec.errors import InputError
    from stdspec.finding import Severity

    if limit == "never":
        return False
    if limit not in FAIL_ON:
        raise InputError(f"the setting 'fail-on' is '{limit}'", remedy=f"set it to {', '.join(FAIL_ON)}")
    return any(item.severity.rank <= Severity(limit).rank for item in findings)


def colored() -> bool:
    """Whether standard output takes colours: a terminal, and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _text(report: Report) -> str:
    from stdspec.cli.text import render, summary

    color = colored()
    width = shutil.get_terminal_size((80, 24)).columns
    return render(report.findings, color=color, width=width) + summary(
        report.findings, len(report.files), len(report.entries), color=color
    )


def _json(report: Report) -> str:
    from stdspec.finding import Severity

    counts: dict[str, Any] = {severity.value: report.count(severity) for severity in Severity}
    document = {
        "findings": [as_json(item) for item in report.findings],
        "summary": {"files": len(report.files), "entries": list(report.entries), **counts},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_json(item: Finding) -> dict[str, Any]:
    """A finding as one JSON object; file names are relative to the working directory."""
    return {
        "code": item.code,
        "slug": item.slug,
        "severity": item.severity.value,
        "message": item.message,
        "path": item.path,
        **place_data(item.span),
        "origins": [{"message": related.message, **place_data(related.span)} for related in item.related],
        "fix": [{"text": edit.text, **place_data(edit.span)} for edit in item.fix],
    }


def place_data(span: Span | None) -> dict[str, Any]:
    """A span as one JSON object; every field is null when there is none."""
    from stdspec.finding import COMMAND_LINE
    from stdspec.paths import shown

    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "file": span.file if span.file == COMMAND_LINE else shown(span.file),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }

"""Format gitlab: a Code Quality report, an array of issues. A repeated fingerprint would hide a finding there."""

from __future__ import annotations

import json
from typing import Any, Final

from stdspec.cli.formats.look import Look
from stdspec.cli.formats.places import from_root, in_file
from stdspec.cli.visible import in_json, visible
from stdspec.digest import digest
from stdspec.finding import Finding, Severity
from stdspec.lint.engine import Report
from stdspec.lint.fingerprint import fingerprints, numbered

SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
"""Ours to GitLab's; critical and blocker are for what a linter of configs does not see."""

_CHECKOUT: Final = "CI_PROJECT_DIR"


def render(report: Report, _: Look) -> str:
    """The report; an empty array where nothing was found."""
    keys = numbered(fingerprints(report.findings))
    issues = [_issue(item, key, number) for item, (key, number) in zip(report.findings, keys, strict=True)]
    return in_json(json.dumps(issues, indent=1, ensure_ascii=False)) + "\n"


def _issue(item: Finding, key: str, number: int) -> dict[str, Any]:
    span = in_file(item.span)
    lines = {"begin": span.line, "end": span.end_line} if span else {"begin": 1}
    return {
        "description": visible(f"{item.code} {item.slug}: {item.message}"),
        "check_name": item.code,
        "fingerprint": key if number == 1 else digest([key, number]).removeprefix("sha256:"),
        "severity": SEVERITIES[item.severity],
        "location": {"path": visible(from_root(span.file, _CHECKOUT)) if span else ".", "lines": lines},
    }

"""Format json: everything that lint knows of its findings, as one object."""

from __future__ import annotations

import json
from typing import Any

from stdspec.cli.adoption import counted
from stdspec.cli.formats.look import Look
from stdspec.cli.formats.places import place_data
from stdspec.cli.visible import in_json
from stdspec.finding import Finding, Severity
from stdspec.lint.engine import Report


def render(report: Report, _: Look) -> str:
    """The findings, those that are set aside, and a summary."""
    counts: dict[str, Any] = {severity.value: report.count(severity) for severity in Severity}
    document = {
        "findings": [as_json(item) for item in report.findings],
        "suppressed": [{**as_json(item.finding), "by": item.by, "reason": item.reason} for item in report.aside],
        "summary": {
            "files": len(report.files),
            "entries": list(report.entries),
            **counts,
            "suppressed": counted(report),
            "lowered": report.lowered,
        },
    }
    return in_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


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

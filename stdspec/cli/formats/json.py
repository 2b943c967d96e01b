"""Format json: everything that lint knows of its findings, as one object."""

from __future__ import annotations

import json
from typing import Any

from stdspec.cli.formats.look import Look
from stdspec.cli.formats.places import place_data
from stdspec.finding import Finding, Severity
from stdspec.lint.engine import Report


def render(report: Report, _: Look) -> str:
    """The findings and a summary."""
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

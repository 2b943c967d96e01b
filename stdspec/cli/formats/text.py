"""Format text: each finding with its source line and a caret, then how much was looked at.

An info that says the same of many places is a habit of the project: a few places are shown and the others counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from stdspec.cli.formats.look import Look
from stdspec.cli.text import render as blocks
from stdspec.cli.text import summary
from stdspec.finding import Finding, Severity
from stdspec.lint.engine import Report

SHOWN: Final = 5
"""So many infos of one code are shown."""


def render(report: Report, look: Look) -> str:
    """The findings for a terminal."""
    findings, folded = _folded(report.findings)
    if folded:  # what is only counted is not seen below, and may say what others are not to show
        from stdspec.lint import secret

        findings, folded = _folded(secret.guarded(report.findings))
    aside = (*(item.finding for item in report.aside), *folded)
    shown = blocks(findings, color=look.color, width=look.width, aside=aside)
    return shown + _counted(folded) + summary(report, color=look.color)


def _folded(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings to show, and the infos that are only counted."""
    seen: Counter[str] = Counter()
    shown: list[Finding] = []
    folded: list[Finding] = []
    for item in findings:
        seen[item.code] += item.severity is Severity.INFO
        many = item.severity is Severity.INFO and seen[item.code] > SHOWN
        (folded if many else shown).append(item)
    return shown, folded


def _counted(folded: Sequence[Finding]) -> str:
    """A line for each code of which there is more."""
    counts = Counter((item.code, item.slug) for item in folded)
    lines = (
        f"{code} {slug}: {number} more {'place' if number == 1 else 'places'}; --format concise lists them\n"
        for (code, slug), number in counts.items()
    )
    return "".join(lines) + ("\n" if counts else "")

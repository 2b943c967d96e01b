"""Format text: each finding with its source line and a caret, then how much was looked at.

An info that says the same of many places is a habit of the project: a few places are shown and the others counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from stdspec.cli.formats.look import Look
from stdspec.cli.text import render as blocks
from stdspec.cli.text import summary, wrapped
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
    width = max(40, min(look.width, 100))
    return shown + _counted(folded, width) + summary(report, color=look.color, width=width)


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


def _counted(folded: Sequence[Finding], width: int) -> str:
    """A sentence for each code of which there is more."""
    counts = Counter((item.code, item.slug) for item in folded)
    sentences = (
        f"{code} {slug}: {number} more {'place' if number == 1 else 'places'}; --format concise lists them"
        for (code, slug), number in counts.items()
    )
    lines = [line for sentence in sentences for line in wrapped(sentence, width)]
    return "".join(f"{line}\n" for line in (*lines, "")) if lines else ""

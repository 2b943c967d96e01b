"""Format text: each finding with its source line and a caret, then how much was looked at."""

from __future__ import annotations

from stdspec.cli.formats.look import Look
from stdspec.cli.text import render as blocks
from stdspec.cli.text import summary
from stdspec.lint.engine import Report


def render(report: Report, look: Look) -> str:
    """The findings for a terminal."""
    aside = (item.finding for item in report.aside)
    shown = blocks(report.findings, color=look.color, width=look.width, aside=aside)
    return shown + summary(report, color=look.color)

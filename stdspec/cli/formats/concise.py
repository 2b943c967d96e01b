"""Format concise: ``file:line:col: CODE slug message``, one line a finding."""

from __future__ import annotations

from stdspec.cli.formats.look import Look
from stdspec.cli.text import COLOURS, Paint, place
from stdspec.cli.visible import visible
from stdspec.lint.engine import Report


def render(report: Report, look: Look) -> str:
    """The findings, one line each; nothing where there are none."""
    paint = Paint(look.color)
    return "".join(
        f"{paint(place(item.span), '1')}: {paint(item.code, COLOURS[item.severity])} {paint(item.slug, '2')} "
        f"{visible(item.message)}\n"
        for item in report.findings
    )

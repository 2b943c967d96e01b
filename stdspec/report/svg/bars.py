"""Bars: verdicts side by side, and a share of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from stdspec.report.text import number


def bar(parts: Sequence[tuple[str, float]], *, label: str) -> Markup:
    """One stacked bar: each part a class name and a count; parts without a count are left out."""
    total = sum(count for _, count in parts)
    if total <= 0:
        return Markup("")
    body: list[Markup] = []
    edges = [0.0]
    for _, count in parts:
        edges.append(edges[-1] + 1000 * count / total)
    for (style, count), (start, end) in zip(parts, pairwise(edges), strict=True):
        if count:
            body.append(
                Markup('<rect x="{}" y="0" width="{}" height="14" class="part {}"><title>{}: {}</title></rect>').format(
                    round(start, 2), round(end - start, 2), style, style, number(count)
                )
            )
    head = Markup(
        '<svg viewBox="0 0 1000 14" preserveAspectRatio="none" class="bar" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
    )
    return head.format(label) + Markup("").join(body) + Markup("</svg>")


def share(value: float, *, label: str) -> Markup:
    """A bar filled to a share of 0 … 1."""
    filled = round(100 * min(1.0, max(0.0, value)), 2)
    return Markup(
        '<svg viewBox="0 0 100 6" preserveAspectRatio="none" class="share" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
        '<rect width="100" height="6" class="rest"/><rect width="{}" height="6" class="filled"/></svg>'
    ).format(label, filled)

"""The strip of one metric: its estimate and its interval against its limit."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from stdspec.report.svg.shapes import Scale, ticks
from stdspec.report.text import number


def interval(
    estimate: float,
    lower: float | None,
    upper: float | None,
    limit: float | None,
    *,
    side: str | None,
    verdict: str,
    label: str,
) -> Markup:
    """A dot with its whiskers against the limit; the side on which the limit is met is shaded.

    It stretches with its column: positions are percentages, so that its text keeps its size on a narrow screen.

    Args:
        estimate: the value found.
        lower: the lower bound of its interval, or None.
        upper: the upper bound, or None.
        limit: the gate, or None when nothing was asked.
        side: ``at_least`` or ``at_most``: where the limit is met.
        verdict: the class of the dot: pass, fail or none.
        label: what the figure says, for readers who do not see it.
    """
    shown = [value for value in (estimate, lower, upper, limit) if value is not None]
    scale = _room(shown)
    axis, y, height = 54, 36, 76
    body: list[Markup] = []
    if limit is not None:
        x = scale(limit)
        start, end = (x, scale.end) if side != "at_most" else (scale.start, x)
        box = Markup('<rect x="{}%" y="18" width="{}%" height="{}" class="met"/>')
        body += [box.format(start, round(end - start, 2), axis - 18)]
    body.append(_across(scale.start, scale.end, axis, axis, "axis"))
    for value in ticks(scale.low, scale.high):
        x = scale(value)
        body += [_across(x, x, axis, axis + 4, "axis"), _percent(x, axis + 18, number(value), "tick")]
    if limit is not None:
        sign = "≤" if side == "at_most" else "≥"
        body += [_across(x := scale(limit), x, 14, axis, "limit"), _percent(x, 10, f"{sign} {number(limit)}", "asked")]
    if lower is not None and upper is not None:
        body.append(_across(scale(lower), scale(upper), y, y, "whisker"))
        body += [_across(scale(end), scale(end), y - 6, y + 6, "whisker") for end in (lower, upper)]
    body.append(Markup('<circle cx="{}%" cy="{}" r="5.5" class="estimate {}"/>').format(scale(estimate), y, verdict))
    head = Markup(
        '<svg width="100%" height="{}" class="interval" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
    )
    return head.format(height, label) + Markup("").join(body) + Markup("</svg>")


def _room(shown: Sequence[float]) -> Scale:
    """An axis in percent with room around the values, not beyond 0 and 1 where they are shares."""
    low, high = min(shown), max(shown)
    pad = (high - low) * 0.25 or abs(high) * 0.05 or 0.05
    share = all(0.0 <= value <= 1.0 for value in shown)
    return Scale(
        max(0.0, low - pad) if low >= 0 else low - pad, min(1.0, high + pad) if share else high + pad, 2.0, 98.0
    )


def _across(x1: float, x2: float, y1: float, y2: float, style: str) -> Markup:
    return Markup('<line x1="{}%" x2="{}%" y1="{}" y2="{}" class="{}"/>').format(x1, x2, y1, y2, style)


def _percent(x: float, y: float, text: str, style: str) -> Markup:
    """Text at a percentage of the width, anchored so that it does not leave the figure at either end."""
    anchor = "start" if x < 6 else "end" if x > 94 else "middle"
    return Markup('<text x="{}%" y="{}" class="{}" text-anchor="{}">{}</text>').format(x, y, style, anchor, text)

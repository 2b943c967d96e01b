"""Small SVGs of our own: curves, an interval against its limit, a confusion matrix, bars.

Every function takes numbers and returns markup that holds no colour of its own, only classes which the page's style
sheet fills for light and dark, and no text that was not escaped. Coordinates are rounded, so that equal data gives
equal bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from stdspec.report.text import number

Point = tuple[float, float | None]

STYLES: Final = 6
"""How many styles of lines and dots the style sheet has."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from `low … high` to the pixels `start … end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value, clipped to the axis."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + min(1.0, max(0.0, share)) * (self.end - self.start), 2)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten) inside `low … high`, about `wanted` of them."""
    if not high > low:
        return [low]
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.75)
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 12) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def _text(x: float, y: float, text: object, style: str = "", anchor: str = "start") -> Markup:
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(x, y, style, anchor, text)


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(x1, y1, x2, y2, style)


def _figure(width: float, height: float, label: str, body: Iterable[Markup], style: str = "") -> Markup:
    head = Markup(
        '<svg viewBox="0 0 {} {}" class="chart {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
    )
    return head.format(width, height, style, label) + Markup("").join(body) + Markup("</svg>")


def curves(
    series: Sequence[tuple[str, Sequence[Point]]], *, label: str, chosen: float | None = None, chosen_text: str = ""
) -> Markup:
    """Lines over epochs, each series in its own style, the chosen checkpoint as a vertical mark.

    A missing value (None) leaves a gap. Empty markup when no series holds a number.
    """
    points = [(x, y) for _, line in series for x, y in line if y is not None]
    if not points:
        return Markup("")
    width, height, left, right, top, bottom = 360, 206, 44, 350, 20, 178
    low, high = min(y for _, y in points), max(y for _, y in points)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    across = Scale(first, last, left, right)
    up = Scale(max(low - pad, 0.0) if low >= 0 else low - pad, high + pad, bottom, top)
    body: list[Markup] = []
    for value in ticks(up.low, up.high):
        body += [
            _line(left, up(value), right, up(value), "grid"),
            _text(left - 6, up(value) + 4, number(value), "tick", "end"),
        ]
    for value in ticks(first, last, 5):
        if value == int(value):
            body.append(_text(across(value), bottom + 16, int(value), "tick", "middle"))
    body.append(_text(right, height - 1, "epoch", "tick", "end"))
    if chosen is not None and first <= chosen <= last:
        x = across(chosen)
        anchor, shift = ("end", -5) if x > (left + right) / 2 else ("start", 5)
        body += [_line(x, 4, x, bottom, "chosen"), _text(x + shift, 11, chosen_text, "note", anchor)]
    for index, (name, line) in enumerate(series):
        body += _polyline(name, line, across, up, index)
    return _figure(width, height, label, body)


def _polyline(name: str, line: Sequence[Point], across: Scale, up: Scale, index: int) -> list[Markup]:
    """One series: a line for each unbroken stretch, a dot where a stretch is a single point."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for x, y in line:
        if y is None:
            stretches.append([])
        else:
            stretches[-1].append((across(x), up(y)))
    out: list[Markup] = []
    for stretch in stretches:
        if len(stretch) == 1:
            out.append(Markup('<circle cx="{}" cy="{}" r="3" class="dot s{}"/>').format(*stretch[0], index))
        elif stretch:
            path = " ".join(f"{x:g},{y:g}" for x, y in stretch)
            out.append(
                Markup('<polyline points="{}" class="line s{}"><title>{}</title></polyline>').format(path, index, name)
            )
    return out


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


def confusion(labels: Sequence[str], counts: Sequence[Sequence[int]], *, label: str) -> Markup:
    """Counts by true class (rows) and predicted class (columns), shaded by the share of the row."""
    size = len(labels)
    cell = max(14.0, min(76.0, 290.0 / max(1, size)))
    left, top = 80.0, 34.0
    body: list[Markup] = [_text(left + size * cell / 2, 11, "predicted", "tick", "middle")]
    for row, (name, line) in enumerate(zip(labels, counts, strict=True)):
        y = round(top + row * cell, 2)
        middle = round(left + (row + 0.5) * cell, 2)
        body.append(_text(left - 6, round(y + cell / 2 + 4, 2), _cut(name, 11), "tick", "end"))
        body.append(_text(middle, top - 7, _cut(name, max(1, int(cell / 6.5))), "tick", "middle"))
        for column, count in enumerate(line):
            title = f"true {name}, predicted {labels[column]}: {count} of {sum(line)}"
            heat = _heat(count / (sum(line) or 1))
            kind = "right" if row == column else "wrong"
            body += _cell(round(left + column * cell, 2), y, cell, count, heat=heat, kind=kind, title=title)
    width, height = max(340, round(left + size * cell + 8)), round(top + size * cell + 4)
    return _figure(width, height, label, body, "confusion")


def _cell(x: float, y: float, cell: float, count: int, *, heat: float, kind: str, title: str) -> list[Markup]:
    """One cell: its ground, its shade with a title, and its count where there is room for it."""
    side = round(cell - 1.5, 2)
    ground = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="cell"/>')
    shade = Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" class="cell {}" fill-opacity="{}"><title>{}</title></rect>'
    )
    out = [ground.format(x, y, side, side), shade.format(x, y, side, side, kind, heat, title)]
    if cell >= 18:
        style = "count strong" if heat > 0.5 else "count zero" if count == 0 else "count"
        out.append(_text(round(x + cell / 2 - 0.75, 2), round(y + cell / 2 + 3.5, 2), count, style, "middle"))
    return out


def _heat(share: float) -> float:
    """Opacity of a cell: any count at all is visible, a full row is solid."""
    return 0.0 if share == 0 else round(0.12 + 0.88 * share, 3)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: max(1, length - 1)] + "…"


def xy(
    series: Sequence[tuple[str, Sequence[Sequence[float]]]],
    *,
    across: str,
    up: str,
    label: str,
    diagonal: bool,
    dots: bool,
) -> Markup:
    """A square chart of curves or dots in two quantities.

    Args:
        series: name to points ``[x, y]``, or ``[x, y, rows]`` where a dot's area shows its rows.
        across: the name of x.
        up: the name of y.
        label: what the figure shows.
        diagonal: whether y = x is drawn.
        dots: dots instead of lines.
    """
    points = [point for _, line in series for point in line]
    if not points:
        return Markup("")
    width, height, left, right, top, bottom = 300, 300, 46, 292, 10, 256
    low_x, high_x, low_y, high_y = _bounds(points, equal=diagonal)
    to_x, to_y = Scale(low_x, high_x, left, right), Scale(low_y, high_y, bottom, top)
    body: list[Markup] = []
    for value in ticks(low_y, high_y):
        y = to_y(value)
        body += [_line(left, y, right, y, "grid"), _text(left - 6, y + 4, number(value), "tick", "end")]
    body += [_text(to_x(value), bottom + 16, number(value), "tick", "middle") for value in ticks(low_x, high_x)]
    if diagonal:
        body.append(_line(to_x(low_x), to_y(low_x), to_x(high_x), to_y(high_x), "diagonal"))
    for index, (name, line) in enumerate(series):
        if dots:
            body += _dots(line, to_x, to_y, index % STYLES)
        else:
            body += _polyline(name, [(point[0], point[1]) for point in line], to_x, to_y, index % STYLES)
    body.append(_text(right, bottom + 36, across, "tick", "end"))
    turned = Markup('<text x="12" y="{}" class="tick" text-anchor="end" transform="rotate(-90 12 {})">{}</text>')
    body.append(turned.format(top, top, up))
    return _figure(width, height, label, body)


def _bounds(points: Sequence[Sequence[float]], *, equal: bool) -> tuple[float, float, float, float]:
    """Lowest and highest x, lowest and highest y: 0 … 1 where all are shares, one range for both where `equal`."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    if min(xs + ys) >= 0 and max(xs + ys) <= 1:
        return 0.0, 1.0, 0.0, 1.0
    if equal:
        return min(xs + ys), max(xs + ys), min(xs + ys), max(xs + ys)
    return min(xs), max(xs), min(ys), max(ys)


def _dots(line: Sequence[Sequence[float]], to_x: Scale, to_y: Scale, style: int) -> list[Markup]:
    """A dot for each point; where points carry a number of rows, its area grows with it."""
    most = max((point[2] for point in line if len(point) > 2), default=0)
    dot = Markup('<circle cx="{}" cy="{}" r="{}" class="dot s{}" fill-opacity="0.6"/>')
    sizes = [2 + 5 * math.sqrt(point[2] / most) if len(point) > 2 and most else 2 for point in line]
    return [dot.format(to_x(p[0]), to_y(p[1]), round(size, 2), style) for p, size in zip(line, sizes, strict=True)]


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

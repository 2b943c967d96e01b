"""Curves: values by epoch with the kept checkpoint, and curves or dots in two quantities."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from stdspec.report.svg.shapes import STYLES, Scale, frame, segment, ticks, words
from stdspec.report.text import number

Point = tuple[float, float | None]


def curves(
    series: Sequence[tuple[str, Sequence[Point]]], *, label: str, chosen: float | None = None, chosen_text: str = ""
) -> Markup:
    """Lines over epochs, each series in its own style, the chosen checkpoint as a vertical mark.

    A missing value (None) leaves a gap. Empty markup when no series holds a number.
    """
    points = [(x, y) for _, line in series for x, y in line if y is not None]
    if not points:
        return Markup("")
    width, height, left, right, top, bottom = 360, 214, 44, 350, 20, 178
    low, high = min(y for _, y in points), max(y for _, y in points)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    across = Scale(first, last, left, right)
    up = Scale(max(low - pad, 0.0) if low >= 0 else low - pad, high + pad, bottom, top)
    body: list[Markup] = []
    for value in ticks(up.low, up.high):
        body += [
            segment(left, up(value), right, up(value), "grid"),
            words(left - 6, up(value) + 4, number(value), "tick", "end"),
        ]
    for value in ticks(first, last, 5):
        if value == int(value):
            body.append(words(across(value), bottom + 16, int(value), "tick", "middle"))
    body.append(words(right, height - 3, "epoch", "tick", "end"))
    if chosen is not None and first <= chosen <= last:
        x = across(chosen)
        anchor, shift = ("end", -5) if x > (left + right) / 2 else ("start", 5)
        body += [segment(x, 4, x, bottom, "chosen"), words(x + shift, 11, chosen_text, "note", anchor)]
    for index, (name, line) in enumerate(series):
        body += _polyline(name, line, across, up, index)
    return frame(width, height, label, body)


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
        body += [segment(left, y, right, y, "grid"), words(left - 6, y + 4, number(value), "tick", "end")]
    body += [words(to_x(value), bottom + 16, number(value), "tick", "middle") for value in ticks(low_x, high_x)]
    if diagonal:
        body.append(segment(to_x(low_x), to_y(low_x), to_x(high_x), to_y(high_x), "diagonal"))
    for index, (name, line) in enumerate(series):
        if dots:
            body += _dots(line, to_x, to_y, index % STYLES)
        else:
            body += _polyline(name, [(point[0], point[1]) for point in line], to_x, to_y, index % STYLES)
    body.append(words(right, bottom + 36, across, "tick", "end"))
    turned = Markup('<text x="12" y="{}" class="tick" text-anchor="end" transform="rotate(-90 12 {})">{}</text>')
    body.append(turned.format(top, top, up))
    return frame(width, height, label, body)


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

"""What every figure is made of: a scale with round ticks, text, a line, the frame around them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup
from msgspec import Struct

STYLES: Final = 6
"""How many styles of lines and dots the style sheet has."""


class Scale(Struct, frozen=True):
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


def words(x: float, y: float, text: object, style: str = "", anchor: str = "start") -> Markup:
    """Text at a point."""
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(x, y, style, anchor, text)


def segment(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    """A straight line from one point to another."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(x1, y1, x2, y2, style)


def frame(width: float, height: float, label: str, body: Iterable[Markup], style: str = "") -> Markup:
    """An SVG of a size, with its parts and what it shows in words."""
    head = Markup(
        '<svg viewBox="0 0 {} {}" class="chart {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
    )
    return head.format(width, height, style, label) + Markup("").join(body) + Markup("</svg>")

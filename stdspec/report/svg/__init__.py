"""Small SVGs of our own: curves, an interval against its limit, a confusion matrix, bars.

Every function takes numbers and returns markup that holds no colour of its own, only classes which the page's style
sheet fills for light and dark, and no text that was not escaped. Coordinates are rounded, so that equal data gives
equal bytes.
"""

from __future__ import annotations

from stdspec.report.svg.bars import bar, share
from stdspec.report.svg.curves import Point, curves, xy
from stdspec.report.svg.matrix import confusion
from stdspec.report.svg.shapes import STYLES, Scale, ticks
from stdspec.report.svg.strip import interval

__all__ = ["STYLES", "Point", "Scale", "bar", "confusion", "curves", "interval", "share", "ticks", "xy"]

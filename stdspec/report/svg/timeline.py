"""Shares over days: lines that break where nothing is compared, and below them a strip of the level on each day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from stdspec.report.svg.shapes import Scale, frame, segment, words

_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT, _WIDTH = 44, 350, 16, 150, 202, 360
_STRIP = 158
"""Where the strip of levels begins."""


_ROOM = 14
"""How wide a part of the strip has to be to hold a sign."""


class Moment(Struct, frozen=True):
    """What is drawn of one day.

    Attributes:
        day: the day.
        shares: a share of 0 to 1 for each line, or None where there is none.
        level: the class of its part of the strip.
        title: the level in words.
        sign: the sign of the level, which stands in the strip where it has room: colour never says it alone.
        broken: whether no line leads to it from the day before it.
    """

    day: datetime.date
    shares: tuple[float | None, ...]
    level: str
    title: str
    sign: str
    broken: bool


def timeline(moments: Sequence[Moment], *, label: str) -> Markup:
    """The figure; empty markup where there is no day.

    Args:
        moments: in the order of their days.
        label: what it shows, in words.
    """
    if not moments:
        return Markup("")
    first, last = moments[0].day.toordinal(), moments[-1].day.toordinal()
    across = Scale(first, last, _LEFT, _RIGHT) if last > first else Scale(first - 1, first + 1, _LEFT, _RIGHT)
    up = Scale(0.0, 1.0, _BOTTOM, _TOP)
    body: list[Markup] = []
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        body.append(segment(_LEFT, up(value), _RIGHT, up(value), "grid"))
        body.append(words(_LEFT - 6, up(value) + 4, f"{value * 100:g} %", "tick", "end"))
    for index in range(len(moments[0].shares)):
        body += _line(moments, index, across, up)
    for moment in moments:
        if moment.broken:
            x = across(moment.day.toordinal())
            body.append(segment(x, _TOP - 8, x, _BOTTOM, "chosen"))
    body += _strip(moments, across)
    body.append(words(_LEFT, _HEIGHT - 8, moments[0].day.isoformat(), "tick"))
    if last > first:
        body.append(words(_RIGHT, _HEIGHT - 8, moments[-1].day.isoformat(), "tick", "end"))
    return frame(_WIDTH, _HEIGHT, label, body, "timeline")


def _line(moments: Sequence[Moment], index: int, across: Scale, up: Scale) -> Iterator[Markup]:
    """One line: a polyline for each stretch that may be compared, and a dot on every day."""
    stretch: list[str] = []
    for moment in moments:
        share = moment.shares[index]
        if moment.broken or share is None:
            yield from _stretch(stretch, index)
            stretch = []
        if share is not None:
            x, y = across(moment.day.toordinal()), up(share)
            stretch.append(f"{x:g},{y:g}")
            yield Markup('<circle cx="{}" cy="{}" r="3" class="dot s{}"/>').format(x, y, index)
    yield from _stretch(stretch, index)


def _stretch(points: Sequence[str], index: int) -> Iterator[Markup]:
    if len(points) > 1:
        yield Markup('<polyline points="{}" class="line s{}"/>').format(" ".join(points), index)


def _strip(moments: Sequence[Moment], across: Scale) -> Iterator[Markup]:
    """The level of each day, which holds until the next one."""
    for number, moment in enumerate(moments):
        start = across(moment.day.toordinal()) if len(moments) > 1 else _LEFT
        after = across(moments[number + 1].day.toordinal()) if number + 1 < len(moments) else _RIGHT
        width = round(max(after - start, 8.0), 2)
        box = Markup('<rect x="{}" y="{}" width="{}" height="14" class="part {}"><title>{}</title></rect>')
        yield box.format(min(start, _RIGHT - 8.0), _STRIP, width, moment.level, f"{moment.day}: {moment.title}")
        if width >= _ROOM:
            yield words(round(start + width / 2, 2), _STRIP + 11, moment.sign, "count strong", "middle")

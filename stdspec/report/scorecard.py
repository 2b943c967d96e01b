"""The scorecard as one offline page: a view of the scorecard's data and nothing more.

No script, no font, no image from anywhere; every value passes through autoescaping.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from stdspec.report import page, svg, text, words
from stdspec.report.html import SIGNS
from stdspec.report.scorecard_words import headline, level, share, trend_note, unmet, worst_first
from stdspec.report.svg.timeline import Moment, timeline
from stdspec.report.translated import Translated, teller
from stdspec.report.words import told

Data = Mapping[str, Any]

_OPEN: Final = ("fail", "error", "stale", "no-evidence")
_FIRST: Final = 12
"""Clauses that are shown at once; the others are folded away."""


def render(card: Data, lang: str = words.ENGLISH) -> str:
    """The scorecard as one self-contained HTML page.

    Args:
        card: what `stdspec.scorecard.build.build` returned.
        lang: the language of its fixed words and of the clauses.
    """
    with words.spoken(lang):
        clauses = unmet(card)
        return (
            _environment(lang)
            .get_template("scorecard.html.j2")
            .render(
                c=card,
                tag=words.TAGS.get(lang, lang),
                written=Markup("") if lang == words.ENGLISH else Markup(' lang="en"'),
                signs={verdict: (sign, told(said)) for verdict, (sign, said) in SIGNS.items()},
                headline=headline(card),
                level=level(card["standing"]["overall"]),
                bar=_bar(card["levels"]),
                figure=_figure(card["history"]["points"]),
                note=trend_note(card["compared"]) if card["compared"] else "",
                first=clauses[:_FIRST],
                rest=clauses[_FIRST:],
                experiments=worst_first(card),
                owned=any(item["owner"] for item in card["owners"]),
            )
        )


@cache
def _environment(lang: str) -> Environment:
    environment = page.environment("stdspec.report")
    environment.filters |= {"told": told, "says": words.says, "share": share}
    environment.filters |= {"value": text.value, "number": text.number}  # for macros that this page shares
    environment.globals |= {"meter": _meter, "parts": lambda item: list(_parts(item))}
    if lang != words.ENGLISH:
        environment.extend(told=teller(words.TABLES[lang]))
        environment.add_extension(Translated)
    return environment


def _bar(levels: Mapping[str, int]) -> Markup:
    """How many experiments have which level."""
    shown = [(verdict, levels[verdict]) for verdict in SIGNS if levels[verdict]]
    said = ", ".join(f"{number} {told(SIGNS[verdict][1])}" for verdict, number in shown)
    return svg.bar(
        [(str(verdict), number) for verdict, number in shown], label=told("Experiments by level: {}").format(said)
    )


def _meter(score: Data) -> Markup:
    return svg.share(score["share"] or 0.0, label=share(score))


def _figure(points: Sequence[Data]) -> Markup:
    moments = [
        Moment(
            datetime.date.fromisoformat(item["day"]),
            (item["score"]["share"], item["coverage"]["share"]),
            item["level"],
            told(item["level"].replace("-", " ")),
            SIGNS[item["level"]][0],
            bool(item["breaks"]),
        )
        for item in points
    ]
    last = points[-1]
    label = told("Score and coverage by day; on {} the score is {} and {} of the clauses are judged").format(
        last["day"], share(last["score"]), share(last["coverage"])
    )
    return timeline(moments, label=label)


def _parts(item: Data) -> Iterator[tuple[str, int]]:
    """The verdicts of a clause that are not met, with how many experiments have them."""
    yield from ((verdict, item["counts"][verdict]) for verdict in _OPEN if item["counts"].get(verdict))

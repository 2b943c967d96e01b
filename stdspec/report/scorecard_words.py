"""What the faces of a scorecard have alike: the headline, a level with its coverage, a share, and what stands first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.report.words import told

Data = Mapping[str, Any]

_COUNTED: Final = (
    ("better", "{} better"),
    ("new", "{} new"),
    ("gone", "{} gone"),
    ("not_compared", "{} judged by other standards, so not compared"),
)


def headline(card: Data) -> str:
    """The score in one sentence."""
    score, number = card["score"], len(card["experiments"])
    if not number:
        return told("No experiment was judged.")
    if score["share"] is None:
        return told("No must holds for any of {} experiments, so there is no score.").format(number)
    return told("Score {}: {} of {} musts met; experiments: {}").format(
        share(score), score["met"], score["hold"], number
    )


def level(standing: Data) -> str:
    """A level, among what it is the worst, and how much was judged."""
    coverage, among = standing["coverage"], standing["among"]
    said = told(standing["level"].replace("-", " "))
    if among:
        said = told("{} (the worst {})").format(said, told(among))
    return told("Level: {}; {} of {} clauses judged").format(said, coverage["judged"], coverage["holding"])


def share(score: Data) -> str:
    """A share in per cent, rounded down, so that nothing but the whole is shown as whole."""
    if score["share"] is None:
        return "–"
    part, whole = score.get("met", score.get("judged")), score.get("hold", score.get("holding"))
    return f"{part * 1000 // whole / 10:g} %"


def trend_note(compared: Data) -> str:
    """How many experiments got worse, better, came or went, and are not compared."""
    parts = [told("{} worse").format(len(compared["worse"]))]
    parts += [told(phrase).format(len(compared[key])) for key, phrase in _COUNTED if compared[key]]
    return ", ".join(parts)


def worst_first(card: Data) -> list[Data]:
    """The experiments by level, then by score, then by name."""
    order = list(card["levels"])
    return sorted(
        card["experiments"],
        key=lambda item: (order.index(item["standing"]["overall"]["level"]), item["score"]["share"] or 0, item["name"]),
    )


def unmet(card: Data) -> list[Data]:
    """The musts and shoulds that some experiment does not meet, in the order of the card."""
    return [item for item in card["clauses"] if item["unmet"] and item["level"] != "may"]


def what_got_worse(item: Data) -> str:
    """What got worse of one experiment."""
    clauses = f": {', '.join(item['clauses'])}" if item["clauses"] else ""
    return f"{item['fact']}{clauses}"

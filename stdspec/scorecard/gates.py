"""The reasons for which a scorecard does not pass: a score below a limit, and what got worse.

Neither gate opens on what is not known: where nothing was judged, or the history cannot be read whole, it stays shut.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.scorecard.history import History
from stdspec.scorecard.model import Gathered, score
from stdspec.scorecard.trend import Comparison

_NAMED: Final = 3
"""How many names a reason holds; the scorecard lists all."""


def below(gathered: Gathered, limit: float) -> Iterator[str]:
    """Why a score does not reach a limit of 0 to 1."""
    total = score(gathered.lines)
    if total.share is None:
        yield "no must holds for any experiment, so there is no score to reach the limit with"
    elif total.share < limit:  # both are the nearest number to a fraction, so that 55 of 100 reaches 55 %
        asked = f"{limit * 100:.6g} %"
        yield f"the score is {total.met} of {total.hold} musts, {percent(total.share)}, and {asked} is asked"
    if gathered.not_judged:
        listed = some([item.name for item in gathered.not_judged])
        yield f"{count(len(gathered.not_judged), 'experiment')} could not be judged: {listed}"


def worse(comparison: Comparison | None, history: History, *, first: bool) -> Iterator[str]:
    """What got worse since the last scoring that was recorded.

    Args:
        comparison: with that scoring; None where there is none of the same paths.
        history: what is recorded.
        first: whether this scoring may be the first one, as it is about to be recorded.
    """
    if history.faults:
        yield f"the history has {count(len(history.faults), 'line')} that cannot be read, at {history.faults[0].place}"
    if comparison is None and not first:
        yield "the history has no scoring of these paths to compare with; record one with --record"
    for item in comparison.worse if comparison is not None else ():
        clauses = f": {', '.join(item.clauses)}" if item.clauses else ""
        yield f"{item.experiment}: {item.fact}{clauses}"


def some(names: list[str]) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def count(number: int, what: str) -> str:
    """A number of things in words: ``1 line``, ``2 lines``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """A share as people write it, rounded down: what is not whole is never shown as whole."""
    return f"{int(share * 1000 + 1e-9) / 10:g} %"

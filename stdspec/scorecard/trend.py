"""Compares a scoring with an earlier one, experiment by experiment, as far as the same standards judged them.

A standard that changed its version or its text asks something else: there the trend breaks, and nothing is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from stdspec.domains import STAGES
from stdspec.scorecard.history import Result, Scoring, Unmet
from stdspec.standard.standing import MET, ORDER
from stdspec.standard.verdict import Verdict


class Worse(Struct, frozen=True):
    """An experiment that got worse.

    Attributes:
        experiment: its name.
        fact: how, in a sentence's part.
        clauses: the musts and shoulds that are newly not met, ``DAT002 of stdspec/base@1 (fail)``.
    """

    experiment: str
    fact: str
    clauses: tuple[str, ...] = ()


class Comparison(Struct, frozen=True):
    """What became of experiments since an earlier scoring.

    Attributes:
        day: of the earlier one.
        commit: of the earlier one.
        breaks: the standards that are others than they were, each in words.
        worse: the experiments that got worse.
        better: the names of those whose level or score rose, and which did not get worse.
        new: the names of those that were not there.
        gone: the names of those that are there no more.
        not_compared: the names of those that other standards judge than before.
    """

    day: str
    commit: str | None
    breaks: tuple[str, ...]
    worse: tuple[Worse, ...]
    better: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    not_compared: tuple[str, ...]


class Point(Struct, frozen=True):
    """A scoring as the trend draws it; `breaks` says why no line leads to it from the one before."""

    scoring: Scoring
    breaks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The point as JSON says it."""
        item = self.scoring
        return {
            "day": item.day,
            "commit": item.commit,
            "level": str(item.level),
            "score": {"met": item.met, "hold": item.musts, "share": _share(item.met, item.musts)},
            "coverage": {
                "judged": item.judged,
                "holding": item.holding,
                "share": _share(item.judged, item.holding),
            },
            "experiments": sum(len(one.experiments) for one in item.results),
            "not_judged": len(item.not_judged),
            "breaks": list(self.breaks),
        }


def points(before: Sequence[Scoring], now: Scoring) -> list[Point]:
    """The trend up to now, recorded or not; of each day the last scoring."""
    every = list({item.day: item for item in (*before, now) if item.day <= now.day}.values())
    return [Point(item, breaks(every[number - 1], item) if number else ()) for number, item in enumerate(every)]


def breaks(before: Scoring, now: Scoring) -> tuple[str, ...]:
    """What is otherwise with the standards than it was, each in words."""
    return tuple(_breaks(before, now))


def _breaks(before: Scoring, now: Scoring) -> Iterator[str]:
    for label in sorted(before.standards.keys() | now.standards.keys()):
        old, new = before.standards.get(label), now.standards.get(label)
        if old is None and new is not None:
            yield f"{label} {new.version} is new"
        elif new is None:
            yield f"{label} is named no more"
        elif old is not None and old.version != new.version:
            yield f"{label} is {new.version} and was {old.version}"
        elif old != new:
            yield f"{label} {new.version} says something else than it did"


def compare(before: Scoring, now: Scoring) -> Comparison:
    """What became of each experiment."""
    then, today = before.experiments, now.experiments
    changed = {label for label, state in before.standards.items() if now.standards.get(label, state) != state}
    worse: list[Worse] = []
    better, not_compared = [], []
    for name in sorted(then.keys() & today.keys()):
        old, new = then[name], today[name]
        left = [label for label in old.standards if not _still(label, new)]
        if left:
            worse.append(Worse(name, f"it is judged by {', '.join(left)} no more"))
        elif changed & {*old.standards, *new.standards} or set(old.standards) != set(new.standards):
            not_compared.append(name)
        elif fact := _went_back(old, new) or _fell(old, new):
            worse.append(Worse(name, fact, tuple(_newly(old, new))))
        elif _fell(new, old):
            better.append(name)
    lost = sorted(then.keys() & set(now.not_judged))
    return Comparison(
        day=before.day,
        commit=before.commit,
        breaks=breaks(before, now),
        worse=(*worse, *(Worse(name, "it cannot be judged any more") for name in lost)),
        better=tuple(better),
        new=tuple(sorted(today.keys() - then.keys() - set(before.not_judged))),
        gone=tuple(sorted(then.keys() - today.keys() - set(now.not_judged))),
        not_compared=tuple(not_compared),
    )


def _still(label: str, result: Result) -> bool:
    """Whether a standard is still named, in whatever version."""
    name = label.partition("@")[0]
    return any(item.partition("@")[0] == name for item in result.standards)


def _went_back(old: Result, new: Result) -> str:
    """That fewer clauses hold, for a spec that calls itself less far on; empty where it does not."""
    before, now = (STAGES.index(item.stage) if item.stage in STAGES else 0 for item in (old, new))
    return f"its stage went back from {old.stage} to {new.stage}, where fewer clauses hold" if now < before else ""


def _fell(old: Result, new: Result) -> str:
    """In what an experiment fell, in words; empty where it did not."""
    said = []
    if _rank(new) < _rank(old):
        said.append(f"its level fell from {_level(old)} to {_level(new)}")
    if old.musts and new.musts and new.met * old.musts < old.met * new.musts:
        said.append(f"its score fell from {old.met} of {old.musts} musts to {new.met} of {new.musts}")
    return "; ".join(said)


def _rank(item: Result) -> tuple[bool, int]:
    """How good a level is: a must that is not met is worse than any should."""
    return item.among != "must" or item.level in MET, ORDER.index(item.level)


def _level(item: Result) -> str:
    return f"{item.level} among the {item.among}s" if item.among else str(item.level)


def _newly(old: Result, new: Result) -> Iterator[str]:
    """The musts, then the shoulds, that are worse than they were."""
    for before, after in ((old.unmet, new.unmet), (old.open, new.open)):
        known = _verdicts(before)
        for clause, verdict in sorted(_verdicts(after).items()):
            if clause not in known or ORDER.index(verdict) < ORDER.index(known[clause]):
                yield f"{clause[1]} of {clause[0]} ({verdict})"


def _verdicts(unmet: Unmet) -> dict[tuple[str, str], Verdict]:
    return {
        (standard, clause): verdict
        for verdict, by_standard in unmet.items()
        for standard, clauses in by_standard.items()
        for clause in clauses
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None

"""The scorecard as plain data in the shape of schemas/scorecard.schema.json; every face of it is a view of this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from stdspec.domains import DOMAINS
from stdspec.scorecard.history import History, Scoring
from stdspec.scorecard.model import RULE, Experiment, Gathered, Line, Words, score
from stdspec.scorecard.repository import by_owner
from stdspec.scorecard.trend import Comparison, Point
from stdspec.standard import standing
from stdspec.standard.standing import MET
from stdspec.standard.verdict import Verdict

_FAILS: Final = (Verdict.FAIL, Verdict.ERROR, Verdict.STALE)
_LEVELS: Final = ("must", "should", "may")

Feedback = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
"""What people said of clauses, by standard and id."""


class Card(Struct, frozen=True):
    """All that a scorecard says.

    Attributes:
        now: the scoring.
        gathered: what it was made of.
        file: the history's, as people should see it.
        history: what is recorded there.
        points: the trend.
        comparison: with the last scoring that was recorded; None where there is none.
        reasons: why it does not pass; None where nothing was asked.
        feedback: what people said of clauses.
    """

    now: Scoring
    gathered: Gathered
    file: str
    history: History
    points: Sequence[Point]
    comparison: Comparison | None
    reasons: Sequence[str] | None
    feedback: Feedback


def build(card: Card) -> dict[str, Any]:
    """The scorecard as plain data."""
    gathered, now = card.gathered, card.now
    return {
        "stdspec_scorecard": "1",
        "day": now.day,
        "commit": now.commit,
        "paths": now.paths,
        "evidence": now.evidence,
        "standards": {label: msgspec.to_builtins(state) for label, state in now.standards.items()},
        "score": {"rule": RULE, **score(gathered.lines).as_dict()},
        "standing": {"rule": standing.RULE, **_standing(gathered.lines)},
        "levels": _levels(gathered.experiments),
        "experiments": [_experiment(item) for item in gathered.experiments],
        "not_judged": [{"name": item.name, "fault": item.fault} for item in gathered.not_judged],
        "clauses": _clauses(gathered, card.feedback),
        "owners": _owners(gathered.experiments),
        "waivers": list(gathered.waivers),
        "history": {
            "file": card.file,
            "points": [point.as_dict() for point in card.points],
            "faults": [{"place": item.place, "message": item.message} for item in card.history.faults],
        },
        "compared": None if card.comparison is None else msgspec.to_builtins(card.comparison),
        "gate": None if card.reasons is None else {"passed": not card.reasons, "reasons": list(card.reasons)},
    }


def _standing(lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "overall": standing.overall(lines).as_dict(),
        "domains": {name: item.as_dict() for name, item in standing.by_domain(lines).items()},
    }


def _levels(experiments: Iterable[Experiment]) -> dict[str, int]:
    """How many experiments have which level, from the worst on."""
    found = [item.standing.level for item in experiments]
    return {str(verdict): found.count(verdict) for verdict in standing.ORDER}


def _experiment(item: Experiment) -> dict[str, Any]:
    return {
        "name": item.name,
        "file": item.file,
        "spec": item.spec,
        "stage": item.stage,
        "owners": list(item.owners),
        "standards": list(item.standards),
        "spec_digest": item.digest,
        "run": msgspec.to_builtins(item.run),
        "score": item.score.as_dict(),
        "standing": _standing(item.lines),
        "unmet": [
            {"id": line.id, "standard": line.standard, "level": line.level, "verdict": str(line.verdict)}
            for line in item.unmet
        ],
        "waived": sorted(line.name for line in item.lines if line.verdict is Verdict.WAIVED),
    }


def _clauses(gathered: Gathered, feedback: Feedback) -> list[dict[str, Any]]:
    """Every clause that holds anywhere, those that fail most first."""
    held: dict[str, list[tuple[str, Line]]] = {}
    for item in gathered.experiments:
        for line in item.lines:
            held.setdefault(line.name, []).append((item.name, line))
    found = [_clause(pairs, gathered.clauses[name], feedback) for name, pairs in held.items()]
    return sorted(found, key=_rank)


def _clause(held: Sequence[tuple[str, Line]], words: Words, feedback: Feedback) -> dict[str, Any]:
    first = held[0][1]
    verdicts = [line.verdict for _, line in held]
    return {
        "id": first.id,
        "standard": first.standard,
        "domain": words.domain,
        "level": min((line.level for _, line in held), key=_LEVELS.index),
        "says": dict(words.says),
        "holding": len(held),
        "met": sum(verdict in MET for verdict in verdicts),
        "failing": sum(verdict in _FAILS for verdict in verdicts),
        "counts": {str(verdict): verdicts.count(verdict) for verdict in Verdict if verdict in verdicts},
        "unmet": [name for name, line in held if line.verdict not in MET],
        "feedback": [dict(entry) for entry in feedback.get((first.standard, first.id), ())],
    }


def _rank(item: Mapping[str, Any]) -> tuple[int, int, int, int, str, str]:
    """The order: what fails most, musts before shoulds where as many do, then what has no evidence."""
    level, domain = _LEVELS.index(item["level"]), list(DOMAINS).index(item["domain"])
    return -item["failing"], level, -len(item["unmet"]), domain, item["standard"], item["id"]


def _owners(experiments: Sequence[Experiment]) -> list[dict[str, Any]]:
    """How the experiments of each owner stand; one that several own counts for each of them."""
    found = []
    for owner, numbers in by_owner([item.owners for item in experiments]).items():
        theirs = [experiments[number] for number in numbers]
        lines = [line for item in theirs for line in item.lines]
        found.append(
            {
                "owner": owner or None,
                "experiments": [item.name for item in theirs],
                "score": score(lines).as_dict(),
                "standing": standing.overall(lines).as_dict(),
                "levels": _levels(theirs),
            }
        )
    return found

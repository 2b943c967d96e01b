"""One call of `stdspec scorecard`: reads the history, scores, compares, asks the gates, and records."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from stdspec import clock
from stdspec.lint.checks import settings_at
from stdspec.paths import shown
from stdspec.scorecard import gates, history, repository, trend
from stdspec.scorecard.build import Card, Feedback, build
from stdspec.scorecard.gather import Asking, gather
from stdspec.scorecard.model import RUNS, SPEC, By, Gathered
from stdspec.settings import Settings
from stdspec.standard import feedback


class Asked(Struct, frozen=True):
    """What the user asks for.

    Attributes:
        paths: what is scored.
        history: the file of the history; None for the one of the settings.
        limit: the score that has to be reached, 0 to 1, or None.
        spec_only: whether no run is looked at.
        record: whether the scoring is added to the history.
        no_worse: whether no experiment may have got worse.
    """

    paths: Sequence[str]
    history: str | None = None
    limit: float | None = None
    spec_only: bool = False
    record: bool = False
    no_worse: bool = False


class Scored(Struct, frozen=True):
    """The scorecard as data, and whether it was added to the history."""

    card: dict[str, Any]
    recorded: bool


def score(asked: Asked) -> Scored:
    """Score the experiments of a repository.

    Raises:
        InputError: for a path at which there is nothing, and a history that cannot be read or written.
    """
    settings, today = settings_at(asked.paths[0]), clock.today()
    root = Path(os.path.abspath(settings.root))
    file = Path(asked.history) if asked.history is not None else root / settings.scorecard
    by: By = SPEC if asked.spec_only else RUNS
    known = history.read(file)
    gathered = _owned(gather(asked.paths, Asking(root, today, by), jobs=None), root)
    paths = [Path(os.path.relpath(path, root)).as_posix() for path in asked.paths]
    now = history.scoring(gathered, today, repository.commit(root), paths, by)
    before = known.beside(now)
    comparison = trend.compare(before[-1], now) if before else None
    reasons = None
    if asked.limit is not None or asked.no_worse:
        reasons = list(_reasons(asked, gathered, comparison, known))
    recorded = asked.record and not reasons and history.record(file, now, root)
    card = Card(now, gathered, shown(file), known, trend.points(before, now), comparison, reasons, _feedback(settings))
    return Scored(build(card), recorded)


def _reasons(
    asked: Asked, gathered: Gathered, comparison: trend.Comparison | None, known: history.History
) -> Iterator[str]:
    if asked.limit is not None:
        yield from gates.below(gathered, asked.limit)
    if asked.no_worse:
        yield from gates.worse(comparison, known, first=asked.record)


def _owned(gathered: Gathered, root: Path) -> Gathered:
    """The experiments with their owners: by CODEOWNERS, or by their own word where there is no such file."""
    owners = repository.owners(root)
    found = []
    for item in gathered.experiments:
        own = (item.team,) if item.team else ()
        found.append(replace(item, owners=own if owners is None else owners(root / item.file)))
    return replace(gathered, experiments=tuple(found))


def _feedback(settings: Settings) -> Feedback:
    """What people said of clauses."""
    entries, _ = feedback.read(settings)  # what is wrong with the file is for `standard check` to say
    return {
        clause: [
            {"kind": item.kind, "says": item.says, "date": item.date, "by": item.by, "version": item.version}
            for item in said
        ]
        for clause, said in feedback.by_clause(entries).items()
    }

"""What a standard would do to the experiments of a repository before it is published: which would fail, by clause.

Only what a spec says is judged; nothing is run, and a clause that needs evidence fails nobody here.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from functools import partial

from msgspec import Struct

from stdspec.compose import entries
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Broken
from stdspec.errors import ComposeError
from stdspec.lint import plain
from stdspec.lint.checks import rule_check, settings_at
from stdspec.lint.composition import is_spec
from stdspec.lint.judged import stage
from stdspec.paths import shown
from stdspec.settings import Settings
from stdspec.standard.judge import not_applicable
from stdspec.standard.model import Clause, Standard
from stdspec.standard.outcome import Outcome, Scope, of_paths, of_rule
from stdspec.standard.verdict import UNSAID, Verdict

_UNMET = (Verdict.FAIL, Verdict.ERROR)
_UNSAID = (Verdict.NO_EVIDENCE,)


class Miss(Struct, frozen=True):
    """A clause that an experiment does not meet, and why."""

    clause: Clause
    reason: str


class Experiment(Struct, frozen=True):
    """One experiment as a standard sees it.

    Attributes:
        name: how people call it.
        judged: how many clauses apply to it, read its spec and find enough there.
        misses: those that it does not meet.
        unsaid: those that cannot be judged, as its map does not reach what they read.
    """

    name: str
    judged: int
    misses: tuple[Miss, ...]
    unsaid: tuple[Miss, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether a must is among them."""
        return any(item.clause.level == "must" for item in self.misses)


class Forecast(Struct, frozen=True):
    """What a standard would do to some experiments.

    Attributes:
        standard: the standard.
        experiments: each spec that could be composed.
        uncomposed: the name and the fault of each that could not.
    """

    standard: Standard
    experiments: tuple[Experiment, ...]
    uncomposed: tuple[tuple[str, str], ...]

    @property
    def failing(self) -> tuple[Experiment, ...]:
        """The experiments that would fail."""
        return tuple(item for item in self.experiments if item.fails)

    def by_clause(self) -> list[tuple[Clause, int]]:
        """The clauses that are not met, musts first, each with the number of experiments, the most first."""
        return _counted(miss for item in self.experiments for miss in item.misses)

    def unsaid(self) -> list[tuple[Clause, int]]:
        """The clauses that a map reaches too little for, in the same order."""
        return _counted(miss for item in self.experiments for miss in item.unsaid)


def _counted(misses: Iterable[Miss]) -> list[tuple[Clause, int]]:
    listed = list(misses)
    counts = Counter(miss.clause.name for miss in listed)
    clauses = {miss.clause.name: miss.clause for miss in listed}
    levels = ("must", "should", "may")
    ranked = sorted(counts, key=lambda name: (levels.index(clauses[name].level), -counts[name], name))
    return [(clauses[name], counts[name]) for name in ranked]


class Specs(Struct, frozen=True):
    """The composed specs under a path by their names, and the faults of what could not be composed."""

    composed: tuple[tuple[str, Composed], ...]
    uncomposed: tuple[tuple[str, str], ...]


def specs(path: str) -> Specs:
    """Compose every spec under a path; configs that are no specs of ours are read through the project's map.

    Where there is no map, or it does not hold for them, they are left out.

    Raises:
        InputError: when there is nothing at the path.
    """
    found: list[tuple[str, Composed]] = []
    faults: list[tuple[str, str]] = []
    plains = plain.Gathered()
    for entry in entries.find(path, settings_at(path)):
        name, settings = shown(entry.file), settings_at(entry.file)
        try:
            composed = spec_at(entry, settings, plains)
        except Broken as error:
            faults.append((name, error.findings[0].message))
        except ComposeError as error:
            faults.append((name, error.message))
        else:
            found += [(name, composed)] if composed is not None else []
    return Specs(tuple(found), tuple(faults))


def spec_at(entry: entries.Entry, settings: Settings, plains: plain.Gathered) -> Composed | None:
    """The spec of an entry point, as it is or as the map of its project reads it; None where it is no spec.

    Raises:
        ComposeError: when Hydra would refuse.
        Broken: when a file that is needed has faults.
    """
    if plains.is_plain(entry) and not _is_mapped(entry, settings):
        return None
    return _spec(_composed(entry, settings, plains), settings)


def forecast(standard: Standard, found: Specs, today: datetime.date) -> Forecast:
    """What a standard would do to composed specs, whatever standards they name themselves."""
    experiments = tuple(_experiment(name, composed, standard, today) for name, composed in found.composed)
    return Forecast(standard, experiments, found.uncomposed)


def _is_mapped(entry: entries.Entry, settings: Settings) -> bool:
    """Whether the map of a project holds for an entry point that is no spec of ours."""
    if settings.map is None:
        return False
    from stdspec.lint import mapped

    return mapped.holds(settings, entry.file)


def _composed(entry: entries.Entry, settings: Settings, plains: plain.Gathered) -> Composed:
    """The composition of an entry point, where need be without the plugins of Hydra that are not installed here."""
    try:
        return plains.composed(entry, settings)
    except ComposeError as error:
        bare = plains.without_plugins(entry, settings) if plains.is_plain(entry) and "hydra" in error.message else None
        if bare is None:
            raise
        return bare


def _spec(composed: Composed, settings: Settings) -> Composed | None:
    """A spec as it is, another config as the map of its project reads it, and None where none does."""
    if is_spec(composed):
        return composed
    if settings.map is None:
        return None
    from stdspec.lint import mapped  # few projects have one

    return mapped.spec_of(composed, settings)


def _experiment(name: str, composed: Composed, standard: Standard, today: datetime.date) -> Experiment:
    rules = partial(rule_check, settings=settings_at(composed.entry))
    scope = Scope(composed, None, today, rules, explains=False)
    clauses = [
        clause
        for clause in standard.clauses.values()
        if clause.reads_spec() and not_applicable(clause, standard, scope, stage(composed)) is None
    ]
    outcomes = [(clause, [*of_rule(clause, scope), *of_paths(clause, scope, "spec")]) for clause in clauses]
    misses = tuple(miss for one in outcomes if (miss := _miss(*one, _UNMET)) is not None)
    unmet = {miss.clause.name for miss in misses}
    rest = (one for one in outcomes if one[0].name not in unmet)
    unsaid = tuple(miss for one in rest if (miss := _miss(*one, _UNSAID)) is not None)
    return Experiment(name, len(clauses) - len(unsaid), misses, unsaid)


def _miss(clause: Clause, outcomes: Iterable[Outcome], verdicts: Container[Verdict]) -> Miss | None:
    reasons = dict.fromkeys(item.reason for item in outcomes if item.verdict in verdicts)
    return Miss(clause, "; ".join(reasons)) if reasons else None


def sentence(found: Forecast) -> str:
    """The headline: ``17 of 43 experiments would fail``."""
    number, failing = len(found.experiments), len(found.failing)
    if not number:
        return "there is no experiment to judge"
    return f"{failing} of {number} {_experiments(number)} would fail"


def _experiments(number: int) -> str:
    return "experiment" if number == 1 else "experiments"


def examples(found: Forecast, clause: Clause) -> Sequence[str]:
    """The names of the experiments that do not meet a clause."""
    return [item.name for item in found.experiments if any(miss.clause == clause for miss in item.misses)]


def why_unsaid(found: Forecast, clause: Clause) -> str:
    """Why a clause is not judged on the first experiment of which its map says too little."""
    unsaid = (miss.reason for item in found.experiments for miss in item.unsaid if miss.clause == clause)
    return next(unsaid, "").removeprefix(UNSAID).replace(f"; {UNSAID}the map does not reach ", ", ")

"""What a standard would do to the experiments of a repository before it is published: which would fail, by clause.

Only what a spec says is judged; nothing is run, and a clause that needs evidence fails nobody here.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from stdspec.compose import entries
from stdspec.compose.composer import compose_with_origins
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Broken
from stdspec.errors import ComposeError
from stdspec.lint.checks import rule_check, settings_at
from stdspec.lint.composition import is_spec
from stdspec.lint.judged import stage
from stdspec.paths import shown
from stdspec.settings import Settings
from stdspec.standard.judge import not_applicable
from stdspec.standard.model import Clause, Standard
from stdspec.standard.outcome import Scope, of_paths, of_rule
from stdspec.standard.verdict import Verdict

_UNMET = (Verdict.FAIL, Verdict.ERROR)


class Miss(Struct, frozen=True):
    """A clause that an experiment does not meet, and why."""

    clause: Clause
    reason: str


class Experiment(Struct, frozen=True):
    """One experiment as a standard sees it.

    Attributes:
        name: how people call it.
        judged: how many clauses apply to it and read its spec.
        misses: those that it does not meet.
    """

    name: str
    judged: int
    misses: tuple[Miss, ...]

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
        counts = Counter(miss.clause.name for item in self.experiments for miss in item.misses)
        clauses = {miss.clause.name: miss.clause for item in self.experiments for miss in item.misses}
        levels = ("must", "should", "may")
        ranked = sorted(counts, key=lambda name: (levels.index(clauses[name].level), -counts[name], name))
        return [(clauses[name], counts[name]) for name in ranked]


class Specs(Struct, frozen=True):
    """The composed specs under a path by their names, and the faults of what could not be composed."""

    composed: tuple[tuple[str, Composed], ...]
    uncomposed: tuple[tuple[str, str], ...]


def specs(path: str) -> Specs:
    """Compose every spec under a path; configs that are no specs of ours are left out.

    Raises:
        InputError: when there is nothing at the path.
    """
    found: list[tuple[str, Composed]] = []
    faults: list[tuple[str, str]] = []
    for entry in entries.find(path, settings_at(path)):
        name = shown(entry.file)
        try:
            composed = _composed(entry, settings_at(entry.file))
        except Broken as error:
            faults.append((name, error.findings[0].message))
        except ComposeError as error:
            faults.append((name, error.message))
        else:
            found += [(name, composed)] if is_spec(composed) else []
    return Specs(tuple(found), tuple(faults))


def forecast(standard: Standard, found: Specs, today: datetime.date) -> Forecast:
    """What a standard would do to composed specs, whatever standards they name themselves."""
    experiments = tuple(_experiment(name, composed, standard, today) for name, composed in found.composed)
    return Forecast(standard, experiments, found.uncomposed)


def _composed(entry: entries.Entry, settings: Settings) -> Composed:
    return compose_with_origins(entry.config_dir, entry.config_name, entry.overrides, settings=settings)


def _experiment(name: str, composed: Composed, standard: Standard, today: datetime.date) -> Experiment:
    rules = partial(rule_check, settings=settings_at(composed.entry))
    scope = Scope(composed, None, today, rules, explains=False)
    clauses = [
        clause
        for clause in standard.clauses.values()
        if clause.reads_spec() and not_applicable(clause, standard, scope, stage(composed)) is None
    ]
    misses = [miss for clause in clauses if (miss := _miss(clause, scope)) is not None]
    return Experiment(name, len(clauses), tuple(misses))


def _miss(clause: Clause, scope: Scope) -> Miss | None:
    outcomes = [*of_rule(clause, scope), *of_paths(clause, scope, "spec")]
    reasons = dict.fromkeys(item.reason for item in outcomes if item.verdict in _UNMET)
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

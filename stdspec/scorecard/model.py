"""What a scorecard is made of: the clauses that hold for each experiment, with their verdicts, and the score they give.

The score is the share of the musts that hold which are met. What has no evidence, stale evidence or an error counts
as not met: evidence that is taken away never raises a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from stdspec.standard.standing import MET, Standing, overall
from stdspec.standard.verdict import Verdict

RULE: Final = (
    "The score is the share of the musts that hold, over all experiments, which are met: their verdict is pass, or a "
    "waiver in force covers it. No evidence, stale evidence and an error count as not met."
)
"""The score in words, for every face."""

By = Literal["runs", "spec"]
RUNS: Final = "runs"
SPEC: Final = "spec"
"""What is judged: specs with the evidence of their runs, or what specs say alone."""


class Line(Struct, frozen=True, gc=False):
    """A clause that holds for an experiment, and its verdict there."""

    id: str
    standard: str
    domain: str
    level: str
    verdict: Verdict

    @property
    def name(self) -> str:
        """The clause with the standard that holds it: two standards may use one id."""
        return f"{self.standard} {self.id}"


class Score(Struct, frozen=True):
    """How many musts hold, and how many of them are met."""

    met: int
    hold: int

    @property
    def share(self) -> float | None:
        """Met among holding, 0 to 1; None where no must holds."""
        return self.met / self.hold if self.hold else None

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON says it."""
        return {"met": self.met, "hold": self.hold, "share": None if self.share is None else round(self.share, 4)}


class Run(Struct, frozen=True):
    """The run by whose evidence an experiment is judged.

    Attributes:
        folder: where it lies, from the root.
        ended: the day on which it ended.
        doubt: why nothing in it is trusted; empty where it is.
    """

    folder: str
    ended: str
    doubt: str = ""


class Experiment(Struct, frozen=True):
    """One experiment.

    Attributes:
        name: what it is called: its file, with its overrides where a file stands for several.
        file: the file that people edit, from the root.
        spec: the spec's name.
        stage: its stage.
        standards: the labels of the standards that it names.
        digest: of the resolved spec.
        team: who owns it by its own word; empty where it does not say.
        lines: the clauses that hold.
        run: the run that was looked at, or None.
        owners: who owns it: by CODEOWNERS, or by its own word where the repository has no such file.
    """

    name: str
    file: str
    spec: str
    stage: str
    standards: tuple[str, ...]
    digest: str
    team: str
    lines: tuple[Line, ...]
    run: Run | None = None
    owners: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """Its level, and how much of it was judged."""
        return overall(self.lines)

    @property
    def score(self) -> Score:
        """How many of its musts are met."""
        return score(self.lines)

    @property
    def unmet(self) -> tuple[Line, ...]:
        """The musts and shoulds that are not met."""
        return tuple(item for item in self.lines if item.level != "may" and item.verdict not in MET)


class NotJudged(Struct, frozen=True):
    """An experiment that could not be composed or judged, and why."""

    name: str
    fault: str


class Words(Struct, frozen=True):
    """A clause in words, by language, and its domain."""

    domain: str
    says: Mapping[str, str]


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """A standard by its version, and the digest of what it and all that it extends say."""

    version: str
    digest: str


class Gathered(Struct, frozen=True):
    """Every experiment under some paths.

    Attributes:
        experiments: those that were judged, by name.
        not_judged: the others, by name.
        clauses: the words of each clause by `Line.name`.
        standards: the state of each standard that was judged by.
        waivers: those that end soon, as a scorecard shows them.
    """

    experiments: tuple[Experiment, ...]
    not_judged: tuple[NotJudged, ...]
    clauses: Mapping[str, Words]
    standards: Mapping[str, State]
    waivers: tuple[dict[str, Any], ...]

    @property
    def lines(self) -> list[Line]:
        """The clauses of all experiments."""
        return [line for item in self.experiments for line in item.lines]


def score(lines: Iterable[Line]) -> Score:
    """How many musts hold and how many of them are met."""
    musts = [item for item in lines if item.level == "must"]
    return Score(sum(item.verdict in MET for item in musts), len(musts))

"""Which waivers and approvals a project has, and which experiments each of them is for at present.

Every experiment is composed and judged by the standards that it names, without evidence of runs: a clause that only a
run can show is not met here, so that a waiver of it is needed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from stdspec.compose.model import Composed
from stdspec.finding import Finding
from stdspec.lint import against, judged
from stdspec.lint.checks import rule_check, settings_at
from stdspec.settings import Settings
from stdspec.standard import approvals, papers, waivers
from stdspec.standard.approvals import Approval
from stdspec.standard.judge import judge
from stdspec.standard.papers import Subject
from stdspec.standard.waivers import Waiver

IN_FORCE, ENDING, ENDED, AT_FAULT = "in-force", "ending", "ended", "at-fault"
OTHER_STATE, NOT_NEEDED, NOTHING = "for-another-state", "not-needed", "for-nothing"
GIVEN: Final = "given"
"""What may be said of a waiver or an approval. One that ends soon is in force; one that is not needed could be."""


class Experiment(Struct, frozen=True):
    """An experiment as waivers see it.

    Attributes:
        name: how people call it.
        subject: what papers know it by.
        clauses: the ids of the clauses that it is judged by.
        used: the numbers, `Entry.index`, of the waivers that a verdict of it rests on.
    """

    name: str
    subject: Subject
    clauses: frozenset[str]
    used: frozenset[int]


class StatedWaiver(Struct, frozen=True):
    """A waiver, and what is to be said of it.

    Attributes:
        waiver: the waiver.
        state: what becomes of it.
        why: the facts that explain the state, where it is not in force for anybody.
        covers: the experiments that it is needed for and covers.
        left: the days that it lasts after today; negative once it has ended.
    """

    waiver: Waiver
    state: str
    why: tuple[str, ...]
    covers: tuple[str, ...]
    left: int


class StatedApproval(Struct, frozen=True):
    """An approval, what becomes of it, why, and the experiments whose present state it approves."""

    approval: Approval
    state: str
    why: tuple[str, ...]
    covers: tuple[str, ...]


class Survey(Struct, frozen=True):
    """The papers of a project.

    Attributes:
        waivers: every waiver whose form is right.
        approvals: every approval whose form is right.
        findings: what is wrong with the form of others.
        experiments: how many were judged.
        not_judged: the name and the fault of each that could not be.
    """

    waivers: tuple[StatedWaiver, ...]
    approvals: tuple[StatedApproval, ...]
    findings: tuple[Finding, ...]
    experiments: int
    not_judged: tuple[tuple[str, str], ...]


def survey(paths: Sequence[str], settings: Settings, today: datetime.date) -> Survey:
    """Look through the papers of a project and judge the experiments under some paths by them.

    Raises:
        InputError: for a path at which there is nothing.
    """
    granted, wrong = waivers.read(settings, today)
    given, also_wrong = approvals.read(settings, today)
    if not granted and not given:
        return Survey((), (), (*wrong, *also_wrong), 0, ())
    composed: dict[str, Composed] = {}
    faults: dict[str, str] = {}
    for path in paths:
        found = against.specs(path)
        composed.update(found.composed)
        faults.update(found.uncomposed)
    mine = {name: item for name, item in composed.items() if settings_at(item.entry).root == settings.root}
    seen = [_experiment(name, item, settings, today) for name, item in mine.items()]
    return Survey(
        tuple(_waiver(item, granted, seen, today) for item in granted),
        tuple(_approval(item, seen) for item in given),
        (*wrong, *also_wrong),
        len(seen),
        tuple(faults.items()),
    )


def _experiment(name: str, composed: Composed, settings: Settings, today: datetime.date) -> Experiment:
    subject = papers.subject(composed, settings)
    loaded, _ = judged.standards(composed, settings, today)
    judgements = judge(
        loaded,
        composed,
        approvals.records(settings, subject, today),
        spec_digest=subject.digest,
        stage=judged.stage(composed),
        today=today,
        rules=partial(rule_check, settings=settings),
        waivers=waivers.board(settings, composed, today),
    )
    used = frozenset(item.waiver["number"] - 1 for item in judgements if item.waiver is not None)
    clauses = frozenset(clause.id for standard in loaded for clause in standard.clauses.values())
    return Experiment(name, subject, clauses, used)


def _waiver(
    waiver: Waiver, granted: Sequence[Waiver], seen: Sequence[Experiment], today: datetime.date
) -> StatedWaiver:
    left = (waiver.entry.day("expires") - today).days
    covers = tuple(item.name for item in seen if waiver.entry.index in item.used)
    if waiver.faults:
        return StatedWaiver(waiver, AT_FAULT, tuple(item.message for item in waiver.faults), (), left)
    if waiver.ended:
        return StatedWaiver(waiver, ENDED, (), (), left)
    if covers:
        return StatedWaiver(waiver, ENDING if left <= waivers.SOON else IN_FORCE, (), covers, left)
    same = frozenset(item.entry.index for item in granted if item.clause == waiver.clause)
    state, why = _idle(waiver, same, seen)
    return StatedWaiver(waiver, state, why, (), left)


def _idle(waiver: Waiver, same: frozenset[int], seen: Sequence[Experiment]) -> tuple[str, tuple[str, ...]]:
    """Why a waiver that could be in force covers nobody; `same` are the numbers of all waivers of its clause."""
    by, which = waiver.selector
    if by == waivers.STANDARD:
        return NOT_NEEDED, (f"no experiment needs it, or {which} is in another state than it was granted for",)
    chosen = [item for item in seen if waiver.selects(item.subject)]
    if not chosen:
        return NOTHING, (f"no experiment has the {'name' if by == waivers.SPEC else 'path'} {which}",)
    asked = [item for item in chosen if waiver.clause in item.clauses]
    if not asked:
        return NOTHING, (f"{_names(chosen)} {_is(chosen)} judged by no clause {waiver.clause}",)
    bound = [item for item in asked if item.subject.digest in waiver.digests]
    if not bound:
        return OTHER_STATE, tuple(f"{item.name} is {item.subject.digest} now" for item in asked)
    if all(item.used & same for item in bound):
        return NOT_NEEDED, (f"another waiver of {waiver.clause}, which lasts longer, covers {_names(bound)}",)
    return NOT_NEEDED, (f"{_names(bound)} {_is(bound, 'meets', 'meet')} {waiver.clause}, or it does not hold there",)


def _approval(approval: Approval, seen: Sequence[Experiment]) -> StatedApproval:
    if approval.faults:
        return StatedApproval(approval, AT_FAULT, tuple(item.message for item in approval.faults), ())
    chosen = [item for item in seen if approval.selects(item.subject)]
    covers = tuple(item.name for item in chosen if item.subject.digest == approval.entry.value["digest"])
    if covers:
        return StatedApproval(approval, GIVEN, (), covers)
    if not chosen:
        return StatedApproval(approval, NOTHING, (f"no experiment has the name {approval.entry.value['spec']}",), ())
    why = tuple(f"{item.name} is {item.subject.digest} now" for item in chosen)
    return StatedApproval(approval, OTHER_STATE, why, ())


_FEW: Final = 3


def _names(items: Iterable[Experiment]) -> str:
    names = [item.name for item in items]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{more}"


def _is(items: Sequence[Experiment], one: str = "is", several: str = "are") -> str:
    return one if len(items) == 1 else several

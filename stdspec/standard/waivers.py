"""Waivers: for how long, for which specs and by whose word a clause that is not met is borne.

A waiver is bound to the state of what it waives by a digest, ends on a day, and is approved by somebody else than who
asks for it. What is wrong with one takes it out of force and is a finding; it is never read in its favour.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from stdspec import clock
from stdspec.compose.model import Composed
from stdspec.finding import Finding, Severity
from stdspec.settings import Settings
from stdspec.standard import papers, signature
from stdspec.standard.lock import digest_at
from stdspec.standard.model import Clause, Standard
from stdspec.standard.papers import Entry, Subject

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

LONGEST: Final = 180
"""How many days lie at most between the day a waiver is granted on and the last one on which it holds."""
SOON: Final = 30
"""From how many days before its last one on a waiver is said to end soon."""
NEVER: Final = frozenset(("CMP011",))
"""The rules that nobody can waive: what they find would be copied into every run folder."""

SPEC: Final = "spec"
PATH: Final = "path"
STANDARD: Final = "standard"
"""By what a waiver may select."""


class Waiver(Struct, frozen=True):
    """A waiver.

    Attributes:
        entry: what is written, and where.
        ended: whether its last day has passed.
        faults: why it is not in force; empty where it is.
        notes: what is said of it although it is in force.
    """

    entry: Entry
    ended: bool
    faults: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def clause(self) -> str:
        """The id of the clause that it waives."""
        return str(self.entry.value["clause"])

    @property
    def in_force(self) -> bool:
        """Whether it holds on the day on which it was read."""
        return not self.faults and not self.ended

    @property
    def selector(self) -> tuple[str, str]:
        """By what it selects, spec, path or standard, and which."""
        ((by, which),) = self.entry.value["for"].items()
        return by, which

    @property
    def digests(self) -> tuple[str, ...]:
        """The states that it was approved for."""
        said = self.entry.value["digest"]
        return tuple(said) if isinstance(said, list) else (said,)

    def selects(self, subject: Subject) -> bool:
        """Whether it names a spec, in whatever state."""
        by, which = self.selector
        if by == SPEC:
            return fnmatchcase(subject.name, which)
        return by == PATH and _matches(which, subject.file)

    def loosens(self, clause: str, label: str, file: str | Path) -> bool:
        """Whether it is in force for a clause that a standard drops or loosens, in what that standard says now."""
        named = self.in_force and clause == self.clause and self.selector == (STANDARD, label)
        return named and digest_at(Path(file)) in self.digests

    def covers(self, clause: str, subject: Subject, standards: Sequence[Standard]) -> bool:
        """Whether it is in force for a clause of a spec in its present state.

        Args:
            clause: the id of the clause.
            subject: the spec.
            standards: those by which the spec is judged by that clause; what one of them waives another still asks.
        """
        if not self.in_force or clause != self.clause:
            return False
        if self.selector[0] != STANDARD:
            return self.selects(subject) and subject.digest in self.digests
        label = self.selector[1]
        made_of = [standard.made_of.get(label) for standard in standards]
        return bool(made_of) and all(item is not None and self.loosens(clause, label, item[1]) for item in made_of)

    def as_dict(self) -> dict[str, Any]:
        """The waiver as a report shows it."""
        by, which = self.selector
        value = self.entry.value
        said = {key: str(value[key]) for key in ("clause", "owner", "approver", "reason", "granted", "expires")}
        return {**said, "for": {by: which}, "signed": "signature" in value, "number": self.entry.index + 1}

    @property
    def words(self) -> str:
        """What a verdict says of it."""
        value = self.entry.value
        reason = str(value["reason"]).rstrip(".")
        return f"waived until {value['expires']} by {value['approver']}: {reason}"


def read(settings: Settings, today: datetime.date | None = None) -> tuple[tuple[Waiver, ...], tuple[Finding, ...]]:
    """The waivers of a project, and what is wrong with the form of others."""
    paper = papers.paper(papers.WAIVERS, settings)
    day = today or clock.today()
    return tuple(_waiver(entry, settings, day) for entry in paper.entries), paper.findings


def _waiver(entry: Entry, settings: Settings, today: datetime.date) -> Waiver:
    faults = tuple(_faults(entry, settings, today))
    expires = entry.day("expires")
    ended = today > expires
    notes = () if faults else tuple(_notes(entry, (expires - today).days))
    return Waiver(entry, ended, faults, notes)


def _faults(entry: Entry, settings: Settings, today: datetime.date) -> Iterator[Finding]:
    value = entry.value
    by, which = next(iter(value["for"].items()))
    if by == PATH and _pattern(which) is None:
        yield entry.finding("WVR001", f"'{which}' is no pattern of files; write one as in a .gitignore", "for")
    if papers.same_person(value["owner"], value["approver"]):
        message = f"{value['approver']} approves a waiver of their own; have somebody else approve it"
        yield entry.finding("WVR002", message, "approver")
    granted, expires = entry.day("granted"), entry.day("expires")
    if granted > today:
        yield entry.finding("WVR003", f"the waiver is granted on {granted}, which is to come; write the day", "granted")
    if expires < granted:
        yield entry.finding(
            "WVR003", f"the waiver ends before it is granted, on {granted}; write a later day", "expires"
        )
    elif (expires - granted).days > LONGEST:
        last = granted + datetime.timedelta(LONGEST)
        days = (expires - granted).days
        message = f"the waiver is to last {days} days, and {LONGEST} are the most; write {last} or earlier"
        yield entry.finding("WVR003", message, "expires")
    if (wrong := signature.fault(value, settings)) is not None:
        yield entry.finding("WVR005", wrong, "signature" if "signature" in value else "")


def _notes(entry: Entry, left: int) -> Iterator[Finding]:
    """What is said of a waiver with this many days left."""
    expires, clause = entry.value["expires"], entry.value["clause"]
    if left < 0:
        message = f"the waiver of {clause} ended on {expires}; meet the clause, or have it granted anew"
        yield entry.finding("WVR004", message, "expires", Severity.WARNING)
    elif left <= SOON:
        days = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
        message = f"the waiver of {clause} ends {days}; meet the clause, or have it granted anew"
        yield entry.finding("WVR006", message, "expires", Severity.WARNING)


def about(waivers: Iterable[Waiver], subject: Subject, clauses: Collection[str]) -> Iterator[Finding]:
    """What is to be said of the waivers that select a spec.

    Args:
        waivers: those of the project.
        subject: the spec.
        clauses: the ids of all clauses that it is judged by.
    """
    for waiver in waivers:
        if not waiver.selects(subject):
            continue
        yield from (*waiver.faults, *waiver.notes)
        if waiver.clause not in clauses:
            message = f"{subject.name} is judged by no clause {waiver.clause}; take the waiver out, or mend its clause"
            yield waiver.entry.finding("WVR007", message, "clause", Severity.WARNING)
        elif waiver.in_force and subject.digest not in waiver.digests:
            remedy = f"have it approved anew with digest: {subject.digest}"
            message = f"the waiver is for another state of {subject.name}; {remedy}"
            yield waiver.entry.finding("WVR007", message, "digest", Severity.WARNING)


class Board(Struct, frozen=True):
    """What there is to be said of waivers where one spec is judged.

    Attributes:
        waivers: those of the project.
        subject: the spec.
        findings: what is wrong with the form of the file.
    """

    waivers: tuple[Waiver, ...]
    subject: Subject
    findings: tuple[Finding, ...] = ()

    def covering(self, clause: Clause, standards: Sequence[Standard]) -> Waiver | None:
        """The waiver in force for a clause that lasts longest; None where there is none, or none can be."""
        if clause.rule in NEVER:
            return None
        found = [item for item in self.waivers if item.covers(clause.id, self.subject, standards)]
        return max(found, key=lambda item: (item.entry.value["expires"], -item.entry.index), default=None)

    def shown(self, today: datetime.date, used: Collection[int]) -> list[dict[str, Any]]:
        """The waivers that select the spec or that a verdict rests on, as a report shows them.

        Args:
            today: the day on which the spec is judged.
            used: the numbers, `Entry.index`, of those that a verdict rests on; the others are not needed.
        """
        return [
            {**item.as_dict(), "state": _state(item, self.subject), "used": item.entry.index in used, "left": left}
            for item in self.waivers
            if (item.entry.index in used or item.selects(self.subject))
            for left in ((item.entry.day("expires") - today).days,)
        ]


def board(settings: Settings, composed: Composed, today: datetime.date) -> Board | None:
    """The waivers where a spec is judged; None where the project has no waivers."""
    found, findings = read(settings, today)
    return Board(found, papers.subject(composed, settings), findings) if found or findings else None


def loosens(clause: str, label: str, file: Path, settings: Settings) -> bool:
    """Whether a waiver is in force for a clause that a standard drops or loosens."""
    return any(item.loosens(clause, label, file) for item in read(settings)[0])


def _state(waiver: Waiver, subject: Subject) -> str:
    if waiver.faults:
        return "at-fault"
    if waiver.ended:
        return "ended"
    bound = waiver.selector[0] == STANDARD or subject.digest in waiver.digests
    return "in-force" if bound else "for-another-state"


def _matches(pattern: str, file: str) -> bool:
    spec = _pattern(pattern)
    return spec is not None and spec.match_file(file)


@lru_cache(maxsize=64)
def _pattern(text: str) -> GitIgnoreSpec | None:
    """What matches the files of a pattern; None for what is none, such as a lone ``!``."""
    from pathspec import GitIgnoreSpec  # few waivers are by path

    try:
        return GitIgnoreSpec.from_lines([text])
    except ValueError:
        return None

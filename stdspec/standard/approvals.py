"""Approvals: who has approved which state of a spec.

They come before the clauses as evidence at `approval.given`, bound to the digest of the state that was approved: of
another state they are stale, and of none there is no evidence. So a clause asks for an approval as for any fact.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from stdspec import clock
from stdspec.evidence import Record
from stdspec.finding import Finding
from stdspec.settings import Settings
from stdspec.standard import papers, signature
from stdspec.standard.papers import Entry, Subject

PATH: Final = "approval.given"
"""Where clauses find the approvals: a list of entries with approver, role, date and signed."""


class Approval(Struct, frozen=True):
    """An approval, and why it does not count; empty where it does."""

    entry: Entry
    faults: tuple[Finding, ...]

    def selects(self, subject: Subject) -> bool:
        """Whether it is about a spec, in whatever state."""
        return bool(self.entry.value["spec"] == subject.name)


def read(settings: Settings, today: datetime.date | None = None) -> tuple[tuple[Approval, ...], tuple[Finding, ...]]:
    """The approvals of a project, and what is wrong with the form of others."""
    paper = papers.paper(papers.APPROVALS, settings)
    day = today or clock.today()
    return tuple(Approval(entry, tuple(_faults(entry, settings, day))) for entry in paper.entries), paper.findings


def _faults(entry: Entry, settings: Settings, today: datetime.date) -> Iterator[Finding]:
    if (date := entry.day("date")) > today:
        yield entry.finding("WVR003", f"the approval is given on {date}, which is to come; write the day", "date")
    if (wrong := signature.fault(entry.value, settings)) is not None:
        yield entry.finding("WVR005", wrong, "signature" if "signature" in entry.value else "")


def records(settings: Settings, subject: Subject, today: datetime.date | None = None) -> list[Record]:
    """The approvals of a spec as evidence: one record for each state of it that was approved."""
    given: dict[str, list[dict[str, object]]] = {}
    for item in read(settings, today)[0]:
        if item.selects(subject) and not item.faults:
            value = item.entry.value
            # A clause compares names letter by letter, so that whom the spec names is called as it calls them.
            same = (name for name in subject.people if papers.same_person(name, value["approver"]))
            said = {"approver": next(same, value["approver"]), "role": value.get("role"), "date": value["date"]}
            given.setdefault(value["digest"], []).append({**said, "signed": "signature" in value})
    return [Record(PATH, entries, spec=digest) for digest, entries in given.items()]

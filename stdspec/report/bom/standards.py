"""Standards as CycloneDX defines them: each with its requirements, and from which stage on these hold.

A requirement is known by the standard that holds it and its id. One that tightens a requirement of another standard
names that one as its parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from stdspec.domains import STAGES, reached
from stdspec.report.bom.pieces import Json, Refs, present, properties, version
from stdspec.standard.addresses import address

Data = Mapping[str, Any]

_NOTES: Final = {"verified": "read", "title-only": "known by its title", "unverified": "not looked up"}
"""The status of a reference to what is said of its text."""


class Requirement(Struct, frozen=True):
    """A requirement of a standard.

    Attributes:
        standard: the label of the standard that holds it, ``stdspec/base@1``.
        id: its name there.
        ref: how it is called in the document.
        title: what it says.
        level: must, should or may; None where that is not known.
        since: the stage from which it holds; None where that is not known.
        asks: what it asks in detail, one sentence part each.
        remedy: what to do when it is not met.
        cites: what it rests on, each with ref, relation and status.
        parent: what the requirement that it tightens is called, or None.
        domain: the domain that it belongs to.
        house: why it is asked although no verified reference asks it, or None.
    """

    standard: str
    id: str
    ref: str
    title: str
    level: str | None = None
    since: str | None = None
    asks: tuple[str, ...] = ()
    remedy: str = ""
    cites: tuple[Data, ...] = ()
    parent: str | None = None
    domain: str | None = None
    house: str | None = None


def defined(requirements: Iterable[Requirement], labels: Iterable[str], facts: Sequence[Data], refs: Refs) -> Json:
    """The definitions of a document.

    Args:
        requirements: those of all standards.
        labels: the standards to begin with, which may hold no requirement.
        facts: what is known of standards besides their requirements: name, version, owner and goal.
        refs: the names that are taken.
    """
    held: dict[str, list[Requirement]] = {label: [] for label in labels}
    for requirement in requirements:
        held.setdefault(requirement.standard, []).append(requirement)
    known = {fact["name"]: fact for fact in facts}
    return present(standards=[_standard(label, items, known.get(label, {}), refs) for label, items in held.items()])


def _standard(label: str, requirements: Sequence[Requirement], facts: Data, refs: Refs) -> Json:
    name, _, major = label.rpartition("@") if "@" in label else (label, "", "")
    return present(
        bom_ref=refs.new("standard", label),
        name=name,
        version=version(facts.get("version") or major),
        description=facts.get("goal"),
        owner=str((facts.get("owner") or {}).get("name") or ""),
        requirements=[_requirement(item) for item in requirements],
        levels=_levels(label, requirements, refs),
    )


def _requirement(item: Requirement) -> Json:
    return present(
        bom_ref=item.ref,
        identifier=item.id,
        title=item.title,
        text="; ".join(item.asks),
        descriptions=[part for part in (item.remedy, item.house) if part],
        parent=item.parent,
        properties=properties({"level": item.level, "from": item.since, "domain": item.domain, **_unplaced(item)}),
        externalReferences=[
            {"type": "documentation", "url": url, "comment": cited(cite)}
            for cite in item.cites
            if (url := address(str(cite.get("ref", "")))) is not None
        ],
    )


def _unplaced(item: Requirement) -> dict[str, str]:
    """The references without an address; an external reference must have one, and none is made up."""
    found = [cited(cite) for cite in item.cites if address(str(cite.get("ref", ""))) is None]
    return {"cites": "; ".join(found)} if found else {}


def cited(cite: Data) -> str:
    """A reference in words: what is cited, how the requirement relates to it, and whether its text was read."""
    relation, status = cite.get("relation"), str(cite.get("status", ""))
    said = ", ".join(str(part) for part in (relation, _NOTES.get(status, status)) if part)
    return f"{cite.get('ref', '')} ({said})" if said else str(cite.get("ref", ""))


def _levels(label: str, requirements: Sequence[Requirement], refs: Refs) -> list[Json]:
    """The stages as levels: what holds at one holds at every later one."""
    staged = [item for item in requirements if item.since is not None]
    levels = []
    for stage in STAGES:
        names = [item.ref for item in staged if reached(stage, str(item.since))]
        if names:
            description = f"What holds at stage {stage}."
            ref = refs.new("level", label, stage)
            levels.append({"bom-ref": ref, "identifier": stage, "description": description, "requirements": names})
    return levels

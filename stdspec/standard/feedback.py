"""What people say of clauses, of its own and of shipped ones: a project's `standards/feedback.yaml`.

An entry names the clause and the version of the standard that was read, so that its owner can tell what is mended. It
changes no verdict. One entry is one line at the end of the file, so that two branches merge.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.errors import InputError
from stdspec.finding import Finding, Severity, Span
from stdspec.paths import MAX_BYTES, contents, exists, shown
from stdspec.settings import Settings
from stdspec.standard import papers, shelf
from stdspec.standard.faults import finding
from stdspec.standard.model import Clause, Standard
from stdspec.suggest import nearest

KINDS: Final = ("wrong", "unclear")
"""What may be said of a clause."""

_HEAD: Final = (
    "# What people say of the clauses that this project is judged by; written by `stdspec feedback`.\nfeedback:\n"
)


class Entry(Struct, frozen=True):
    """What somebody says of a clause.

    Attributes:
        clause: the id of the clause, ``DAT002``.
        standard: the standard in which it stands, ``stdspec/base@1``.
        version: the version of the standard that was read.
        kind: wrong or unclear.
        says: what is said.
        date: the day, ``2026-11-24``.
        by: who says it; empty where nobody is named.
        place: where it stands; None for one that is not written yet.
    """

    clause: str
    standard: str
    version: str
    kind: str
    says: str
    date: str
    by: str = ""
    place: Span | None = None

    @property
    def name(self) -> str:
        """The whole name of the clause, ``stdspec/base@1/DAT002``."""
        return f"{self.standard}/{self.clause}"

    def as_dict(self) -> dict[str, str]:
        """The entry as it is written; who says it is left out where nobody is named."""
        said = {key: getattr(self, key) for key in ("date", "standard", "version", "clause", "kind", "says")}
        return {**said, "by": self.by} if self.by else said


def path(settings: Settings) -> Path:
    """The file of a project, whether it is there or not."""
    return settings.root / papers.FILES[papers.FEEDBACK]


def read(settings: Settings) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """What people say of clauses in a project, each thing once, and what is wrong with the form of other entries."""
    paper = papers.paper(papers.FEEDBACK, settings)
    return tuple(_entries(paper.entries)), paper.findings


def _entries(entries: Iterable[papers.Entry]) -> Iterator[Entry]:
    """The entries; two that say the very same are one, for merging two branches may leave a line twice."""
    seen: set[str] = set()
    for item in entries:
        spelt = json.dumps(dict(item.value), sort_keys=True)
        if spelt not in seen:
            seen.add(spelt)
            yield Entry(**item.value, place=item.places.get(""))


def by_clause(entries: Iterable[Entry]) -> dict[tuple[str, str], tuple[Entry, ...]]:
    """The entries about each clause, by standard and id."""
    found: dict[tuple[str, str], tuple[Entry, ...]] = {}
    for item in entries:
        key = (item.standard, item.clause)
        found[key] = (*found.get(key, ()), item)
    return found


def beside(standard: Mapping[str, Any], entries: Iterable[Entry]) -> dict[str, Any]:
    """A standard as `said.standard` gives it, with what people say of each clause in ``feedback``."""
    known = by_clause(entries)

    def clause(said: Mapping[str, Any]) -> dict[str, Any]:
        found = [{**item.as_dict(), "by": item.by or None} for item in known.get((said["standard"], said["id"]), ())]
        parts = {"tightened_by": [clause(part) for part in said["tightened_by"]]} if "tightened_by" in said else {}
        return {**said, **parts, "feedback": found}

    return {**standard, "clauses": [clause(item) for item in standard["clauses"]]}


def lost(settings: Settings) -> Iterator[Finding]:
    """A warning for each entry that nobody will find, as there is no such standard or clause any more."""
    known = {standard.label: standard for standard in _standards(settings)}
    for number, item in enumerate(read(settings)[0]):
        standard = known.get(item.standard)
        if standard is None:
            meant = nearest(item.standard, known)
            fact, key = f"there is no standard {item.standard} here", "standard"
        elif item.clause not in standard.clauses:
            meant = nearest(item.clause, standard.clauses)
            fact, key = f"{item.standard} has no clause {item.clause}", "clause"
        else:
            continue
        remedy = f"did you mean {meant}?" if meant else "take the entry out, or name what took its place"
        yield finding("STD019", f"{fact}; {remedy}", (papers.FEEDBACK, number, key), item.place, Severity.WARNING)


def about(word: str, settings: Settings) -> tuple[Clause, Standard]:
    """The clause that a word means, an id or its whole name ``stdspec/base@1/DAT002``, and the standard it stands in.

    Raises:
        InputError: when there is no such clause, or there are several.
    """
    standards = _standards(settings)
    own = {
        clause.name: (clause, standard)
        for standard in standards
        for clause in standard.clauses.values()
        if clause.standard == standard.label
    }
    found = [pair for name, pair in own.items() if word in (name, pair[0].id)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(clause.name for clause, _ in found)
        raise InputError(f"several standards have a clause {word}", remedy=f"name one of {names}")
    meant = nearest(word, [*own] if "/" in word else [clause.id for clause, _ in own.values()])
    remedy = f"did you mean {meant}?" if meant else "see `stdspec standard list` and `stdspec standard show`"
    raise InputError(f"there is no clause {word}", remedy=remedy)


def added(settings: Settings, entry: Entry) -> bytes | None:
    """The bytes of the file with one more line; None where the very same is said already.

    Raises:
        InputError: when the file, as it is, takes no line at its end.
    """
    file = path(settings)
    before = _before(file)
    if any(_same(item, entry) for item in _entries(papers.of_text(papers.FEEDBACK, file, before).entries)):
        return None
    line = f"  - {_spelt(entry.as_dict())}\n".encode()
    after = before + (b"" if before.endswith(b"\n") else b"\n") + line
    _refuse_unless_one_more(file, before, after, entry)
    return after


def _before(file: Path) -> bytes:
    if not exists(file):
        return _HEAD.encode()
    try:
        return contents(file) or _HEAD.encode()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", shown(file)) from None


def _refuse_unless_one_more(file: Path, before: bytes, after: bytes, entry: Entry) -> None:
    """Refuse a line that would not be read as this entry more, or would lose one."""
    if len(after) > MAX_BYTES:
        raise InputError("this file is full", shown(file), "take out what is mended, or is about old versions")
    old = papers.of_text(papers.FEEDBACK, file, before).entries if before != _HEAD.encode() else ()
    new = papers.of_text(papers.FEEDBACK, file, after)
    if [item.value for item in new.entries] == [*(item.value for item in old), entry.as_dict()]:
        return
    fault = next((item for item in new.findings if item.severity is Severity.ERROR), None)
    why = f": {fault.message.partition(';')[0]}" if fault else ""
    at = f"{shown(file)}:{fault.span.line}:{fault.span.column}" if fault and fault.span else shown(file)
    raise InputError(f"nothing can be added at the end of this file{why}", at, "write feedback: and an entry a line")


def _same(one: Entry, other: Entry) -> bool:
    return one.as_dict() == other.as_dict()


def _spelt(value: Any) -> str:
    """Plain data as JSON in one line, which is YAML as well; what no YAML may hold as it is becomes an escape."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in text)


def _standards(settings: Settings) -> Sequence[Standard]:
    return [kept.standard for kept in shelf.everything(settings) if kept.standard is not None]

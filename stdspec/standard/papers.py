"""Reads the papers of a project beside its specs: waivers, approvals, and what people say of clauses.

An entry with a fault of form counts for nothing, and says so; a fault of the file as a whole takes all of them away.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec import validate
from stdspec.codes import SLUGS
from stdspec.compose.model import Composed
from stdspec.digest import spec_digest
from stdspec.finding import Finding, Severity, Span
from stdspec.paths import ConfigPath, is_file, named, split_dotted
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.source.reader import read
from stdspec.standard.faults import finding
from stdspec.standard.place import locator
from stdspec.standard.stamp import stamp

WAIVERS: Final = "waivers"
APPROVALS: Final = "approvals"
FEEDBACK: Final = "feedback"
"""The kinds of papers: each is the name of a file, of the one key in it, and of the schema it is checked by."""

FILES: Final[Mapping[str, str]] = {
    WAIVERS: f"{WAIVERS}.yaml",
    APPROVALS: f"{APPROVALS}.yaml",
    FEEDBACK: f"standards/{FEEDBACK}.yaml",
}
"""Where each kind lies, from the root of the project."""

DAYS: Final = ("granted", "expires", "date")
"""The keys of an entry that hold a day."""


class Subject(Struct, frozen=True):
    """What a paper may be about: one state of one spec.

    Attributes:
        name: the spec's name.
        file: the file that people edit, from the project's root.
        digest: the digest of the resolved spec; empty where it holds what no digest is made of.
        people: the names under `owner`.
    """

    name: str
    file: str
    digest: str
    people: tuple[str, ...] = ()


class Entry(Struct, frozen=True):
    """One entry of a paper whose form is right.

    Attributes:
        kind: waivers, approvals or feedback.
        index: its number in the file, from 0.
        value: what it says.
        places: where each of its keys stands, and under the empty key the entry itself.
    """

    kind: str
    index: int
    value: Mapping[str, Any]
    places: Mapping[str, Span]

    def finding(self, code: str, message: str, key: str = "", severity: Severity = Severity.ERROR) -> Finding:
        """A finding about one key of the entry, or about the entry."""
        path: ConfigPath = (self.kind, self.index, *((key,) if key else ()))
        return finding(code, message, path, self.places.get(key) or self.places.get(""), severity)

    def day(self, key: str) -> datetime.date:
        """One of its days; the schema takes no other text."""
        return datetime.date.fromisoformat(self.value[key])


class Paper(Struct, frozen=True):
    """What a file holds: the entries that are in order, and what is wrong with the others."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()


def subject(composed: Composed, settings: Settings) -> Subject:
    """What papers know a composed spec by."""
    try:
        digest = spec_digest(composed.resolved)
    except (ValueError, TypeError):  # it holds a NaN or no plain data, and lint says so
        digest = ""
    owner = composed.get(("owner",))
    people = tuple(name for name in owner.values() if isinstance(name, str)) if isinstance(owner, Mapping) else ()
    return Subject(str(composed.get(("name",)) or "unnamed"), named(composed.entry, settings.root), digest, people)


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are spelt: in small letters, with a space or a sign unseen."""
    return _name(one) == _name(other)


def _name(text: str) -> str:
    if not text.isascii():
        from unicodedata import category, normalize  # most names are ASCII

        text = "".join(sign for sign in normalize("NFKC", text) if category(sign) not in ("Cf", "Cc", "Mn"))
    return " ".join(text.casefold().split())


def paper(kind: str, settings: Settings) -> Paper:
    """The paper of a project; an empty one where there is no such file."""
    path = settings.root / FILES[kind]
    return _read(path, stamp(path)) if is_file(path) else Paper()


def of_text(kind: str, path: Path, text: bytes) -> Paper:
    """The paper that a file would be with this text in it."""
    return _paper(kind, read(path, text))


def kind_of(path: str | Path, settings: Settings) -> str | None:
    """Which paper of a project a file is."""
    return next((kind for kind, name in FILES.items() if Path(path) == settings.root / name), None)


@lru_cache(maxsize=16)
def _read(path: Path, _: tuple[int, int]) -> Paper:
    return _paper(path.stem, read(path))


def _paper(kind: str, document: Document) -> Paper:
    if not document.ok:
        return Paper(findings=tuple(document.findings))
    found = [
        _coded(kind, item) for item in validate.check_data(document.value, kind, locator(document), interpolated=False)
    ]
    found += _several_selectors(document, kind)
    faulty = {split_dotted(item.path)[:2] for item in found}
    if any(len(path) < 2 for path in faulty):
        return Paper(findings=(*document.findings, *found))
    return Paper(tuple(_entries(document, kind, faulty)), (*document.findings, *found))


def _several_selectors(document: Document, kind: str) -> Iterator[Finding]:
    """The waivers that select by more than one key: whether both or either was meant cannot be told."""
    entries = document.value.get(kind) if isinstance(document.value, dict) else None
    for index, value in enumerate(entries if isinstance(entries, list) else []):
        selector = value.get("for") if isinstance(value, dict) else None
        if isinstance(selector, dict) and len(selector) > 1:
            path: ConfigPath = (kind, index, "for")
            message = f"a waiver is for one of {', '.join(selector)}; write a waiver for each"
            yield finding("WVR001", message, path, locator(document)(path, True))


def _entries(document: Document, kind: str, faulty: Collection[ConfigPath]) -> Iterator[Entry]:
    """The entries that are in order; what is faulty may not even be a mapping."""
    locate = locator(document)
    for index, value in enumerate(document.value[kind]):
        if (kind, index) in faulty:
            continue
        places = {key: span for key in value if (span := locate((kind, index, key), False))}
        if span := locate((kind, index), False):
            places[""] = Span(span.file, span.line, span.column, span.line, span.column + 1)
        yield Entry(kind, index, value, places)


def _coded(kind: str, item: Finding) -> Finding:
    code = "WVR003" if split_dotted(item.path)[-1:] and split_dotted(item.path)[-1] in DAYS else "WVR001"
    code = "STD018" if kind == FEEDBACK else code
    return replace(item, code=code, slug=SLUGS[code])

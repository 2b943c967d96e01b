"""Finds a standard by the name that a spec gives it, and joins it to those it extends.

Shipped standards come from the packs, a project's own from the `standards/` folder beside its settings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from stdspec import resources
from stdspec.errors import InputError
from stdspec.finding import Finding, Severity, Span
from stdspec.paths import MAX_BYTES, ConfigPath, head, shown
from stdspec.settings import Settings
from stdspec.source import stand_in
from stdspec.source.document import Document
from stdspec.source.reader import read
from stdspec.standard import packed
from stdspec.standard.faults import finding
from stdspec.standard.model import Clause, Standard
from stdspec.suggest import nearest

FOLDER = "standards"
"""Where a project keeps its own standards, below its root."""


@dataclass(eq=False)
class StandardError(InputError):
    """A standard that does not exist or is at fault; `findings` says where."""

    findings: tuple[Finding, ...] = field(default=())


def load(name: str, project: Settings, rules: Collection[str] | None = None) -> Standard:
    """The standard of a name such as ``stdspec/base@1``, with the clauses of those it extends.

    Raises:
        StandardError: when there is no such standard, or it or one that it extends is at fault.
    """
    return _load(name, project, rules, ())


def read_standard(path: Path, rules: Collection[str] | None = None) -> tuple[Standard | None, list[Finding]]:
    """The standard of one file by itself, without what it extends, and everything wrong with the file."""
    return of_document(read(path), rules)


def of_document(document: Document, rules: Collection[str] | None) -> tuple[Standard | None, list[Finding]]:
    """The standard of a document by itself, and everything wrong with it.

    Tests may hold NaN: they show that it satisfies nothing.
    """
    from stdspec.standard.document import is_test, parse  # shipped standards come checked, and need none of it

    faults = [item for item in document.findings if not (item.code == "YML005" and is_test(item.path))]
    if any(item.severity is Severity.ERROR for item in faults):
        return None, faults
    standard, found = parse(document.value, locator(document), rules)
    return standard, faults + found


def locator(document: Document) -> Any:
    """The function that finds where a path of a document stands."""

    def locate(path: ConfigPath, key: bool) -> Span | None:
        mark = document.marks.get(path)
        if mark is None:
            return None
        return mark.key if key else mark.value

    return locate


def _load(name: str, project: Settings, rules: Collection[str] | None, below: tuple[str, ...]) -> Standard:
    path = _find(name, project)
    if name in below:
        circle = " extends ".join((*below[below.index(name) :], name))
        raise StandardError(f"{circle}: standards that extend each other in a circle", place=shown(path))
    standard, found = _read_cached(path, _stamp(path), None if rules is None else frozenset(rules))
    if standard is None:
        raise StandardError(
            f"the standard {name} is at fault in {len(found)} place{'s' * (len(found) > 1)}: {found[0].message}",
            place=_spot(found[0], path),
            remedy=f"see `stdspec lint {shown(path)}`",
            findings=tuple(found),
        )
    inherited: dict[str, Clause] = {}
    for parent in standard.extends:
        inherited |= _load(parent, project, rules, (*below, name)).clauses
    clashes = tuple(_clashes(standard, inherited))
    if clashes:
        raise StandardError(clashes[0].message, place=_spot(clashes[0], path), findings=clashes)
    return replace(standard, clauses={**inherited, **standard.clauses})


def _clashes(standard: Standard, inherited: dict[str, Clause]) -> Iterator[Finding]:
    """A derived standard may only add: what an id says above it can be tightened by another id, never replaced."""
    for name, clause in standard.clauses.items():
        span = standard.places.get(name)
        if name in inherited:
            message = (
                f"the clause {name} stands already in {inherited[name].standard}; give yours an id of its own "
                f"and say tightens: {name}"
            )
            yield finding("STD012", message, ("clauses", name), span)
        elif clause.tightens is not None and clause.tightens not in inherited:
            hint = nearest(clause.tightens, inherited)
            remedy = f"; did you mean {hint}?" if hint else "; name a clause of a standard that it extends"
            yield finding(
                "STD012",
                f"there is no clause {clause.tightens} to tighten{remedy}",
                ("clauses", name, "tightens"),
                span,
            )


def _find(name: str, project: Settings) -> Path:
    wanted, _, version = name.partition("@")
    known: dict[str, Path] = {}
    for folder in (project.root / FOLDER, resources.packs()):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            title = _title(path, _stamp(path))
            if title is None:
                continue
            known.setdefault(f"{title[0]}@{title[1].split('.')[0]}", path)
            if title[0] == wanted and (title[1] == version or title[1].startswith(version + ".")):
                return path
    hint = nearest(name, known)
    remedy = f"did you mean {hint}?" if hint else f"there are {', '.join(sorted(known))}"
    raise StandardError(f"there is no standard {name}", remedy=remedy)


def _stamp(path: Path) -> tuple[int, int]:
    tried = stand_in.state_of(path)
    if tried is not None:
        return tried
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=256)
def _title(path: Path, _: tuple[int, int]) -> tuple[str, str] | None:
    """The name and the version at the head of a standard's file, read without parsing the rest."""
    found: dict[str, str] = {}
    for line in head(path, MAX_BYTES).decode("utf-8", "replace").splitlines():
        key, colon, rest = line.partition(":")
        if colon and key in ("standard", "version"):
            found[key] = rest.split("#")[0].strip().strip("\"'")
        if len(found) == 2:
            return found["standard"], found["version"]
    return None


@lru_cache(maxsize=64)
def _read_cached(
    path: Path, _: tuple[int, int], rules: frozenset[str] | None
) -> tuple[Standard | None, tuple[Finding, ...]]:
    standard = packed.load(path)
    if standard is not None:
        return standard, ()
    standard, found = read_standard(path, rules)
    return standard, tuple(found)


def _spot(item: Finding, path: Path) -> str:
    return f"{shown(item.span.file)}:{item.span.line}:{item.span.column}" if item.span else shown(path)

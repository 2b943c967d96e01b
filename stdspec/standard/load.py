"""Finds a standard by the name that a spec gives it, and joins it to those it extends.

Shipped standards come from the packs, a project's own from the `standards/` folder beside its settings.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from stdspec import resources
from stdspec.errors import InputError
from stdspec.finding import Finding, Severity
from stdspec.paths import MAX_BYTES, head, select, shown
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.source.edits import respelt
from stdspec.source.reader import read
from stdspec.standard import derive, packed, waivers
from stdspec.standard.faults import finding
from stdspec.standard.model import Standard
from stdspec.standard.place import locator
from stdspec.standard.stamp import stamp
from stdspec.suggest import nearest, slipped

FOLDER = "standards"
"""Where a project keeps its own standards, below its root."""


OURS: Final = "stdspec/"
"""What the names of the standards that ship begin with, and of no other."""

_BESIDE: Final = frozenset(("owner", "goal", "version", "extends", "applies_to", "effective", "review_by"))
"""The keys of a standard besides the two that only a standard has, `standard` and `clauses`."""
_OF_SPECS: Final = "standards"
"""A key of specs, and no misspelt one of a standard."""


@dataclass(eq=False)
class StandardError(InputError):
    """A standard that does not exist or is at fault.

    Attributes:
        findings: where it is at fault; none where there is no such standard.
        meant: the name that was probably meant.
    """

    findings: tuple[Finding, ...] = field(default=())
    meant: str | None = None


def is_standard(document: Document) -> bool:
    """Whether a file holds a standard, though one of its two telling keys may be misspelt or missing.

    It is missing only in a folder where a project keeps its standards, and beside other keys of a standard.
    """
    value = document.value
    if not isinstance(value, dict) or "defaults" in value or "stdspec" in value:
        return False
    if "standard" in value and "clauses" in value:
        return True
    own = os.path.basename(os.path.dirname(document.path)) == FOLDER  # noqa: PTH119, PTH120 - asked of every file
    if not own and "standard" not in value and "clauses" not in value:
        return False
    name, clauses = _meant(value, "standard", str), _meant(value, "clauses", dict)
    if name is not None and clauses is not None:
        return own or "/" in name
    return own and sum(key in value for key in _BESIDE) > (2 if name is None and clauses is None else 1)


def _meant(value: Mapping[Any, Any], key: str, kind: type) -> Any:
    """What stands under a key of a document or under one that is a slip away from it, where it is of the right type."""
    others = [str(other) for other in value if other not in _BESIDE and other != _OF_SPECS]
    found = value.get(slipped(key, others) or key)
    return found if isinstance(found, kind) else None


def load(name: str, project: Settings, rules: Collection[str] | None = None) -> Standard:
    """The standard of a name such as ``stdspec/base@1``, with the clauses of those it extends.

    Raises:
        StandardError: when there is no such standard, or it or one that it extends is at fault.
    """
    return _load(name, project, rules, ())


def of_file(path: Path, project: Settings, rules: Collection[str] | None = None) -> Standard:
    """The standard of a file, wherever it lies, with the clauses of those it extends.

    Raises:
        StandardError: when it or one that it extends is at fault.
    """
    return _of_file(path, shown(path), project, rules, ())


def refused(
    standard: Standard, path: Path, project: Settings, rules: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """What is wrong with the standards that the one of a file extends, and with what it makes of them."""
    try:
        _extended(standard, path, project, rules, (standard.label,))
    except StandardError as error:
        return error.findings
    return ()


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


def _load(name: str, project: Settings, rules: Collection[str] | None, below: tuple[str, ...]) -> Standard:
    path = _find(name, project)
    if name in below:
        raise _circle(below[below.index(name) :], project)
    return _of_file(path, name, project, rules, (*below, name))


def _of_file(
    path: Path, name: str, project: Settings, rules: Collection[str] | None, below: tuple[str, ...]
) -> Standard:
    standard, found = _read_cached(path, stamp(path), None if rules is None else frozenset(rules))
    if standard is None:
        raise StandardError(
            f"the standard {name} is at fault in {len(found)} place{'s' * (len(found) > 1)}: {found[0].message}",
            place=_spot(found[0], path),
            remedy=f"see `stdspec lint {shown(path)}`",
            findings=tuple(found),
        )
    return _extended(standard, path, project, rules, below or (standard.label,))


def _extended(
    standard: Standard, path: Path, project: Settings, rules: Collection[str] | None, below: tuple[str, ...]
) -> Standard:
    """A standard of a file with the clauses of those it extends."""
    if standard.name.startswith(OURS) and path.parent != resources.packs():
        raise _taken(standard.name, path)
    own = {standard.label: (standard.version, str(path))}
    if not standard.extends and not standard.drops and not any(item.tightens for item in standard.clauses.values()):
        return replace(standard, made_of=own)
    parents = []
    for index, parent in enumerate(standard.extends):
        try:
            parents.append(_load(parent, project, rules, below))
        except StandardError as error:
            raise error if error.findings else _unfound(error, path, index, parent) from None
    inherited, faults = derive.joined(parents)
    faults += derive.faults(standard, inherited, lambda clause: waivers.loosens(clause, standard.label, path, project))
    if faults:
        clashes = tuple(_placed(path, faults))
        raise StandardError(clashes[0].message, place=_spot(clashes[0], path), findings=clashes)
    made_of = {label: source for parent in parents for label, source in parent.made_of.items()}
    return replace(standard, clauses=derive.extended(standard, inherited), made_of={**own, **made_of})


def _taken(name: str, path: Path) -> StandardError:
    """The refusal of a project's standard under the name of one that ships: who reads a verdict would be misled."""
    message = f"names that begin with {OURS} are those of the standards that ship; give it the name of who keeps it"
    found = finding("STD012", f"{name}: {message}", ("standard",), locator(read(path))(("standard",), False))
    return StandardError(found.message, place=_spot(found, path), findings=(found,))


def _circle(members: tuple[str, ...], project: Settings) -> StandardError:
    """The refusal of standards that extend each other: the same one wherever the circle is entered."""
    first = members.index(min(members))
    members = members[first:] + members[:first]
    path = _find(members[-1], project)
    standard, _ = _read_cached(path, stamp(path), None)
    index = standard.extends.index(members[0]) if standard and members[0] in standard.extends else 0
    circle = " extends ".join((*members, members[0]))
    message = f"{circle}: standards that extend each other in a circle"
    return _unfound(StandardError(message, remedy="take one out"), path, index, members[0])


def _unfound(error: StandardError, path: Path, index: int, parent: str) -> StandardError:
    """The error about a parent, with its place in the file that names it."""
    span = locator(read(path))(("extends", index), False)
    message = f"{error.message}; {error.remedy}"
    found = finding("STD010", message, ("extends", index), span, fix=respelt(span, parent, error.meant))
    return StandardError(error.message, place=_spot(found, path), remedy=error.remedy, findings=(found,))


def _placed(path: Path, faults: Iterable[derive.Fault]) -> Iterator[Finding]:
    """What a standard may not make of what it inherits, at its place in the file."""
    document = read(path)
    locate = locator(document)
    for code, at, key, message, meant in faults:
        span = locate(at, key)
        yield finding(code, message, at, span, fix=respelt(span, select(document.value, at), meant))


def _find(name: str, project: Settings) -> Path:
    wanted, _, version = name.partition("@")
    known: dict[str, Path] = {}
    for folder in (project.root / FOLDER, resources.packs()):
        found: list[Path] = []
        for path in _files(folder):
            title = _title(path, stamp(path))
            if title is None:
                continue
            if title[0].startswith(OURS) and folder != resources.packs():
                continue
            known.setdefault(f"{title[0]}@{title[1].split('.')[0]}", path)
            if title[0] == wanted and (title[1] == version or title[1].startswith(version + ".")):
                found.append(path)
        if len(found) > 1:
            both = " and ".join(map(shown, found[:2]))
            raise StandardError(f"{both} are both {name}", remedy="keep one of them in the folder standards")
        if found:
            return found[0]
    hint = nearest(name, known)
    remedy = f"did you mean {hint}?" if hint else f"there are {', '.join(sorted(known))}"
    raise StandardError(f"there is no standard {name}", remedy=remedy, meant=hint)


def _files(folder: Path) -> list[Path]:
    """The YAML files in a folder, in order; none where there is no such folder."""
    try:
        return _listed(folder, folder.stat().st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        return []


@lru_cache(maxsize=16)
def _listed(folder: Path, _: int) -> list[Path]:
    """The same for a folder as it was last changed: it is asked for once for every spec."""
    return [folder / name for name in sorted(os.listdir(folder)) if name.endswith(".yaml")]  # noqa: PTH208


_TITLE: Final = ("standard", "version")
_NO_KEY: Final = ("", " ", "#", "-")
"""How lines begin that hold no key at the top of a document."""


@lru_cache(maxsize=256)
def _title(path: Path, _: tuple[int, int]) -> tuple[str, str] | None:
    """The name and the version at the head of a standard's file, read without parsing the rest."""
    found: dict[str, str] = {}
    for line in head(path, MAX_BYTES).decode("utf-8", "replace").splitlines():
        key, colon, rest = line.partition(":")
        if not colon or key[:1] in _NO_KEY or key == _OF_SPECS:
            continue
        known = key if key in _TITLE else slipped(key, _TITLE)
        if known is not None:  # a misspelt key, too: the file is found, and says what is wrong with it
            found[known] = rest.split("#")[0].strip().strip("\"'")
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

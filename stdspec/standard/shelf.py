"""The standards that are at hand, those of the project before those that ship, and the one that a word means."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from stdspec import resources
from stdspec.errors import InputError
from stdspec.finding import Finding
from stdspec.paths import is_dir, is_file, shown
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard.load import FOLDER, StandardError, is_standard, load, of_file
from stdspec.standard.model import Clause, Standard


class Kept(Struct, frozen=True):
    """A standard as it lies on the disk.

    Attributes:
        path: its file.
        standard: what it is with everything it inherits; None where it is at fault.
        findings: why it is at fault.
    """

    path: Path
    standard: Standard | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def shipped(self) -> bool:
        """Whether it came with stdspec."""
        return self.path.parent == resources.packs()


def files(project: Settings) -> list[Path]:
    """The files of every standard at hand: the project's own, then those that ship.

    A file in the folder of the project's standards that holds something else is left out.
    """
    own = [path for path in _in(project.root / FOLDER) if is_standard(read(path))]
    return [*own, *(path for path in _in(resources.packs()) if path not in own)]


def everything(project: Settings, rules: Collection[str] | None = None) -> list[Kept]:
    """Every standard at hand, those at fault, too."""
    return [_kept(path, project, rules) for path in files(project)]


def find(word: str, project: Settings, rules: Collection[str] | None = None) -> Standard:
    """The standard that a word means: a file, or a name such as ``stdspec/base@1`` whose version may be left out.

    Raises:
        StandardError: when there is none, or it is at fault.
        InputError: when the file holds no standard.
    """
    path = file_of(word)
    if path is not None:
        return of_file(path, project, rules)
    if "@" in word:
        return load(word, project, rules)
    named = [kept.standard for kept in everything(project, rules) if kept.standard and kept.standard.name == word]
    if not named:
        return load(word, project, rules)  # says what was probably meant
    return max(named, key=lambda standard: number(standard.version))


def file_of(word: str) -> Path | None:
    """The file that a word names; None for what can only be the name of a standard.

    Raises:
        InputError: when there is no such file, or it holds no standard.
    """
    path = Path(os.path.abspath(word))
    if not word.endswith((".yaml", ".yml")):
        if is_file(path) or (is_dir(path) and "@" not in word):
            raise InputError("this is no file of a standard", shown(path), "name a .yaml file, or a standard: acme/x@1")
        return None
    if not is_file(path):
        raise InputError("there is no such file", shown(path), "name a file of a standard, or a standard: acme/x@1")
    document = read(path)
    if document.ok and not is_standard(document):
        raise InputError("this is no standard", shown(path), "a standard says standard: and clauses:")
    return path


def file_named(name: str, project: Settings) -> Path:
    """The file of the standard that a name means.

    Raises:
        StandardError: when there is none.
    """
    wanted, _, version = name.partition("@")
    for path in files(project):
        value = read(path).value
        said = (value.get("standard"), f"{value.get('version')}.") if isinstance(value, dict) else ("", "")
        if said[0] == wanted and said[1].startswith(f"{version}." if version else ""):
            return path
    load(name, project)  # says what was probably meant
    raise InputError(f"there is no file of the standard {name}")


def number(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared: ``1.10.0`` comes after ``1.9.0``."""
    return tuple(map(int, version.split(".")))


def parts(standard: Standard) -> dict[str, tuple[Clause, ...]]:
    """The clauses that are judged under one verdict, by the name of the verdict's line, in order.

    The first one of each stands by itself, and the others tighten it or say it anew.
    """
    lines: dict[str, tuple[Clause, ...]] = {}
    for clause in standard.clauses.values():
        lines[clause.line] = (*lines.get(clause.line, ()), clause)
    return lines


def _in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _kept(path: Path, project: Settings, rules: Collection[str] | None) -> Kept:
    try:
        return Kept(path, of_file(path, project, rules))
    except StandardError as error:
        return Kept(path, None, error.findings)

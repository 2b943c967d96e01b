"""What rules about a whole project look at: its config files with their defaults lists, and its compositions.

The view is made once for each run of lint; the rules in `rules/hydra/project` share it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from msgspec import Struct, field

from stdspec.compose.defaults_list import Item
from stdspec.compose.entries import Entry
from stdspec.compose.mains import Programs
from stdspec.compose.model import Composed, Origin
from stdspec.compose.rules import Rules
from stdspec.compose.searchpath import Entry as SearchEntry
from stdspec.finding import COMMAND_LINE, Severity, Span
from stdspec.lint.config_file import File, look_anew
from stdspec.lint.rule import Fixable
from stdspec.paths import ConfigPath
from stdspec.source.edits import Edits


class Spot(Struct, frozen=True):
    """One fault that a rule about a project found.

    Attributes:
        span: the place.
        message: the fact and, after a semicolon, the remedy; no final full stop.
        path: the config path it is about, as text, or nothing.
        note: it says what could not be decided, and is no fault.
        fix: the edits that mend it.
    """

    span: Span
    message: str
    path: str = ""
    note: bool = False
    fix: Edits = ()


class Project(Struct, frozen=True, dict=True):
    """The view.

    Attributes:
        files: the YAML files that were looked at, in order.
        compositions: the entry points that could be composed and are no specs of ours, with what they gave.
        programs: what the project's Python says about its configs.
        rules: by which a search path is followed: the folders of packages that the settings name.
        grouped: config roots whose folders are known to be groups, by files that are left out here.
    """

    files: tuple[File, ...]
    compositions: tuple[tuple[Entry, Composed], ...] = ()
    programs: Callable[[], Programs] = field(default=Programs)
    rules: Rules = field(default_factory=Rules)
    grouped: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Has every folder be looked at anew, and once for the whole view."""
        look_anew()

    @cached_property
    def by_path(self) -> Mapping[str, File]:
        """The files by their paths."""
        return {file.path: file for file in self.files}

    @cached_property
    def primaries(self) -> frozenset[str]:
        """The files that are composed as primary configs."""
        return frozenset(f"{entry.config_dir}/{entry.config_name}.yaml" for entry, _ in self.compositions)

    @cached_property
    def beaten(self) -> Sequence[tuple[ConfigPath, Origin, Origin]]:
        """Each value of a file that takes the place of another file's, once: where, the winner, the one it beat."""
        found: dict[tuple[Span, Span], tuple[ConfigPath, Origin, Origin]] = {}
        for _, composed in self.compositions:
            for path, chain in composed.origins.items():
                for new, old in pairwise(chain):
                    if new.span.file != COMMAND_LINE != old.span.file:
                        found.setdefault((new.span, old.span), (path, new, old))
        return tuple(found.values())

    @cached_property
    def keys(self) -> Mapping[str, set[str]]:
        """Every key that a file writes, and the files that do."""
        found: dict[str, set[str]] = {}
        for file in self.files:
            for path in file.document.marks:
                if path and isinstance(path[-1], str):
                    found.setdefault(path[-1], set()).add(file.path)
        return found

    @cached_property
    def composed_files(self) -> frozenset[str]:
        """The files that some composition read."""
        return frozenset(path for _, composed in self.compositions for path in composed.files)

    @cached_property
    def grouped_roots(self) -> frozenset[str]:
        """The config roots in which a defaults list selects an option of a group: the folders there are groups."""
        return self.grouped | {file.root for file in self.files if file.chooses}

    def folder(self, text: str) -> str | None:
        """The folder that an entry of a search path stands for; None where no folder can be named."""
        scheme, separator, rest = text.partition("://")
        found = SearchEntry(scheme if separator else "file", rest if separator else text, None).folder(self.rules)
        return os.path.normpath(found) if found else None

    @cached_property
    def may_register(self) -> bool:
        """Whether code may register configs that no file shows: some does, or there is no code to look at."""
        programs = self.programs()
        return programs.registers or not programs.seen

    @cached_property
    def holds(self) -> frozenset[str]:
        """What there is to look at for rules that look at nothing else, by the words of `catalog.NEEDS`."""
        found = {
            "lists": any(file.entries for file in self.files),
            "compositions": bool(self.compositions),
            "groups": any(file.group for file in self.files),
            "grouped": bool(self.grouped),
            "headers": any(file.document.header for file in self.files),
            "hydra": any(file.sets_hydra for file in self.files),
        }
        return frozenset(name for name, there in found.items() if there)

    def with_defaults(self) -> Iterator[File]:
        """The files that have a defaults list."""
        return (file for file in self.files if file.entries)

    def item_at(self, span: Span | None) -> tuple[File, Item] | None:
        """The item of a defaults list that a place lies in."""
        file = self.by_path.get(span.file) if span else None
        if file is None or span is None:
            return None
        found = next((item for item in file.defaults if item.span is not None and item.span.holds(span)), None)
        return (file, found) if found else None

    def whole(self, span: Span | None) -> Span | None:
        """The place of the whole item of a defaults list for a place in it; any other place as it is."""
        found = self.item_at(span)
        return found[1].span if found else span


class ProjectCase(Struct, frozen=True):
    """A project, and what the rule says about it.

    Attributes:
        files: its files by relative name; the config root is ``conf``.
        place: ``file:line`` of the fault; empty in a good case.
        message: the fault's whole message; empty in a good case.
        packages: the folders of packages that the project's settings name.
    """

    files: Mapping[str, str]
    place: str = ""
    message: str = ""
    packages: tuple[tuple[str, str], ...] = ()

    @property
    def spec(self) -> str:
        """The files as one text, for the manual."""
        return "\n".join(f"# {name}\n{text.rstrip()}" for name, text in self.files.items())


class ProjectRule(Struct, frozen=True):
    """A check of a whole project; its fields are those of a `Rule`."""

    code: str
    slug: str
    summary: str
    why: str
    check: Callable[[Project], Iterable[Spot]]
    good: tuple[ProjectCase, ...]
    bad: tuple[ProjectCase, ...]
    severity: Severity = Severity.WARNING
    fixable: Fixable = "no"

"""What rules about a whole project look at: its config files with their defaults lists, and its compositions.

The view is made once for each run of lint; the rules in `rules/hydra/project` share it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field

from stdspec import resources
from stdspec.compose.defaults_list import Item
from stdspec.compose.entries import Entry
from stdspec.compose.mains import Programs
from stdspec.compose.model import Composed, Origin
from stdspec.compose.repository import defaults_of
from stdspec.compose.rules import Rules
from stdspec.compose.searchpath import Entry as SearchEntry
from stdspec.errors import ComposeError
from stdspec.finding import COMMAND_LINE, Severity, Span
from stdspec.lint.rule import Fixable
from stdspec.paths import MISSING, ConfigPath, is_dir, is_file, select
from stdspec.source.document import Document, Mark
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


class File(Struct, frozen=True):
    """One config file of a project.

    Attributes:
        document: the file as read.
        root: the config root it lies under; empty for a file outside of any.
        group: the folders between the root and the file, such as ``training/optimizer``.
        defaults: its defaults list; empty where Hydra would refuse the list.
        sources: the folders that its options are looked for in.
    """

    document: Document
    root: str
    group: str
    defaults: tuple[Item, ...]
    sources: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The file, absolute."""
        return self.document.path

    @property
    def name(self) -> str:
        """Its name as an option: without the folder and the ending."""
        return self.path.rpartition("/")[2].removesuffix(".yaml")

    @property
    def entries(self) -> Sequence[object]:
        """The items of the defaults list as they are written."""
        value = self.document.value
        written = value.get("defaults") if isinstance(value, dict) else None
        return written if isinstance(written, list) else ()

    @property
    def body(self) -> Mapping[object, object]:
        """What it says besides its defaults list."""
        value = self.document.value
        return {key: child for key, child in value.items() if key != "defaults"} if isinstance(value, dict) else {}

    @property
    def package(self) -> ConfigPath | None:
        """Where its values go unless a defaults list says otherwise; None for words that only Hydra 1.1 filled in."""
        header = self.document.header.get("package")
        parts = self.group.split("/") if header is None else header.split(".")
        if "_group_" in parts or "_name_" in parts:
            return None
        return tuple(part for part in parts if part and part != "_global_")

    def mark(self, path: ConfigPath) -> Mark | None:
        """The place of the value that it sets at a path of the composition; None when it sets none there."""
        package = self.package
        if package is None or path[: len(package)] != package or path == package:
            return None
        own = path[len(package) :]
        return None if select(self.document.value, own) is MISSING else self.document.marks.get(own)

    @property
    def start(self) -> Span:
        """The beginning of the file, for what is about the whole of it."""
        return Span(self.path, 1, 1, 1, 1)

    def span(self, index: int) -> Span:
        """The place of an item of the defaults list."""
        return self.document.marks["defaults", index].value

    def line(self, number: int, text: str) -> Span:
        """The place of a whole line, counted from 1."""
        return Span(self.path, number, 1, number, len(text) + 1)

    def group_of(self, item: Item) -> str:
        """The group that an item selects from, from the config root."""
        written = item.group if item.group is not None else (item.path or "").rpartition("/")[0]
        if (item.group or item.path or "").startswith("/"):
            return written.strip("/")
        return "/".join(part for part in (self.group, written.strip("/")) if part)


class Project(Struct, frozen=True, dict=True):
    """The view.

    Attributes:
        files: the YAML files that were looked at, in order.
        compositions: the entry points that could be composed and are no specs of ours, with what they gave.
        programs: what the project's Python says about its configs.
        rules: by which a search path is followed: the folders of packages that the settings name.
    """

    files: tuple[File, ...]
    compositions: tuple[tuple[Entry, Composed], ...] = ()
    programs: Callable[[], Programs] = field(default=Programs)
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        """Has every folder be looked at anew, and once for the whole view."""
        for look in (has_group, _is_option, _options):
            look.cache_clear()

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
        return frozenset(
            file.root
            for file in self.with_defaults()
            for item in file.defaults
            if file.root and item.group is not None and has_group(file.root, file.group_of(item))
        )

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


def file_of(document: Document, roots: Mapping[str, bool]) -> File:
    """The file of a document, under the deepest of the config roots that holds it.

    Args:
        document: the file as read.
        roots: the config roots, and whether the shipped options are seen from there.
    """
    folder = document.path.rpartition("/")[0]
    root = max((root for root in roots if folder == root or folder.startswith(f"{root}/")), key=len, default="")
    group = folder[len(root) + 1 :] if root else ""
    try:
        defaults = defaults_of(document.path) if "defaults" in document.text else ()
    except ComposeError:
        defaults = ()
    sources = (root, str(resources.conf())) if roots.get(root, True) else (root,)
    return File(document, root, group, defaults, sources)


def search_path(file: File) -> Sequence[tuple[str, Span]]:
    """The entries of `hydra.searchpath` as a file writes them, each with its place."""
    written = select(file.document.value, ("hydra", "searchpath"))
    return [
        (item, file.document.marks["hydra", "searchpath", index].value)
        for index, item in enumerate(written if isinstance(written, list) else ())
        if isinstance(item, str)
    ]


@cache
def has_group(root: str, group: str) -> bool:
    """Whether a config root has a folder for a group."""
    return bool(root) and is_dir(f"{root}/{group}")


def has_option(file: File, group: str, option: str) -> bool:
    """Whether an option can be selected from a file."""
    return any(_is_option(f"{folder}/{group}", option.removesuffix(".yaml")) for folder in file.sources)


@cache
def _is_option(folder: str, option: str) -> bool:
    return is_file(f"{folder}/{option}.yaml")


def options_of(file: File, group: str) -> list[str]:
    """The options of a group that can be selected from a file, sorted."""
    return sorted({option for folder in file.sources if has_group(folder, group) for option in _options(folder, group)})


@cache
def _options(root: str, group: str) -> frozenset[str]:
    return frozenset(path.stem for path in Path(root, group).glob("*.yaml"))

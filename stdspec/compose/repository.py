"""The config files along a search path, each parsed once per process.

A source is a folder. Hydra's own configs (`hydra/…`) are a source, too, found without importing Hydra.
"""

# Paths are texts here: this runs for every config of every composition, and Path costs several times as much.
# ruff: noqa: PTH112, PTH113, PTH116, PTH118, PTH208

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.compose.defaults_list import Item, parse_defaults
from stdspec.compose.hydra_built_in import BUILT_IN, GROUPS, PACKAGES, PLUGINS
from stdspec.compose.interpolation import GrammarError, check, interpolated
from stdspec.compose.refusal import refuse
from stdspec.errors import InputError
from stdspec.finding import Finding, Span
from stdspec.paths import ConfigPath, dotted, shown
from stdspec.source import stand_in
from stdspec.source.document import Document
from stdspec.source.reader import read


class ConfigFile(Struct, frozen=True):
    """One config as the defaults walk sees it.

    Attributes:
        path: the file, absolute; empty for Hydra's built-in configs.
        document: the file as read.
        body: its value without the defaults list.
        defaults: the parsed defaults list.
        package: the package its header names.
        shipped: whether it comes from the shipped conf folder.
        root: the source folder it was found in.
    """

    path: str
    document: Document
    body: Any
    defaults: tuple[Item, ...]
    package: str | None
    shipped: bool = False
    root: str = ""

    @property
    def span(self) -> Span:
        """The beginning of the file, for what has no better place."""
        return Span(self.path, 1, 1, 1, 1)

    @property
    def outside(self) -> bool:
        """Whether the real file lies outside the folder through which it was found."""
        real, root = os.path.realpath(self.path), os.path.realpath(self.root)
        return bool(self.path) and os.path.commonpath((real, root)) != root


class Source(Struct, frozen=True):
    """A folder on the search path."""

    folder: str
    shipped: bool = False


_PARSED: dict[tuple[str, int, int, bool], tuple[Document, Any, tuple[Item, ...]]] = {}
"""What each file says, by path, time of change (ns), size and whether the rules of version base 1.1 hold."""


MAX_READS: Final = 3
"""How often a file is read that changes meanwhile."""


def _parsed(path: str, legacy: bool = False) -> tuple[Document, Any, tuple[Item, ...]]:
    state = _state(path)
    key = (*state, legacy)
    if key not in _PARSED:
        document, state = _read_whole(path, state)
        key = (*state, legacy)
        body = document.value
        defaults: tuple[Item, ...] = ()
        if "${" in document.text:
            _check_interpolations(document, document.value, ())
        if document.readable and isinstance(body, dict) and "defaults" in body:
            body = {name: value for name, value in body.items() if name != "defaults"}
            defaults = parse_defaults(document, legacy)
        _PARSED[key] = (document, body, defaults)
    return _PARSED[key]


def _state(path: str) -> tuple[str, int, int]:
    tried = stand_in.state_of(path)
    if tried is not None:
        return path, *tried
    try:
        status = os.stat(path)
    except OSError as error:
        raise refuse(f"the file cannot be read: {error.strerror}", Span(path, 1, 1, 1, 1), "compose again") from None
    return path, status.st_mtime_ns, status.st_size


def _read_whole(path: str, after: tuple[str, int, int]) -> tuple[Document, tuple[str, int, int]]:
    """A file as it was from the first byte to the last. One that is written to meanwhile is read again."""
    for _ in range(MAX_READS):
        before = after
        try:
            document = read(path)
        except InputError as error:
            raise refuse(error.message, Span(path, 1, 1, 1, 1), "compose again") from None
        after = _state(path)
        if before == after:
            return document, after
    raise refuse("the file changes while it is read", Span(path, 1, 1, 1, 1), "compose again when it is written")


def _check_interpolations(document: Document, value: Any, path: ConfigPath) -> None:
    """Refuses a file in which a text is not a valid interpolation, as Hydra does when it reads it."""
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            _check_interpolations(document, child, (*path, key))
    elif interpolated(value):
        try:
            check(value)
        except GrammarError as error:
            mark = document.marks.get(path)
            message = f"{dotted(path)} holds no valid interpolation: {error}"
            raise refuse(
                message, mark.value if mark else None, "close the braces, or write \\${ for a plain ${"
            ) from None


def parsed_document(path: str) -> Document:
    """The document of a file, parsed at most once per process while the file stays as it is."""
    return _parsed(path)[0]


def defaults_of(path: str) -> tuple[Item, ...]:
    """The defaults list of a file, parsed with its document.

    Raises:
        Refused: when Hydra would refuse the file.
    """
    return _parsed(path)[2]


@cache
def installed_folder(dotted: str) -> str | None:
    """The folder of an installed package such as ``hydra.conf``. Its first name is looked up; nothing is imported."""
    head, _, rest = dotted.partition(".")
    try:
        spec = find_spec(head) if head else None
    except (ImportError, ValueError):
        return None
    locations = spec.submodule_search_locations if spec is not None else None
    folders = (Path(location, *rest.split(".")) if rest else Path(location) for location in locations or ())
    return next((str(folder) for folder in folders if folder.is_dir()), None)


def _built_in(name: str, unseen: bool) -> ConfigFile | None:
    defaults = BUILT_IN.get(name)
    if defaults is None and name in PLUGINS and (unseen or plugin_installed(name)):
        defaults = PLUGINS[name]
    if defaults is None:
        return None
    entries = tuple(Item(group=group, value=value) for group, value in defaults)
    return ConfigFile("", Document("", "", {}, {}, {}), {}, entries, None)


def plugin_installed(name: str) -> bool:
    """Whether the plugin of Hydra that brings a config of `PLUGINS` is installed; it is not imported."""
    return installed_folder(PACKAGES[name.rpartition("/")[0]]) is not None


def _joined(folder: str, name: str) -> str:
    """The path of a name in a folder. Where it climbs, links and what does not exist count as for Hydra."""
    path = os.path.join(folder, name)
    logical = os.path.normpath(path)
    if ".." not in name:
        return logical
    real = os.path.realpath(path)
    return logical if os.path.realpath(logical) == real else real


class Repository:
    """Finds configs and groups along a search path. The first source that has one wins.

    Attributes:
        legacy: the rules of version base 1.1 hold, which take ``.yml`` files by their whole name.

    Args:
        sources: the folders to look in.
        unseen: take the known plugins of Hydra as there, whether they are installed here or not.
    """

    def __init__(self, sources: list[Source], legacy: bool = False, *, unseen: bool = False) -> None:
        self.legacy = legacy
        self._unseen = unseen
        self._endings = (".yaml", ".yml") if legacy else (".yaml",)
        self._own = installed_folder("hydra.conf")
        self._sources = [Source(self._own), *sources] if self._own else list(sources)
        self._files: dict[str, ConfigFile | None] = {}
        self._groups: dict[str, bool] = {}
        self.findings: list[Finding] = []

    def add(self, sources: list[Source]) -> None:
        """Appends folders to the search path. What was already found keeps its place."""
        self._sources.extend(sources)
        self._files = {name: file for name, file in self._files.items() if file is not None}
        self._groups.clear()

    @property
    def place(self) -> str | None:
        """The first folder, for what is found in none."""
        return next((shown(source.folder) for source in self._sources if source.folder != self._own), None)

    @property
    def shadows_hydra(self) -> bool:
        """Whether a file takes the place of a config that Hydra keeps in code."""
        folders = (source.folder for source in self._sources if source.folder != self._own)
        if not any(os.path.isdir(os.path.join(folder, "hydra")) for folder in folders):
            return False
        return any((file := self.load(name)) is not None and bool(file.path) for name in BUILT_IN if "/" in name)

    @property
    def files(self) -> list[ConfigFile]:
        """Every file found so far, in the order of first use, Hydra's own left out."""
        return [file for file in self._files.values() if file is not None and file.path and file.root != self._own]

    def load(self, name: str) -> ConfigFile | None:
        """The config of that name, or None."""
        if name not in self._files:
            self._files[name] = self._find(name)
        return self._files[name]

    def _find(self, name: str) -> ConfigFile | None:
        file_name = name if name.endswith(self._endings) else name + ".yaml"
        for source in self._sources:
            if source.folder == self._own and not name.startswith("hydra/"):
                continue  # Hydra's own folder holds nothing else
            path = _joined(source.folder, file_name)
            if os.path.isfile(path):
                document, body, defaults = _parsed(path, self.legacy)
                if document.findings:
                    self.findings = list(dict.fromkeys((*self.findings, *document.findings)))
                package = document.header.get("package")
                return ConfigFile(path, document, body, defaults, package, source.shipped, source.folder)
        return _built_in(name, self._unseen)  # last of all, as in Hydra

    def is_group(self, name: str) -> bool:
        """Whether a folder of that name stands on the search path."""
        if name not in self._groups:
            self._groups[name] = name in GROUPS or any(
                os.path.isdir(os.path.join(source.folder, name)) for source in self._sources
            )
        return self._groups[name]

    def groups(self, above: str) -> list[str]:
        """The names of the groups in a group, or at the top, sorted."""
        found: set[str] = set()
        for source in self._sources:
            folder = os.path.join(source.folder, above)
            if os.path.isdir(folder):
                found.update(item.name for item in os.scandir(folder) if item.is_dir() and item.name[0] not in "._")
        return sorted(found)

    def options(self, group: str) -> list[str]:
        """The names of the configs in a group, sorted."""
        found: set[str] = set()
        for source in self._sources:
            folder = os.path.join(source.folder, group)
            if os.path.isdir(folder):
                names = (item for item in os.listdir(folder) if item.endswith(".yaml"))
                found.update(item[: -len(".yaml")] for item in names if os.path.isfile(os.path.join(folder, item)))
        return sorted(found)

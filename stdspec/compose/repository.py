"""The config files along a search path, each parsed once per process.

A source is a folder. Hydra's own configs (`hydra/…`) are a source, too, found without importing Hydra.
"""

# Paths are texts here: this runs for every config of every composition, and Path costs several times as much.
# ruff: noqa: PTH112, PTH113, PTH116, PTH118, PTH208

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from stdspec.compose.defaults_list import Item, parse_defaults
from stdspec.compose.interpolation import GrammarError, check, interpolated
from stdspec.compose.refusal import refuse
from stdspec.finding import Finding, Span
from stdspec.paths import ConfigPath, dotted
from stdspec.source.document import Document
from stdspec.source.reader import read

_BUILT_IN: Final[dict[str, tuple[tuple[str, str | None], ...]]] = {
    "hydra/config": (
        ("output", "default"),
        ("launcher", "basic"),
        ("sweeper", "basic"),
        ("help", "default"),
        ("hydra_help", "default"),
        ("hydra_logging", "default"),
        ("job_logging", "default"),
        ("callbacks", None),
        ("env", "default"),
    ),
    "hydra/launcher/basic": (),
    "hydra/sweeper/basic": (),
    "_dummy_empty_config_": (),
}
"""The configs that Hydra keeps in code rather than in files, with their defaults lists."""

_BUILT_IN_GROUPS: Final = frozenset(("hydra", "hydra/launcher", "hydra/sweeper"))


@dataclass(frozen=True, slots=True)
class ConfigFile:
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


@dataclass(frozen=True, slots=True)
class Source:
    """A folder on the search path."""

    folder: str
    shipped: bool = False


_PARSED: dict[tuple[str, int, int], tuple[Document, Any, tuple[Item, ...]]] = {}
"""What each file says, by path, time of change (ns) and size."""


def _parsed(path: str) -> tuple[Document, Any, tuple[Item, ...]]:
    status = os.stat(path)
    key = (path, status.st_mtime_ns, status.st_size)
    if key not in _PARSED:
        document = read(path)
        body = document.value
        defaults: tuple[Item, ...] = ()
        if "${" in document.text:
            _check_interpolations(document, document.value, ())
        if document.readable and isinstance(body, dict) and "defaults" in body:
            body = {name: value for name, value in body.items() if name != "defaults"}
            defaults = parse_defaults(document)
        _PARSED[key] = (document, body, defaults)
    return _PARSED[key]


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


@cache
def package_folder(name: str) -> str | None:
    """The folder of a dotted package such as ``hydra.conf``, found without importing more than its parent's parent."""
    head, _, rest = name.replace("/", ".").rstrip(".").partition(".")
    try:
        spec = find_spec(head)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0], *rest.split(".")) if rest else spec.submodule_search_locations[0]
    return str(folder)


class Repository:
    """Finds configs and groups along a search path. The first source that has one wins."""

    def __init__(self, sources: list[Source]) -> None:
        self._own = package_folder("hydra.conf")
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
    def files(self) -> list[ConfigFile]:
        """Every file found so far, in the order of first use, Hydra's own left out."""
        return [file for file in self._files.values() if file is not None and file.path and file.root != self._own]

    def load(self, name: str) -> ConfigFile | None:
        """The config of that name, or None."""
        if name not in self._files:
            self._files[name] = self._find(name)
        return self._files[name]

    def _find(self, name: str) -> ConfigFile | None:
        if name in _BUILT_IN:
            entries = tuple(Item(group=group, value=value) for group, value in _BUILT_IN[name])
            return ConfigFile("", Document("", "", {}, {}, {}), {}, entries, None)
        file_name = name if name.endswith(".yaml") else name + ".yaml"
        for source in self._sources:
            path = os.path.normpath(os.path.join(source.folder, file_name))
            if os.path.isfile(path):
                document, body, defaults = _parsed(path)
                self.findings.extend(item for item in document.findings if item not in self.findings)
                package = document.header.get("package")
                return ConfigFile(path, document, body, defaults, package, source.shipped, source.folder)
        return None

    def is_group(self, name: str) -> bool:
        """Whether a folder of that name stands on the search path."""
        if name not in self._groups:
            self._groups[name] = name in _BUILT_IN_GROUPS or any(
                os.path.isdir(os.path.join(source.folder, name)) for source in self._sources
            )
        return self._groups[name]

    def options(self, group: str) -> list[str]:
        """The names of the configs in a group, sorted."""
        found: set[str] = set()
        for source in self._sources:
            folder = os.path.join(source.folder, group)
            if os.path.isdir(folder):
                found.update(item[: -len(".yaml")] for item in os.listdir(folder) if item.endswith(".yaml"))
        return sorted(found)


def search_path(folders: Any, span: Span | None) -> list[Source]:
    """The sources that `hydra.searchpath` names. A folder that does not exist is passed over, as Hydra does.

    Raises:
        Refused: when it is not a list of texts.
    """
    if not isinstance(folders, list) or not all(isinstance(item, str) for item in folders):
        raise refuse("hydra.searchpath is not a list of texts", span, "write it as [folder, pkg://package.folder]")
    sources = []
    for item in folders:
        scheme, separator, rest = item.partition("://")
        if not separator:
            sources.append(Source(os.path.abspath(item)))
        elif scheme == "file":
            sources.append(Source(os.path.abspath(rest)))
        elif scheme == "pkg":
            folder = package_folder(rest)
            sources.extend([Source(folder)] if folder else [])
        else:
            raise refuse(
                f"hydra.searchpath names the scheme '{scheme}://', which is unknown", span, "use file:// or pkg://"
            )
    return sources

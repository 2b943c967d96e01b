"""One config file of a project, as rules about whole projects see it, and what can be selected from it.

What a file says is read when it is asked for: of most files an earlier run knows that no rule says anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from msgspec import Struct

from stdspec import resources
from stdspec.compose import entries
from stdspec.compose.defaults_list import Item
from stdspec.compose.repository import defaults_of
from stdspec.errors import ComposeError
from stdspec.finding import Span
from stdspec.paths import MISSING, ConfigPath, is_dir, is_file, select
from stdspec.source.document import Document, Mark


class File(Struct, frozen=True, dict=True):
    """One config file of a project. It is read when something of what it says is asked for.

    Attributes:
        path: the file, absolute.
        root: the config root it lies under; empty for a file outside of any.
        group: the folders between the root and the file, such as ``training/optimizer``.
        sources: the folders that its options are looked for in.
    """

    path: str
    root: str
    group: str
    sources: tuple[str, ...] = ()

    @cached_property
    def document(self) -> Document:
        """The file as read."""
        return entries.document(self.path)

    @cached_property
    def defaults(self) -> tuple[Item, ...]:
        """Its defaults list; empty where Hydra would refuse the list."""
        try:
            return defaults_of(self.path) if "defaults" in self.document.text else ()
        except ComposeError:
            return ()

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

    @property
    def chooses(self) -> bool:
        """Whether its defaults list selects an option of a group that is a folder of its root."""
        items = self.defaults if self.root and self.entries else ()
        return any(item.group is not None and has_group(self.root, self.group_of(item)) for item in items)

    @property
    def sets_hydra(self) -> bool:
        """Whether it has values at or below a key `hydra`, as it lies or as it is written."""
        value = self.document.value
        return (self.package or ())[:1] == ("hydra",) or (isinstance(value, dict) and "hydra" in value)

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


def files_of(paths: Iterable[str], roots: Mapping[str, bool]) -> Iterator[File]:
    """The files of these paths, each under the deepest of the config roots that holds it.

    Args:
        paths: the files, absolute.
        roots: the config roots, and whether the shipped options are seen from there.
    """
    known: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in known:
            known[folder] = _under(folder, roots)
        yield File(path, *known[folder])


def _under(folder: str, roots: Mapping[str, bool]) -> tuple[str, str, tuple[str, ...]]:
    """The root that a folder lies under, the group that it is there, and where options are looked for."""
    root = max((root for root in roots if folder == root or folder.startswith(f"{root}/")), key=len, default="")
    group = folder[len(root) + 1 :] if root else ""
    return root, group, (root, str(resources.conf())) if roots.get(root, True) else (root,)


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


def look_anew() -> None:
    """Forgets which groups and options there are."""
    for look in (has_group, _is_option, _options):
        look.cache_clear()

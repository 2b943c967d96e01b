"""One place in the defaults tree while it is walked: which config it selects, in which package, and who chose it.

The rules for groups and packages are Hydra's.
"""

from __future__ import annotations

from msgspec import Struct

from stdspec.compose.defaults_list import Item
from stdspec.compose.interpolation import interpolated
from stdspec.finding import Span

GLOBAL = "_global_"


class Choice(Struct, frozen=True):
    """Who selected a config.

    Attributes:
        span: the defaults entry or the override; None for a primary config.
        named: whether the user named it, see `Origin`.
        group: where the defaults entry names the group.
        option: where the defaults entry names the option.
    """

    span: Span | None
    named: bool = True
    group: Span | None = None
    option: Span | None = None

    @staticmethod
    def of(item: Item, named: bool) -> Choice:
        """The choice that an item of a defaults list makes."""
        return Choice(item.span, named, item.group_span, item.option_span)


class Default(Struct):  # not frozen: the walk moves it down the tree and changes its option
    """An entry of a defaults list at its place in the tree. It has a `group` with a `value`, or a `path`.

    Attributes:
        base: the group of the file the entry stands in.
        parent_package: the package of that file.
        header: the package that the selected file's header names, absolute.
        external: appended on the command line.
        legacy: follows the rules of version base 1.1, which know ``_group_`` in headers and ``_name_`` in packages.
        group_path: the group from the root of the search path, such as ``training/optimizer``; see `enter`.
    """

    choice: Choice
    group: str | None = None
    value: str | tuple[str, ...] | None = None
    path: str | None = None
    package: str | None = None
    optional: bool = False
    override: bool = False
    base: str = ""
    parent_package: str = ""
    header: str | None = None
    primary: bool = False
    external: bool = False
    dropped: bool = False
    legacy: bool = False
    group_path: str = ""
    _key: str | None = None

    @classmethod
    def of(cls, entry: Item, choice: Choice, legacy: bool = False) -> Default:
        """The default that an entry stands for."""
        words = (entry.package, entry.optional, entry.override)
        return cls(choice, entry.group, entry.value, entry.path, *words, legacy=legacy)

    @property
    def is_self(self) -> bool:
        """Whether it stands for the file it is written in."""
        return self.path == "_self_" or (self.group is not None and self.value == "_self_")

    @property
    def name(self) -> str | None:
        """The selected config's name within its group."""
        if self.path is not None:
            return self.path.rpartition("/")[2]
        return self.value if isinstance(self.value, str) else None

    def _group_path(self) -> str:
        written = self.group if self.group is not None else self._path_group
        absolute = (self.group or self.path or "").startswith("/")
        written = written.removeprefix("/")
        if absolute or not self.base:
            return written
        return f"{self.base}/{written}" if written else self.base

    @property
    def written_below(self) -> str | None:
        """The group as it is written, where it is looked for below the group of the file; None for any other."""
        return self.group if self.base and self.group is not None and not self.group.startswith("/") else None

    @property
    def _path_group(self) -> str:
        return (self.path or "").removeprefix("/").rpartition("/")[0]

    @property
    def config_path(self) -> str:
        """The selected config from the root of the search path, such as ``training/optimizer/adamw``."""
        if self.group is not None:
            return f"{self.group_path}/{self.value}"
        path = self.path or ""
        if path.startswith("/"):
            return path[1:]
        return f"{self.base}/{path}" if self.base else path

    @property
    def missing(self) -> bool:
        """Whether the choice is left open with ``???``."""
        return self.name == "???"

    @property
    def open_reference(self) -> bool:
        """Whether the option depends on other choices: ``${db}_${server}``."""
        return interpolated(self.value) if self.group is not None else interpolated(self.config_path)

    def enter(self, base: str, parent_package: str) -> None:
        """Puts the default below a file of group `base` in package `parent_package`."""
        self.base, self.parent_package = base, parent_package
        self.group_path, self._key = self._group_path(), None
        if self.package is not None and "_group_" in self.package:
            self.package = f"{GLOBAL}." + self.package.replace("_group_", self._default_package)

    def take_header(self, package: str | None) -> None:
        """Notes the package that the selected file's header names; it is always absolute."""
        if package is None or (self.legacy and package == "_group_"):
            return
        if package != GLOBAL and not package.startswith(f"{GLOBAL}."):
            package = f"{GLOBAL}.{package}" if package else GLOBAL
        self.header = package.replace("_group_", self._default_package) if self.legacy else package

    @property
    def _default_package(self) -> str:
        return self.group_path.replace("/", ".")

    def final_package(self, with_header: bool = True) -> str:
        """The dotted package in which the selected config goes; the empty text is the top."""
        package = self.package
        if package is None and with_header:
            package = self.header
        if package is None:
            relative = self.group.removeprefix("/") if self.group is not None else self._path_group
            package = relative.replace("/", ".")
        if self.legacy and self.name is not None:
            package = package.replace("_name_", self.name)
        full = ".".join(part for part in (self.parent_package, package) if part)
        at = full.rfind(GLOBAL)
        return full if at < 0 else full[at + len(GLOBAL) + 1 :]

    @property
    def key(self) -> str:
        """What an override calls it: the group, with ``@package`` where that is not the usual one."""
        if self._key is None or self.legacy:  # in old rules the package may hold the option's name
            self._key = self._written_key()
        return self._key

    def _written_key(self) -> str:
        package = self.final_package(with_header=False)
        if package == self._default_package:
            return self.group_path
        return f"{self.group_path}@{package or GLOBAL}"

    def __str__(self) -> str:
        if self.group is None:
            return self.config_path
        value = f"[{', '.join(self.value)}]" if isinstance(self.value, tuple) else self.value
        return f"{self.key}: {'null' if value is None else value}"

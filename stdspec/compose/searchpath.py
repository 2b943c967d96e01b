"""The search path beyond the config folder: the entries of `hydra.searchpath`, and the folders they stand for.

`pkg://` is resolved to a folder without importing anything. `structured://` names configs that exist only while code
runs, and is never followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from stdspec.codes import SLUGS
from stdspec.compose.interpolation import interpolated
from stdspec.compose.override import Action, Override
from stdspec.compose.refusal import refuse
from stdspec.compose.repository import ConfigFile, Source, installed_folder
from stdspec.compose.resolve import MISSING_VALUE, Resolver, UnresolvableError
from stdspec.compose.rules import Rules
from stdspec.finding import Finding, Severity, Span

PATH = "hydra.searchpath"
_AT: Final = ("hydra", "searchpath")
COMPUTED: Final = "computed"
"""The scheme of an entry that only a resolver could say, where none may be called."""


class Entry(Struct, frozen=True):
    """One entry: its scheme (`file`, `pkg`, `structured`, `computed`), what follows it, and where it stands."""

    scheme: str
    name: str
    span: Span | None

    def folder(self, rules: Rules) -> str | None:
        """The folder it stands for; None for a package that is not found and for what is no folder."""
        if self.scheme == "file":
            return os.path.abspath(self.name)
        return package_folder(self.name, rules) if self.scheme == "pkg" else None

    def __str__(self) -> str:
        return self.name if self.scheme == COMPUTED else f"{self.scheme}://{self.name}"


def entries(primary: ConfigFile | None, overrides: Sequence[Override], rules: Rules) -> tuple[Entry, ...]:
    """The entries in force: those of the command line, else those of the primary config.

    Raises:
        Refused: when `hydra.searchpath` is not a list of texts, or names an unknown scheme.
    """
    for override in overrides:
        if is_in_force(override):
            texts = _texts(override.value, override.span)
            return tuple(_entry(item, override.span) for item in texts)
    value = named(primary.body) if primary is not None else None
    return _of_primary(primary, value, rules) if primary is not None and value is not None else ()


def is_in_force(override: Override) -> bool:
    """Whether an override says the search path: the first such one on the command line does."""
    return override.key == PATH and override.action is Action.CHANGE and override.package is None


def _of_primary(primary: ConfigFile, value: Any, rules: Rules) -> tuple[Entry, ...]:
    marks = primary.document.marks
    mark = marks.get(_AT)
    if interpolated(value) and rules.lint:
        return (Entry(COMPUTED, value, mark.value if mark else primary.span),)
    if not rules.lint and _calls(primary.body["hydra"]):
        value = _by_hydra(primary, mark.key if mark else primary.span)
    found = []
    for index, text in enumerate(_texts(value, mark.key if mark else primary.span)):
        place = marks.get((*_AT, index))
        found.append(_filled(text, index, primary.body, place.value if place else primary.span))
    return tuple(found)


def _filled(text: str, index: int, body: Any, span: Span) -> Entry:
    """An entry of a file, its references to other values of the file filled in."""
    if not interpolated(text):
        return _entry(text, span)
    try:
        value = Resolver(body).text_value(text, (*_AT, index))
    except UnresolvableError as error:
        if error.code == _NEEDS_RESOLVER:
            return Entry(COMPUTED, text, span)
        raise refuse(f"the entry {text} of hydra.searchpath cannot be filled in", span, error.message) from None
    return _entry(_texts([value], span)[0], span)


_NEEDS_RESOLVER: Final = "HYD004"
_CALL: Final = re.compile(r"\$\{[^}]*:")


def _calls(value: Any) -> bool:
    """Whether a resolver is called somewhere in a value."""
    if isinstance(value, dict | list):
        return any(_calls(child) for child in (value.values() if isinstance(value, dict) else value))
    return interpolated(value) and _CALL.search(value) is not None


def _by_hydra(primary: ConfigFile, span: Span) -> Any:
    from stdspec.compose import hydra_adapter

    try:
        return hydra_adapter.search_path(primary.body)
    except hydra_adapter.ReferenceRefusedError as error:
        raise refuse(f"hydra.searchpath cannot be filled in: {error}", span, "write the folders out") from None


def named(body: Any) -> Any:
    """What a config says about the search path, references to a whole list filled in; None when it says nothing."""
    value = body
    for depth, key in enumerate(_AT, start=1):
        value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and interpolated(value):
            try:
                value = Resolver(body).text_value(value, _AT[:depth])
            except UnresolvableError:
                return value
    return None if isinstance(value, str) and value == MISSING_VALUE else value


def sources(items: Sequence[Entry], rules: Rules) -> list[Source]:
    """The folders to look in. One that does not exist is passed over, as Hydra does.

    Raises:
        Refused: for configs that only code could give, unless they may be left out and reported.
    """
    for item in items:
        if item.scheme == "structured" and not rules.lint:
            remedy = "write these configs as YAML files, which stdspec freeze-configstore does"
            raise refuse(f"the configs of {item} exist only while code runs", item.span, remedy)
    return [Source(folder) for item in items if (folder := item.folder(rules)) is not None]


def unseen(items: Sequence[Entry], rules: Rules) -> Iterator[Finding]:
    """A finding for every entry whose configs cannot be seen without running code."""
    for item in items:
        if item.scheme == "structured":
            message = (
                f"{item} has code run to make configs; write them as YAML files, which stdspec freeze-configstore does"
            )
            yield Finding("HYD005", SLUGS["HYD005"], Severity.ERROR, message, PATH, item.span)
        elif item.scheme == "pkg" and item.folder(rules) is None:
            message = (
                f"the package of {item} is not found, so its configs are not seen; install it, "
                f"or name its folder in packages of the project's settings"
            )
            yield Finding("HYD014", SLUGS["HYD014"], Severity.WARNING, message, PATH, item.span)
        elif item.scheme == COMPUTED:
            message = f"a resolver computes {item}, so its configs are not seen; write the folder out"
            yield Finding("HYD014", SLUGS["HYD014"], Severity.WARNING, message, PATH, item.span)


def package_folder(name: str, rules: Rules) -> str | None:
    """The folder of a dotted package, from the settings or from where it is installed, found without importing it."""
    dotted = name.replace("/", ".").rstrip(".")
    folder = _of_settings(dotted, rules)
    return folder if folder is not None else installed_folder(dotted)


def _of_settings(dotted: str, rules: Rules) -> str | None:
    names = (package for package in rules.packages if dotted == package or dotted.startswith(f"{package}."))
    package = max(names, key=len, default=None)
    if package is None:
        return None
    return os.path.join(rules.packages[package], *dotted[len(package) :].strip(".").split("."))  # noqa: PTH118


def installed(item: Entry, rules: Rules) -> bool:
    """Whether it names a package that is not one of the project's settings."""
    return item.scheme == "pkg" and _of_settings(item.name.replace("/", ".").rstrip("."), rules) is None


def _texts(value: Any, span: Span | None) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item != MISSING_VALUE for item in value):
        raise refuse("hydra.searchpath is not a list of texts", span, "write it as [folder, pkg://package.folder]")
    return value


def _entry(text: str, span: Span | None) -> Entry:
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Entry("file", text, span)
    if scheme not in ("file", "pkg", "structured"):
        message = f"hydra.searchpath names the scheme '{scheme}://', which is unknown"
        raise refuse(message, span, "use file:// or pkg://")
    return Entry(scheme, rest, span)

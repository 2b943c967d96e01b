"""The search path beyond the config folder: the entries of `hydra.searchpath`, and the folders they stand for.

`pkg://` is resolved to a folder without importing anything. `structured://` names configs that exist only while code
runs, and is never followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stdspec.compose.override import Action, Override
from stdspec.compose.refusal import refuse
from stdspec.compose.repository import ConfigFile, Source, installed_folder
from stdspec.compose.rules import Rules
from stdspec.finding import Finding, Severity, Span

PATH = "hydra.searchpath"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its scheme (`file`, `pkg`, `structured`), what follows it, and where it stands."""

    scheme: str
    name: str
    span: Span | None

    def folder(self, rules: Rules) -> str | None:
        """The folder it stands for; None for a package that is not found and for what is no folder."""
        if self.scheme == "file":
            return os.path.abspath(self.name)
        return package_folder(self.name, rules) if self.scheme == "pkg" else None

    def __str__(self) -> str:
        return f"{self.scheme}://{self.name}"


def entries(primary: ConfigFile | None, overrides: Sequence[Override]) -> tuple[Entry, ...]:
    """The entries in force: those of the command line, else those of the primary config.

    Raises:
        Refused: when `hydra.searchpath` is not a list of texts, or names an unknown scheme.
    """
    for override in overrides:
        if override.key == PATH and override.action is Action.CHANGE:
            return tuple(_entry(item, override.span) for item in _texts(override.value, override.span))
    if primary is None:
        return ()
    marks = primary.document.marks
    mark = marks.get(("hydra", "searchpath"))
    texts = _texts(named(primary.body), mark.key if mark else None)
    places = (marks.get(("hydra", "searchpath", index)) for index in range(len(texts)))
    return tuple(
        _entry(text, place.value if place else primary.span) for text, place in zip(texts, places, strict=True)
    )


def named(body: Any) -> Any:
    """What a config says about the search path; None when it says nothing."""
    hydra = body.get("hydra") if isinstance(body, dict) else None
    return hydra.get("searchpath") if isinstance(hydra, dict) else None


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
            yield Finding("HYD005", "hydra-runs-code", Severity.ERROR, message, PATH, item.span)
        elif item.scheme == "pkg" and item.folder(rules) is None:
            message = (
                f"the package of {item} is not found, so its configs are not seen; install it, "
                f"or name its folder in packages of the project's settings"
            )
            yield Finding("HYD014", "unchecked-composition", Severity.WARNING, message, PATH, item.span)


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
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
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

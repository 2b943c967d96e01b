"""What Hydra allows and stdspec does not: running code through `hydra.*` settings, and files outside the project."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from stdspec.codes import SLUGS
from stdspec.compose import hydra_code
from stdspec.compose.composition import Composition
from stdspec.compose.node import Step
from stdspec.compose.override import Override
from stdspec.compose.repository import installed_folder
from stdspec.compose.rules import Rules
from stdspec.compose.searchpath import Entry, installed, unseen
from stdspec.finding import COMMAND_LINE, Finding, Severity, Span
from stdspec.paths import ConfigPath, dotted, shown
from stdspec.settings import Settings


def policy_findings(result: Composition, settings: Settings) -> list[Finding]:
    """HYD005, HYD006 and HYD014 for the files of a composition."""
    found: list[Finding] = []
    for override in result.overrides:
        found.extend(code_through_override(override))
    for step in result.steps:
        found.extend(_code_through_hydra(step))
        found.extend(_outside(step, settings))
    root = result.primary.root if result.primary else str(settings.root)
    found.extend(_outside_search_path(result.search, result.rules, settings, root))
    found.extend(unseen(result.search, result.rules))
    unique: dict[Finding, None] = dict.fromkeys(found)
    return list(unique)


def _code_through_hydra(step: Step) -> Iterator[Finding]:
    file = step.file
    if not file.path or not isinstance(file.body, dict) or file.root == installed_folder("hydra.conf"):
        return
    package = tuple(part for part in step.package.split(".") if part)
    wrapped: Any = file.body
    for part in reversed(package):
        wrapped = {part: wrapped}
    for path, fact in hydra_code.of_values(wrapped.get("hydra")):
        mark = file.document.marks.get(path[len(package) :])
        message = f"{fact} and is not taken from a file; remove it"
        yield _runs_code(message, path, mark.key if mark else file.span)


def code_through_override(override: Override) -> Iterator[Finding]:
    """HYD005 for an override through which Hydra would run code."""
    if override.key.startswith(("hydra.", "hydra/")) or override.key == "hydra":
        for path, fact in hydra_code.of_override(override.key, override.value):
            message = f"{fact} and is not taken from the command line either; leave it out"
            yield _runs_code(message, path, override.span)


def _runs_code(message: str, path: ConfigPath, span: Span) -> Finding:
    return Finding("HYD005", SLUGS["HYD005"], Severity.ERROR, message, dotted(path), span)


def inside(path: str, *folders: str) -> bool:
    """Whether the real file at a path lies in one of the folders."""
    real = os.path.realpath(path)
    return any(os.path.commonpath((real, folder)) == folder for folder in map(os.path.realpath, folders))


def _outside(step: Step, settings: Settings) -> Iterator[Finding]:
    file = step.file
    if file.path and not _lies_inside(file.path, id(file.document), file.root, str(settings.root)):
        message = (
            f"this selects {shown(file.path)}, which lies outside the project; copy the file into the config folder"
        )
        yield Finding("HYD006", SLUGS["HYD006"], Severity.ERROR, message, "", step.default.choice.span or file.span)


@lru_cache(maxsize=65_536)
def _lies_inside(path: str, _document: int, *folders: str) -> bool:
    """`inside`, asked once for every reading of a file; the repository keeps each document, so its identity is its."""
    return inside(path, *folders)


def leads_outside(path: str) -> Finding:
    """The finding about a file that really lies outside the project: about all of it, for none of its text is shown."""
    message = "this leads to a file outside the project; put a copy in its place"
    return Finding("HYD006", SLUGS["HYD006"], Severity.ERROR, message, "", Span(path, 1, 1, 1, 1))


def without_outsiders(findings: Sequence[Finding], *folders: str) -> list[Finding]:
    """The findings with those in files outside the folders replaced by one that says only so.

    What an outside file says could be a secret of the machine, and findings end in logs.
    """
    kept: dict[Finding, None] = {}
    for item in findings:
        out = item.span is not None and item.span.file != COMMAND_LINE and not inside(item.span.file, *folders)
        kept[leads_outside(item.span.file) if out and item.span else item] = None
    return list(kept)


def _outside_search_path(search: Sequence[Entry], rules: Rules, settings: Settings, root: str) -> Iterator[Finding]:
    """HYD006 for the entries of a file that lead out of the project; what is installed may be named."""
    for item in search:
        own_word = item.span is not None and item.span.file == COMMAND_LINE
        folder = None if own_word or installed(item, rules) else item.folder(rules)
        if folder is not None and not inside(folder, str(settings.root), root):
            message = f"the search path {item} lies outside the project; copy its files into the config folder"
            yield Finding("HYD006", SLUGS["HYD006"], Severity.ERROR, message, "hydra.searchpath", item.span)


def value_findings(overrides: Sequence[Override]) -> list[Finding]:
    """YML004 and YML005 for values that come from the command line."""
    return [finding for override in overrides for finding in _of_value(override.value, override.key, override.span)]


def _of_value(value: Any, path: str, span: Span) -> Iterator[Finding]:
    if isinstance(value, float) and not math.isfinite(value):
        message = f"{value} is not a finite number; write a number or null"
        yield Finding("YML005", SLUGS["YML005"], Severity.ERROR, message, path, span)
    elif isinstance(value, list):
        for child in value:
            yield from _of_value(child, path, span)
    elif isinstance(value, dict):
        for key, child in value.items():
            if not isinstance(key, str):
                message = f"key {key} is not a text; quote it"
                yield Finding("YML004", SLUGS["YML004"], Severity.ERROR, message, path, span)
            yield from _of_value(child, path, span)

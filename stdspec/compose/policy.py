"""What Hydra allows and stdspec does not: running code through `hydra.*` settings, and files outside the project."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

from stdspec.compose.override import Override
from stdspec.compose.repository import ConfigFile, package_folder
from stdspec.compose.walk import Step
from stdspec.finding import COMMAND_LINE, Finding, Severity, Span
from stdspec.paths import ConfigPath, dotted, shown
from stdspec.settings import Settings

RUNS_CODE: Final = ("job_logging", "hydra_logging", "callbacks", "launcher", "sweeper")
"""The keys of `hydra:` through which a config file can have code run."""


def policy_findings(steps: Sequence[Step], primary: ConfigFile | None, settings: Settings) -> list[Finding]:
    """HYD005 and HYD006 for the files of a composition."""
    found: list[Finding] = []
    for step in steps:
        found.extend(_code_through_hydra(step))
        found.extend(_outside(step, settings))
    if primary is not None:
        found.extend(_outside_search_path(primary, settings))
    unique: dict[Finding, None] = dict.fromkeys(found)
    return list(unique)


def _code_through_hydra(step: Step) -> Iterator[Finding]:
    file = step.file
    if not file.path or not isinstance(file.body, dict) or file.root == package_folder("hydra.conf"):
        return
    package = tuple(part for part in step.package.split(".") if part)
    wrapped: Any = file.body
    for part in reversed(package):
        wrapped = {part: wrapped}
    hydra = wrapped.get("hydra")
    for key in RUNS_CODE:
        if isinstance(hydra, dict) and hydra.get(key):
            path: ConfigPath = ("hydra", key)
            mark = file.document.marks.get(path[len(package) :])
            span = mark.key if mark else file.span
            message = (
                f"hydra.{key} can have code run and is not taken from a file; remove it, or set it on the command line"
            )
            yield Finding("HYD005", "hydra-runs-code", Severity.ERROR, message, dotted(path), span)


def inside(path: str, *folders: str) -> bool:
    """Whether the real file at a path lies in one of the folders."""
    real = os.path.realpath(path)
    return any(os.path.commonpath((real, os.path.realpath(folder))) == os.path.realpath(folder) for folder in folders)


def _outside(step: Step, settings: Settings) -> Iterator[Finding]:
    file = step.file
    if file.path and not inside(file.path, file.root, str(settings.root)):
        message = (
            f"this selects {shown(file.path)}, which lies outside the project; copy the file into the config folder"
        )
        yield Finding("HYD006", "outside-project", Severity.ERROR, message, "", step.default.choice.span or file.span)


def leads_outside(path: str) -> Finding:
    """The finding about a file that really lies outside the project. It has no span: no line of it is to be shown."""
    message = f"{shown(path)} leads to a file outside the project; put a copy in its place"
    return Finding("HYD006", "outside-project", Severity.ERROR, message)


def without_outsiders(findings: Sequence[Finding], *folders: str) -> list[Finding]:
    """The findings with those in files outside the folders replaced by one that says only so.

    What an outside file says could be a secret of the machine, and findings end in logs.
    """
    kept: dict[Finding, None] = {}
    for item in findings:
        out = item.span is not None and item.span.file != COMMAND_LINE and not inside(item.span.file, *folders)
        kept[leads_outside(item.span.file) if out and item.span else item] = None
    return list(kept)


def _outside_search_path(primary: ConfigFile, settings: Settings) -> Iterator[Finding]:
    hydra = primary.body.get("hydra")
    folders = hydra.get("searchpath") if isinstance(hydra, dict) else None
    for index, folder in enumerate(folders if isinstance(folders, list) else ()):
        text = str(folder).removeprefix("file://")
        if text.startswith("pkg://") or inside(os.path.abspath(text), str(settings.root), primary.root):
            continue
        mark = primary.document.marks.get(("hydra", "searchpath", index))
        message = f"the search path {folder} lies outside the project; copy its files into the config folder"
        yield Finding(
            "HYD006",
            "outside-project",
            Severity.ERROR,
            message,
            "hydra.searchpath",
            mark.value if mark else primary.span,
        )


def value_findings(overrides: Sequence[Override]) -> list[Finding]:
    """YML004 and YML005 for values that come from the command line."""
    return [finding for override in overrides for finding in _of_value(override.value, override.key, override.span)]


def _of_value(value: Any, path: str, span: Span) -> Iterator[Finding]:
    if isinstance(value, float) and not math.isfinite(value):
        message = f"{value} is not a finite number; write a number or null"
        yield Finding("YML005", "non-finite-number", Severity.ERROR, message, path, span)
    elif isinstance(value, list):
        for child in value:
            yield from _of_value(child, path, span)
    elif isinstance(value, dict):
        for key, child in value.items():
            if not isinstance(key, str):
                message = f"key {key} is not a text; quote it"
                yield Finding("YML004", "non-string-key", Severity.ERROR, message, path, span)
            yield from _of_value(child, path, span)

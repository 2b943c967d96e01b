"""Which entry points a changed file reaches: those that read it, as the defaults lists say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from stdspec.compose import entries, files_read
from stdspec.errors import ComposeError
from stdspec.paths import exists, is_dir
from stdspec.settings import Settings
from stdspec.standard import beside


def entry_points(changed: Sequence[str], settings_of: Callable[[str], Settings]) -> Iterator[entries.Entry]:
    """The entry points that changed files reach, each once.

    A config reaches those that read it. What every spec rests on, the project's settings, its standards and its code,
    reaches all of the project. A composition that is refused may be so because of any change.

    Args:
        changed: the files; of a folder, every config in it.
        settings_of: the settings that hold where a file lies.

    Raises:
        InputError: for a file that is not there.
    """
    for path in changed:
        if not exists(path):
            raise entries.absent(path)
    files = [file for path in changed for file in entries.yaml_files(path, settings_of(path))]
    all_of = {settings_of(file).root for file in files if _rests_on(file, settings_of(file))}
    around = {_key(entry): entry for file in files for entry in _around(file, settings_of(file))}
    for entry in around.values():
        settings = settings_of(entry.config_dir)
        if settings.root in all_of or _reads(entry, frozenset(files), settings):
            yield entry


def _key(entry: entries.Entry) -> tuple[str, str, tuple[str, ...]]:
    return entry.config_dir, entry.config_name, entry.overrides


def _around(file: str, settings: Settings) -> Iterator[entries.Entry]:
    """The entry points that a file may reach: those of its config root, of the project's, and its own."""
    roots = {os.path.abspath(settings.root / settings.conf): None}
    above = entries.root_of(Path(file), settings)
    if above is not None:
        roots[str(above)] = None
    for root in roots:
        if is_dir(Path(root)):
            yield from entries.find(root, settings)
    if file.endswith(".yaml") and not _rests_on(file, settings):
        yield from entries.find(file, settings)


def _rests_on(file: str, settings: Settings) -> bool:
    """Whether every spec of a project rests on a file: its settings, its standards, its code."""
    return file == settings.file or file.endswith(".py") or beside.is_one(file, settings)


def _reads(entry: entries.Entry, files: frozenset[str], settings: Settings) -> bool:
    if entry.file in files:
        return True
    try:
        return bool(files & files_read(entry.config_dir, entry.config_name, entry.overrides, settings))
    except ComposeError:
        return True

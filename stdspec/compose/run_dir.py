"""`hydra.run.dir` on the command line of a single run: where its run folder goes. It is no part of the spec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from stdspec.compose.model import Composed
from stdspec.compose.override import Action, parse_all
from stdspec.compose.rules import version_of
from stdspec.compose.shipped import appended
from stdspec.errors import InputError
from stdspec.paths import MISSING, ConfigPath, dotted, select, shown
from stdspec.source.reader import read

KEY: Final = "hydra.run.dir"

_ONLY_ASKED: Final[dict[ConfigPath, str]] = {
    ("hydra", "run", "dir"): f"give it on the command line: {KEY}=FOLDER",
    ("hydra", "mode"): "a sweep is asked for on the command line: -m",
}
"""Settings of Hydra to how they are asked for."""


def taken(overrides: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The folder as written, or None, and the other overrides.

    Raises:
        InputError: when it is no text.
        ComposeError: when the override cannot be read.
    """
    own = [text for text in overrides if text.lstrip("+~").partition("=")[0] == KEY]
    if not own:
        return None, tuple(overrides)
    last = parse_all(own)[-1]
    if not isinstance(last.value, str) or not last.value or last.action is Action.DELETE:
        raise InputError(f"{KEY} is the folder of a run", last.text, f"write {KEY}=FOLDER")
    return last.value, tuple(text for text in overrides if text not in own)


def ignored(composed: Composed) -> list[str]:
    """What the primary config says of where or how Hydra runs, which only the command line decides here.

    Hydra would take it from there. A spec says what is run, and the same one is run by people with other folders.
    """
    data = _bytes_of(composed.entry)
    if data is None or b"hydra" not in data:  # the usual case
        return []
    document = read(composed.entry, data)
    told = []
    for path, remedy in _ONLY_ASKED.items():
        if select(document.value, path) is not MISSING and path in document.marks:
            line = document.marks[path].key.line
            told.append(f"{dotted(path)} in {shown(composed.entry)}:{line} is not acted on; {remedy}")
    return told


def _bytes_of(file: str) -> bytes | None:
    """The bytes of a file, or None where it cannot be read."""
    try:
        return Path(file).read_bytes()
    except OSError:
        return None


def filled(folder: str, config_dir: str, config_name: str, overrides: Sequence[str], version_base: str | None) -> str:
    """The folder with its references filled in by Hydra, which knows ``${now:…}`` and ``${hydra.job.…}``.

    Raises:
        InputError: when they cannot be.
    """
    if "${" not in folder:
        return folder
    from stdspec.compose import hydra_adapter

    try:
        shown = [*overrides, f"{KEY}='{folder}'"]
        return hydra_adapter.output_dir(config_dir, config_name, shown, appended(config_dir), version_of(version_base))
    except hydra_adapter.ReferenceRefusedError as error:
        raise InputError(f"{KEY} cannot be filled in: {error}", folder, "write the folder out") from None

"""`hydra.run.dir` on the command line of a single run: where its run folder goes. It is no part of the spec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from stdspec.compose.override import Action, parse_all
from stdspec.compose.rules import version_of
from stdspec.compose.shipped import appended
from stdspec.errors import InputError

KEY: Final = "hydra.run.dir"


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

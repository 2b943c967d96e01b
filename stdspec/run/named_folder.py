"""A run folder that the user names: it must be new, empty or an earlier run, for a run replaces its folder whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from stdspec.errors import InputError
from stdspec.paths import exists, is_dir, shown

_RUN: Final = frozenset({"report.json", "plan.json"})
_OF_HYDRA: Final = frozenset({"config.yaml", "hydra.yaml", "overrides.yaml"})
_REMEDY: Final = "name one that does not exist yet"


def check(folder: str) -> Path:
    """The folder, absolute, if a run may become it.

    Raises:
        InputError: when something would be lost: it holds other files, or is what the command works in.
    """
    place = Path(os.path.abspath(folder))
    if not exists(place):
        return place
    if not is_dir(place):
        raise InputError("the run folder is to be there, and this is a file", shown(place), _REMEDY)
    if Path.cwd().is_relative_to(place):
        raise InputError("this is the folder that the command works in, and a run replaces its own", ".", _REMEDY)
    names = {item.name for item in place.iterdir()}
    if names and not names >= _RUN and len(names) != len(hydras(place)):
        raise InputError("this folder holds other files, and a run replaces its folder whole", shown(place), _REMEDY)
    return place


def carry(final: Path, aside: Path) -> None:
    """Keep what Hydra wrote about a point into the folder that the run is about to replace."""
    for folder in hydras(final) if final.is_dir() else ():
        if not (aside / folder.name).exists():
            shutil.copytree(folder, aside / folder.name)


def hydras(folder: Path) -> list[Path]:
    """The folders in a folder that Hydra wrote: its own config, that of the job, and the overrides."""
    inner = (item for item in folder.iterdir() if item.is_dir() and not item.is_symlink())
    return [item for item in inner if {file.name for file in item.iterdir()} == _OF_HYDRA]

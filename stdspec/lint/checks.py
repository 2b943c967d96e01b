"""Runs one rule by its code, for whoever judges a clause that names it, and finds the settings of a place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from stdspec import settings as project
from stdspec.compose.model import Composed
from stdspec.lint import catalog
from stdspec.paths import is_dir
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def rule_check(code: str, spec: Composed, settings: Settings | None = None) -> Sequence[Fault]:
    """The faults that the rule of a code finds on a spec; what could not be checked is left out.

    Args:
        code: the rule's code.
        spec: the spec.
        settings: the project's; those that hold where the spec's entry file lies when None.

    Raises:
        KeyError: when no rule has the code.
    """
    found = catalog.load(code).check(spec, settings or settings_at(spec.entry))
    return [item for item in found if not item.note]


def settings_at(path: str) -> Settings:
    """The settings that hold where a file or a folder lies."""
    full = Path(os.path.abspath(path))
    return _settings_of(full if is_dir(full) else full.parent, str(Path.cwd()))


@lru_cache(maxsize=256)
def _settings_of(folder: Path, _working: str) -> Settings:
    """The settings of a folder, which may depend on the working directory."""
    return project.load(folder)

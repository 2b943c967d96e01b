"""Finds what ships beside the code: `schemas/` and `conf/`.

In a wheel they lie in `stdspec/_shipped`; in an editable install they stand at the repository root.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from stdspec.errors import Bug

_PACKAGE = Path(__file__).resolve().parent


@cache
def _folder(name: str) -> Path:
    for root in (_PACKAGE / "_shipped", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise Bug(f"the installation lacks its {name}/ folder", remedy="install stdspec again")


def schemas() -> Path:
    """The folder of the JSON Schemas."""
    return _folder("schemas")


def conf() -> Path:
    """The folder of the shipped config groups."""
    return _folder("conf")


def packs() -> Path:
    """The folder of the shipped standards."""
    return _PACKAGE / "standard" / "packs"


def project() -> Path:
    """The folder of the files that a new project begins with."""
    return _PACKAGE / "templates" / "project"

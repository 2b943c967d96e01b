"""The files that judging rests on besides the specs: standards and their lock, waivers, approvals, signatures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stdspec.paths import is_file
from stdspec.settings import Settings
from stdspec.standard import lock, papers
from stdspec.standard.load import FOLDER

_AT_THE_ROOT: Final = (lock.NAME, papers.FILES[papers.WAIVERS], papers.FILES[papers.APPROVALS])


def files(settings: Settings) -> list[Path]:
    """Those that are there, in order; what people say of clauses is none, for no verdict rests on it."""
    standards, left_out = settings.root / FOLDER, settings.root / papers.FILES[papers.FEEDBACK]
    found = [path for path in (sorted(standards.rglob("*.yaml")) if standards.is_dir() else ()) if path != left_out]
    found += [settings.root / name for name in _AT_THE_ROOT if is_file(settings.root / name)]
    return found + sorted(set(_signed(settings)))


def is_one(path: str, settings: Settings) -> bool:
    """Whether a file is one on which every spec of a project rests."""
    root = os.path.abspath(settings.root)
    named = (os.path.join(root, name) for name in _AT_THE_ROOT)  # noqa: PTH118 - paths are texts here
    if path == os.path.join(root, papers.FILES[papers.FEEDBACK]):  # noqa: PTH118
        return False
    return path.startswith(os.path.join(root, FOLDER, "")) or path in named  # noqa: PTH118


def _signed(settings: Settings) -> Iterator[Path]:
    """The allowed signers, and the signatures that waivers and approvals name."""
    if settings.allowed_signers is None:
        return
    named = [settings.allowed_signers]
    for kind in (papers.WAIVERS, papers.APPROVALS):
        entries = papers.paper(kind, settings).entries
        named += [entry.value["signature"] for entry in entries if "signature" in entry.value]
    yield from (settings.root / name for name in named if is_file(settings.root / name))

"""What is installed here: the code of stdspec itself and the versions of packages, found without importing anything.

Every run asks for both, a run from the store for hardly more, so they are found by a look at folders. What is unusual
is left to `importlib.metadata`, whose import alone takes longer.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from stdspec.digest import digest

TICK: Final = 2_000_000_000
"""How long a file must have been left alone for its state to be trusted, in ns: the coarsest clocks count by 2 s."""

_PACKAGE: Final = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH120 - walked as text
_COMPILED: Final = "__pycache__"
_METADATA: Final = (".dist-info", ".egg-info")
_SEPARATORS: Final = re.compile(r"[-_.]+")
_HEAD: Final = 8192
"""Bytes of a METADATA file in which its version stands: name and version come first."""


@cache
def code() -> str | None:
    """The digest of the state of every file of stdspec; None where one has only just been changed.

    A state is size, times of change and number in the file system: git trusts as much, and Python, when it takes
    compiled code for its source, trusts less. A file that was changed within one tick of the clock could change again
    and show the same state, so nothing is said of it.
    """
    states = dict(_states(_PACKAGE))
    newest = max(max(state[1:3]) for state in states.values())
    return digest([sys.version, sorted(states.items())]) if time.time_ns() - newest > TICK else None


def version(distribution: str) -> str | None:
    """The version of an installed distribution as its metadata has it; None when it is not installed."""
    known = _known(tuple(sys.path))
    name = _normal(distribution)
    if name in known:
        return _said(known[name]) or _asked(distribution)
    packed = any(os.path.isfile(path) for path in sys.path)  # noqa: PTH113 - an archive may hold it
    return _asked(distribution) if packed else None


@lru_cache(maxsize=4)
def _known(paths: tuple[str, ...]) -> Mapping[str, str]:
    """Normal name to the folder of the metadata, of every distribution on an import path; the first one counts."""
    found: dict[str, str] = {}
    for path in paths:
        try:
            names = os.listdir(path or ".")  # noqa: PTH208 - hundreds of names
        except OSError:
            continue
        for name in names:
            if name.endswith(_METADATA):
                found.setdefault(_normal(name.rpartition(".")[0].partition("-")[0]), f"{path or '.'}/{name}")
    return found


@cache
def _said(folder: str) -> str | None:
    """The version in a folder of metadata; None where it does not stand in the usual place."""
    try:
        with open(f"{folder}/METADATA", "rb") as stream:
            head = stream.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return None
    found = re.search(r"^Version:[ \t]*(\S+)[ \t]*$", head.replace("\r\n", "\n").partition("\n\n")[0], re.MULTILINE)
    return found[1] if found else None


def _asked(distribution: str) -> str | None:
    """What Python's own library finds."""
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _normal(name: str) -> str:
    """A distribution's name in the one spelling that all of its spellings share."""
    return _SEPARATORS.sub("-", name).lower()


def _states(folder: str) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Each file below a folder, compiled ones left out, with its state."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != _COMPILED:
                    yield from _states(entry.path)
            else:
                found = entry.stat()
                yield entry.path, (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)

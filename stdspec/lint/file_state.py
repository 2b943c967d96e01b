"""What a cached finding rests on, as it stands on the disk: the digests of files, the names in folders, their states.

A file whose state is the one of an earlier run is not read again. Of a file that had just been changed when it was
read, the state is not trusted: another change within one tick of the file system's clock would not show in it.
"""

# Paths are texts here: this runs for every file of a project; Path takes several times as long.
# ruff: noqa: PTH116

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.compose.mains import SKIPPED
from stdspec.lint.memory import Quiet

State = tuple[int, int, int, int]
"""Size in bytes, time of change of the content and of the entry in ns, and the number in the file system."""

TICK: Final = 2_000_000_000
"""How long a file must have been left alone for its state to be trusted, in ns: the coarsest clocks count by 2 s."""

_NO_CONFIGS: Final = frozenset(("__pycache__", "node_modules", "outputs", "multirun", "site-packages"))
"""Folders in which nobody keeps the options of a group: what lies there may change at any time."""


class Seen(Struct, frozen=True, array_like=True):
    """A file, as it was seen.

    Attributes:
        digest: that of its bytes.
        targets: whether it names code.
        state: its state then; None where that cannot be trusted.
        quiet: what is known of it for rules about projects.
    """

    digest: bytes
    targets: bool
    state: State | None
    quiet: Quiet | None = None


class Files:
    """The files of a run, each looked at once.

    Attributes:
        fresh: the files that had to be read.
    """

    def __init__(self, before: Mapping[str, Seen]) -> None:
        """Takes what earlier runs saw."""
        self._before = before
        self._now: dict[str, Seen | None] = {}
        self.fresh: dict[str, Seen] = {}

    def seen(self, path: str) -> Seen | None:
        """A file as it is; None for one that is not there, or is reached through a link: where that leads counts."""
        if path not in self._now:
            self._now[path] = self._look(path)
        return self._now[path]

    def _look(self, path: str) -> Seen | None:
        try:
            found = os.lstat(path)
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        state = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        before = self._before.get(path)
        if before is not None and before.state == state:
            return before
        settled = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > TICK
        data = bytes_of(path)
        if data is None:
            return None
        digest = sha256(data).digest()
        quiet = before.quiet if before is not None and before.digest == digest else None
        seen = Seen(digest, b"_target_" in data, state if settled else None, quiet)
        self.fresh[path] = seen
        return seen


def bytes_of(path: str) -> bytes | None:
    """The bytes of a file, or None where it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return None


def layout(folder: str) -> str:
    """The names of all files under a folder of configs."""
    names: list[str] = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NO_CONFIGS and not _is_environment(path, name))
        names.extend(f"{path}/{name}" for name in (*folders, *sorted(files)))
    return "\n".join(names)


def _is_environment(path: str, name: str) -> bool:
    """Whether a folder is a virtual environment. A group of configs may have such a name, too."""
    return name in SKIPPED and os.path.exists(f"{path}/{name}/pyvenv.cfg")  # noqa: PTH110 - asked with a text


def states(folder: str, endings: tuple[str, ...], skipped: Iterable[str]) -> Iterator[str]:
    """The path, size and time of change of each file under a folder that has one of the endings."""
    left_out = frozenset(skipped)
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        yield from (state(f"{path}/{name}") for name in sorted(files) if name.endswith(endings))


def state(path: str) -> str:
    """The path, size and time of change of a file or folder; the path alone where nothing is there."""
    try:
        found = os.stat(path)
    except OSError:
        return path
    return f"{path} {found.st_size} {found.st_mtime_ns}"


class Folders:
    """Tells where folders really are; there are few, and each holds many files."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._real: dict[str, str] = {}

    def is_direct(self, below: str, folder: str) -> bool:
        """Whether a folder lies below another, or is it, without a link on the way."""
        inside = below == folder or below.startswith(f"{folder}{os.sep}")
        return inside and self._where(below) == self._where(folder) + below[len(folder) :]

    def _where(self, folder: str) -> str:
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        return self._real[folder]

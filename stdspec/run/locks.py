"""Locks of the system on files: they end with the process that holds them, however it ends.

A file that merely stands for a lock would outlive a kill, so a file system without locks is refused, not made do with.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from stdspec.errors import RunError
from stdspec.paths import shown

_NO_LOCKS: Final = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK})
"""How a file system says that it locks no files."""


@contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock on a file inside the block.

    The file stays: to remove one that others may wait for is only safe while it is held.

    Args:
        file: made with the folders above it where it is missing.
        wait: for whoever holds it now.

    Raises:
        filelock.Timeout: when somebody holds it and we do not wait.
        RunError: when the file system locks no files.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, blocking=wait, fallback_to_soft=False)
    try:
        lock.acquire()
    except OSError as error:
        if error.errno in _NO_LOCKS:
            raise _no_locks(file) from None
        raise
    try:
        yield
    finally:
        lock.release()


def is_locked(file: Path) -> bool:
    """Whether a living process holds this lock."""
    try:
        with locked(file, wait=False):
            return False
    except Timeout:
        return True


def removed(file: Path) -> bool:
    """Remove a lock file unless a living process holds it, and say so.

    It goes while we hold it, so that whoever waits for it notices and makes it anew.
    """
    try:
        with locked(file, wait=False):
            file.unlink(missing_ok=True)
            return True
    except Timeout:
        return False


def _no_locks(file: Path) -> RunError:
    remedy = "choose a folder on a disk of this machine, for the store with --store"
    return RunError("this file system cannot lock files, so runs could disturb each other", shown(file.parent), remedy)

"""Writing that outlives a kill and a power cut: beside its place, flushed to the disk, then renamed.

A rename is atomic, but it is on the disk only when the folder that holds the name has been flushed, too.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from stdspec import whole


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and return when it is on the disk.

    Raises:
        OSError: when it cannot be written; the file then holds the old bytes or the new ones.
    """
    whole.write(path, data, through=False)
    flush_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder within one folder, and return when that is on the disk."""
    source.rename(target)
    flush_folder(target.parent)


def make(folder: Path) -> Path:
    """Make a folder with the folders above it; the name of each new one is on the disk when this returns."""
    if not folder.is_dir():
        make(folder.parent)
        with suppress(FileExistsError):  # another process was faster
            folder.mkdir()
        flush_folder(folder.parent)
    return folder


def flush(folder: Path) -> None:
    """Flush every file and folder below `folder`, and itself, to the disk."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            with open(Path(parent, name), "rb") as stream:
                os.fsync(stream.fileno())
        flush_folder(Path(parent))


def flush_folder(folder: Path) -> None:
    """Flush a folder's own list of names to the disk, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, if it is there; what cannot be removed stays for later."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()

"""Files that are written whole or not at all: who opens one finds the old text or the new one, never a part."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def write(path: Path, data: bytes, *, through: bool = True) -> None:
    """Write a file whole or not at all.

    Args:
        path: the file; its folder is there.
        data: its bytes.
        through: whether a link is followed, and what is no file (a pipe, a device) written into; else the file takes
            its place.

    Raises:
        OSError: when it cannot be written; the file is then as it was.
    """
    if through and path.exists() and not path.is_file():  # before the link is followed: /dev/stdout may lead to no path
        path.write_bytes(data)
        return
    path = Path(os.path.realpath(path)) if through else path
    # Not made from the file's name, which may be as long as a name can be, and nobody's to guess: mode "x" follows no
    # link that waits under it.
    aside = path.with_name(f".stdspec-{os.urandom(8).hex()}")
    try:
        with open(aside, "xb") as stream:
            if path.is_file():
                _own_alike(stream.fileno(), path.stat())
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise


def _own_alike(descriptor: int, before: os.stat_result) -> None:
    """Gives a file the mode and, where that is allowed, the owner of the one whose place it will take."""
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, before.st_gid)

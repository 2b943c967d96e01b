"""Writes what a command made into a file that the user names: whole, or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from stdspec.errors import InputError
from stdspec.paths import exists, is_dir, shown


def write(path: Path, data: bytes, what: str) -> None:
    """Write a file whole or not at all; a link is followed, and what is no file (a pipe, a device) is written into.

    Args:
        path: the file.
        data: its bytes.
        what: what is written, for the message: ``the plan``.

    Raises:
        InputError: when it cannot be written.
    """
    path = Path(os.path.realpath(path))
    # Not made from the file's name, which may be as long as a name can be.
    aside = path.with_name(f".stdspec-{os.getpid()}")
    try:
        if exists(path) and not path.is_file():
            path.write_bytes(data)
            return
        with open(aside, "wb") as stream:
            if exists(path):
                _own_alike(stream.fileno(), path.stat())
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        if os.path.lexists(aside):
            aside.unlink()
        raise _cannot(path, error, what) from None


def _own_alike(descriptor: int, before: os.stat_result) -> None:
    """Gives a file the mode and, where that is allowed, the owner of the one whose place it will take."""
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, before.st_gid)


def _cannot(path: Path, error: OSError, what: str) -> InputError:
    fact = f"{what} cannot be written"
    if is_dir(path):
        return InputError(f"{fact}: this is a folder", shown(path), "name a file in it")
    if not exists(path.parent):
        return InputError(f"{fact}: there is no folder {shown(path.parent)}", shown(path), "make it, or name another")
    return InputError(f"{fact}: {error.strerror}", shown(path), "name a file that can be written")

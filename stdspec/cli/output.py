"""Writes what a command made into a file that the user names, and says in one sentence why it cannot."""

from __future__ import annotations

from pathlib import Path

from stdspec import whole
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
    try:
        whole.write(path, data)
    except OSError as error:
        raise _cannot(path, error, what) from None


def _cannot(path: Path, error: OSError, what: str) -> InputError:
    fact = f"{what} cannot be written"
    if is_dir(path):
        return InputError(f"{fact}: this is a folder", shown(path), "name a file in it")
    if not exists(path.parent):
        return InputError(f"{fact}: there is no folder {shown(path.parent)}", shown(path), "make it, or name another")
    return InputError(f"{fact}: {error.strerror}", shown(path), "name a file that can be written")

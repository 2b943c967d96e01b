"""The lines of a file as they stand now, for whoever shows them or looks something up in them."""

from __future__ import annotations

import os
from functools import lru_cache

from stdspec.finding import COMMAND_LINE
from stdspec.paths import MAX_BYTES as MAX_BYTES
from stdspec.paths import head
from stdspec.source import stand_in


def lines(file: str) -> tuple[str, ...]:
    """The lines that spans count; none where the file cannot be read (any more)."""
    if file == COMMAND_LINE:
        return ()
    data = stand_in.data_of(file)
    if data is not None:
        return tuple(data.decode("utf-8", "replace").replace("\r\n", "\n").splitlines())
    try:
        status = os.stat(file)  # noqa: PTH116 - asked for each excerpt; Path costs several times as much
        return _read(file, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        return ()


@lru_cache(maxsize=64)
def _read(file: str, changed: int, size: int) -> tuple[str, ...]:
    del changed, size  # a file that was written to is read again
    text = head(file, MAX_BYTES).decode("utf-8", "replace")
    return tuple(text.replace("\r\n", "\n").splitlines())

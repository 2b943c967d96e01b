"""What a cache knows the content of a file by."""

from __future__ import annotations

from pathlib import Path

from stdspec.source import stand_in


def stamp(path: Path) -> tuple[int, int]:
    """The time of change in ns and the size in bytes of a file, or of the text that stands in for it.

    Raises:
        OSError: when it is not there.
    """
    tried = stand_in.state_of(path)
    if tried is not None:
        return tried
    status = path.stat()
    return status.st_mtime_ns, status.st_size

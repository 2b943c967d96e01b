"""Counts the pickles in files that are handed out: opening one runs whatever code it names.

A file counts when Python's own pickle parser reads it to its end; archives are looked into.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from pathlib import Path
from typing import BinaryIO

_PROTO = b"\x80"
_MOST_DEPTH = 3


def count_in(path: Path) -> int:
    """The number of pickles in a file: itself, or the members of a zip archive."""
    with open(path, "rb") as stream:
        return _count(stream, _MOST_DEPTH)


def _count(stream: BinaryIO, depth: int) -> int:
    if depth and zipfile.is_zipfile(stream):
        with zipfile.ZipFile(stream) as archive:
            return sum(_count(io.BytesIO(archive.read(name)), depth - 1) for name in archive.namelist())
    stream.seek(0)
    return int(_is_pickle(stream))


def _is_pickle(stream: BinaryIO) -> bool:
    """Whether a pickle stands at the start; one of protocol 0 or 1, which has no mark, must also end the file.

    The parser only names opcodes and executes nothing. A first byte of 0x80 alone says little: a safetensors file whose
    header has 640 bytes begins with it, too.
    """
    marked = stream.read(1) == _PROTO
    stream.seek(0)
    opcodes = 0
    try:
        for _ in pickletools.genops(stream):
            opcodes += 1
    except (ValueError, OverflowError, MemoryError):
        return False
    return opcodes > 1 and (marked or not stream.read(1))

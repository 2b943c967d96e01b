"""Which language the configs under a folder are written in: ours, Hydra's, or that of Hydra 1.1.

Decided from the bytes of the files: to read each as YAML would take a hundred times as long.
"""

# Paths are texts here: this runs for every file of a config root, and Path costs several times as much.

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from stdspec.compose import entries
from stdspec.paths import MAX_BYTES
from stdspec.source import stand_in

_OURS: Final = b"stdspec"
_OLD: Final = (b"_group_", b"_name_")
_HEADER: Final = 4 * 512
"""Bytes within which Hydra looks for a header: that many characters of up to four bytes."""


_PIECE: Final = 64 * 1024
_READING: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened: a pipe that took its place meanwhile would keep us waiting."""


class Dialect(Struct, frozen=True):
    """What the config files under a folder say.

    Attributes:
        ours: whether one says anything of stdspec.
        old: whether a header says `_group_` or `_name_`, which nothing since Hydra 1.1 fills in; not looked for where
            the files are ours.
    """

    ours: bool
    old: bool = False


def under(root: str) -> Dialect:
    """The language of the YAML files under a config root; each is read at most once, those at the top first."""
    old = False
    for path in _files(root):
        data = _bytes_of(path)
        if _OURS in data and _names_us(data):
            return Dialect(True)
        start = data[:_HEADER]
        old = old or (any(word in start for word in _OLD) and _is_old(path))
    return Dialect(False, old)


def _files(root: str) -> Iterator[str]:
    """The YAML files under a folder, folder by folder; links to folders are not followed."""
    folders = [root]
    for folder in folders:
        try:
            with os.scandir(folder) as found:
                for item in found:
                    if item.is_dir(follow_symlinks=False):
                        folders.append(item.path)
                    elif item.name.endswith(".yaml") and item.is_file():
                        yield item.path
        except OSError:  # a folder that may not be read shows no configs
            continue


def _bytes_of(path: str) -> bytes:
    """The bytes of a file; none for one that cannot be read, or is larger than a config may be."""
    data = stand_in.data_of(path)
    try:
        data = _read(path) if data is None else data
    except OSError:
        return b""
    return data if len(data) <= MAX_BYTES else b""


def _read(path: str) -> bytes:
    """The first bytes of a file, one more than a config may have. Most files are small, and come in one piece."""
    descriptor = os.open(path, _READING)
    try:
        data = os.read(descriptor, _PIECE)
        while data and len(data) % _PIECE == 0 and len(data) <= MAX_BYTES and (more := os.read(descriptor, _PIECE)):
            data += more
        return data
    finally:
        os.close(descriptor)


def _names_us(data: bytes) -> bool:
    try:
        return entries.names_us(data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError:
        return False


def _is_old(path: str) -> bool:
    header = entries.document(path).header.get("package", "")
    return "_group_" in header or "_name_" in header

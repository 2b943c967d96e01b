"""Texts that stand in for files while it is tried out what they would give. Nothing is written.

Whoever reads a config file asks here first. Paths that lead to the same file through links mean the same text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Final

_TEXTS: Final[dict[str, tuple[int, bytes]]] = {}
_NUMBERS: Final = count(1)


@contextmanager
def standing_in(texts: Mapping[str, bytes]) -> Iterator[None]:
    """Has the bytes stand in for the files of these paths, and for no others, as long as it is open."""
    before = dict(_TEXTS)
    _TEXTS.clear()
    _TEXTS.update({os.path.realpath(path): (next(_NUMBERS), data) for path, data in texts.items()})
    try:
        yield
    finally:
        _TEXTS.clear()
        _TEXTS.update(before)


def data_of(path: str | os.PathLike[str]) -> bytes | None:
    """The bytes that stand in for a file; None where the file speaks for itself."""
    found = _found(path)
    return found[1] if found else None


def state_of(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """What a cache knows the bytes by, in the place of a file's time and size: no time is below zero."""
    found = _found(path)
    return (-found[0], len(found[1])) if found else None


def _found(path: str | os.PathLike[str]) -> tuple[int, bytes] | None:
    return _TEXTS.get(os.path.realpath(path)) if _TEXTS else None

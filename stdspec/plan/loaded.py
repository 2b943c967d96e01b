"""Tells whether the own code that ran is the code that a key covers: its sources are read before Python loads them.

Python keeps what it has loaded. A source that was the same before and just after it was loaded may be edited later,
while a long training runs, and the result is still that of the key. One that was edited in between may not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

DigestNow = Callable[[Path, str], str]


class _Source(Struct, frozen=True):
    """A source as this process read it for a key."""

    path: Path
    digest: str


_READ: dict[str, _Source] = {}
"""Own module to what was read of it."""
_HELD: set[str] = set()
"""The modules that Python holds as they were read."""
_OTHER: dict[str, Path] = {}
"""The modules that were found to be others when they were looked at, once they had been loaded."""


def read(module: str, path: Path, digest: str) -> None:
    """Note what a source was when it was read for a key."""
    _READ[module] = _Source(path, digest)
    _HELD.discard(module)
    _OTHER.pop(module, None)


def look(now: DigestNow) -> None:
    """Look at the sources of all own modules that have been loaded since the last look; call it after each import.

    Args:
        now: gives the digest of a source as it is now.
    """
    for module in _READ.keys() - _HELD - _OTHER.keys():
        if module in sys.modules:
            _judge(module, now)


def edited(modules: Collection[str], now: DigestNow) -> list[Path]:
    """The sources, of some modules, that are not what was read and that Python may have loaded so.

    Args:
        modules: their names; those that nobody read are passed over.
        now: gives the digest of a source as it is now.
    """
    look(now)
    for module in (_READ.keys() & set(modules)) - _HELD - _OTHER.keys():
        _judge(module, now)
    return sorted(path for module, path in _OTHER.items() if module in modules)


def _judge(module: str, now: DigestNow) -> None:
    source = _READ[module]
    with suppress(OSError):  # gone, or not to be read: not what it was
        if now(source.path, module) == source.digest:
            if module in sys.modules:
                _HELD.add(module)
            return
    _OTHER[module] = source.path

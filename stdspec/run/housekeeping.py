"""What `stdspec cache` does with a store: look whether it is sound, remove what nobody needs, say what an entry is.

All of it may be done while others use the store: what a living run has locked, got or put since it began stays.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from filelock import Timeout
from msgspec import Struct

from stdspec.digest import PREFIX
from stdspec.run import durable, entry, locks
from stdspec.run.entry import RECORD, DamagedError, Entry
from stdspec.run.store import Store

_ASIDE: Final = ".stdspec-*"
"""Files that are being written, wherever a store has any."""


class Damage(Struct, frozen=True):
    """An entry that cannot be used: its key, and why."""

    key: str
    reason: str


class Health(Struct, frozen=True):
    """What looking at every byte of a store found.

    Attributes:
        entries: how many there are, damaged ones among them.
        files: how many files the sound ones have.
        bytes: of those files.
        damaged: in the order of their keys.
    """

    entries: int
    files: int
    bytes: int
    damaged: tuple[Damage, ...]


class Removed(Struct, frozen=True):
    """Something that was removed, or would be.

    Attributes:
        kind: an entry, the progress of an unfinished node, or what a killed or repeated run left.
        key: the action key.
        bytes: its size.
    """

    kind: Literal["entry", "progress", "remnant"]
    key: str
    bytes: int


class Collected(Struct, frozen=True):
    """What was removed from a store.

    Attributes:
        removed: in the order in which it was removed.
        kept: the number of entries that stay.
        kept_bytes: their size.
        busy: how many were to go, but are in use.
    """

    removed: tuple[Removed, ...]
    kept: int
    kept_bytes: int
    busy: int


class _Item(Struct, frozen=True):
    """An entry or a folder of progress; `used` is when it was got, put or written last, in seconds."""

    kind: Literal["entry", "progress"]
    key: str
    place: Path
    bytes: int
    used: float


def keys(store: Store, prefix: str = "") -> list[str]:
    """The keys of all entries that begin with `prefix`, hex digits with or without ``sha256:``."""
    digits = prefix.removeprefix(PREFIX).lower()
    places = (store.root / "objects").glob("*/*/")
    return sorted(
        PREFIX + place.name for place in places if place.name.startswith(digits) and (place / RECORD).exists()
    )


def used(store: Store, key: str) -> float:
    """When an entry was got or put last, in seconds since 1970."""
    return (store.place(key) / RECORD).stat().st_mtime


def size(place: Path) -> int:
    """The bytes of all files below a place; what vanishes meanwhile counts nothing."""
    total = 0
    for path in [place, *place.rglob("*")]:
        with suppress(OSError):
            total += path.lstat().st_size if not path.is_dir() else 0
    return total


def verify(store: Store, *, repair: bool = False) -> Health:
    """Hash every file of every entry.

    Args:
        store: the store.
        repair: drop the entries that are damaged; their nodes run again when they are needed.
    """
    damaged, count, number, total = [], 0, 0, 0
    for key in keys(store):
        try:
            found = _looked_at(store, key, repair=repair)
        except DamagedError as error:
            damaged.append(Damage(key, str(error)))
            count += 1
            continue
        if found is not None:
            count += 1
            number += sum(path.is_file() for path in found.output.rglob("*"))
            total += size(found.output)
    return Health(count, number, total, tuple(damaged))


def _looked_at(store: Store, key: str, *, repair: bool) -> Entry | None:
    """A sound entry; None for one that went away meanwhile.

    Raises:
        DamagedError: when it is damaged. A second look under its lock makes sure that it was not being replaced.
    """
    with suppress(DamagedError, OSError):
        return entry.verified(key, store.place(key))
    with store.lock(key):
        try:
            return entry.verified(key, store.place(key))
        except (DamagedError, OSError) as error:
            if repair:
                store.drop(key)
            reason = f"it cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
            raise DamagedError(reason) from None


def collect(
    store: Store, now: float, *, older_than: float | None, keep_size: int | None, dry_run: bool = False
) -> Collected:
    """Remove what was not used for long, then the least recently used until the rest fits, and all remnants.

    Args:
        store: the store.
        now: the time, in seconds since 1970.
        older_than: seconds since the last use from which on something goes; None for no such limit.
        keep_size: the bytes that may stay; None for no such limit.
        dry_run: only say what would be removed.
    """
    others = Store(store.root).users()  # this process may be one of them
    since = min((_time(mark) for mark in others), default=math.inf)
    items = sorted([*_entries(store), *_progress(store)], key=lambda item: item.used)
    out, gone, busy = [], set[Path](), 0
    for item in _due(items, now, older_than, keep_size):
        if item.used >= since or not _remove(store, item, dry_run=dry_run):
            busy += 1
        else:
            gone.add(item.place)
            out.append(Removed(item.kind, item.key, item.bytes))
    out += _remnants(store, alone=not others, gone=gone, dry_run=dry_run)
    kept = [item.bytes for item in items if item.kind == "entry" and item.place not in gone]
    return Collected(tuple(out), len(kept), sum(kept), busy)


def _due(items: list[_Item], now: float, older_than: float | None, keep_size: int | None) -> Iterator[_Item]:
    """Of items in the order of their last use, those that are to go."""
    total = sum(item.bytes for item in items)
    for item in items:
        old = older_than is not None and now - item.used > older_than
        large = keep_size is not None and total > keep_size
        if old or large:
            total -= item.bytes
            yield item


def _entries(store: Store) -> Iterator[_Item]:
    for key in keys(store):
        place = store.place(key)
        with suppress(FileNotFoundError):
            yield _Item("entry", key, place, size(place), used(store, key))


def _progress(store: Store) -> Iterator[_Item]:
    for place in sorted((store.root / "progress").glob("*/")):
        newest = max(_time(path) for path in [place, *place.rglob("*")])
        yield _Item("progress", PREFIX + place.name, place, size(place), newest)


def _remove(store: Store, item: _Item, *, dry_run: bool) -> bool:
    """Remove one item, unless it is locked or was used since it was looked at; says whether it is gone."""
    try:
        with locks.locked(store.lock_file(item.key), wait=False):
            if item.kind == "progress":
                act: Callable[[str], None] = store.forget_progress
            elif used(store, item.key) == item.used:
                act = store.drop
            else:
                return False
            if not dry_run:
                act(item.key)
            return True
    except (Timeout, FileNotFoundError):
        return False


def _remnants(store: Store, *, alone: bool, gone: Iterable[Path], dry_run: bool) -> Iterator[Removed]:
    """What killed and repeated runs left; outputs that no record names may be in use unless we are alone."""
    for place in sorted(set((store.root / "objects").glob("*/*/")) - set(gone)):
        key = PREFIX + place.name
        try:
            with locks.locked(store.lock_file(key), wait=False):
                left = [*place.glob(".*"), *(store.superseded(key) if alone else ())]
                if left:
                    yield Removed("remnant", key, sum(map(size, left)))
                if not dry_run:
                    for path in left:
                        durable.remove(path)
                    with suppress(OSError):  # it holds an entry
                        place.rmdir()
        except Timeout:
            continue
    if alone and not dry_run:
        for path in [*store.root.glob(_ASIDE), *store.root.glob(f"last/{_ASIDE}")]:
            durable.remove(path)
        for file in store.root.glob("locks/*.lock"):
            locks.removed(file)


def _time(path: Path) -> float:
    """When a file was written last; the beginning of time when it is gone."""
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - one call for many files
    except FileNotFoundError:
        return 0.0

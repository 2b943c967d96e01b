"""The content-addressed store: the output and the records of every node that ever ran, found by action key.

An entry appears whole or not at all: its files are written in a folder of their own, flushed to the disk and renamed,
and the record that commits them is written last. Until then the old entry of that key stands. What does not match its
digests on reading is dropped, and its node runs again.

    objects/ab/<key>/   entry.json, output-<digest>/; beside them, names with a dot, what is being written
    progress/<key>/     what a node that was interrupted goes on from
    locks/, users/      files that the system locks: one a key, one a run at work
    last/, facts/       pointers to the newest entry of a node; what was found to be so
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from stdspec.digest import PREFIX, digest
from stdspec.evidence import Record
from stdspec.run import durable, entry
from stdspec.run.entry import RECORD, DamagedError, Entry
from stdspec.run.locks import locked, removed

_ASIDE: Final = "."
"""What a name begins with that nobody may rely on yet."""

_SMALL: Final = 8 << 20
"""Bytes of an entry that are hashed within a glance: some 10 ms."""


class Store:
    """A store in a folder. It is made on the first write; several processes may use it at once.

    Args:
        root: the folder.
        note: takes a plain sentence about what was found broken and mended.
    """

    def __init__(self, root: Path, note: Callable[[str], None] | None = None) -> None:
        self.root = root
        self._note = note or (lambda _: None)
        self._marks: set[Path] = set()

    def get(self, key: str) -> Entry | None:
        """The entry of a key, every file checked against its digest; None when there is none. Hold the key's lock.

        A damaged entry is dropped with a note. An entry that is found counts as used now.
        """
        place = self.place(key)
        try:
            found = entry.verified(key, place)
        except DamagedError as error:
            self._note(f"the store's entry {place.name[:12]} is damaged ({error}); it is dropped and made again")
            self.drop(key)
            return None
        if found is not None:
            self.forget_progress(key)  # a kill right after the commit left it
            with suppress(PermissionError):  # somebody else's entry, in a store that a team shares
                os.utime(place / RECORD)
        return found

    def peek(self, key: str) -> Entry | None:
        """The entry of a key as its record has it: no lock, no look at its files, nothing dropped."""
        try:
            return entry.read(key, self.place(key))
        except DamagedError:
            return None

    def glance(self, key: str, *, whole: bool = False) -> Entry | None:
        """The entry of a key, looked at without its lock: small ones to the bit, of large ones the names and sizes.

        Args:
            key: the action key.
            whole: check large ones to the bit, too.

        Raises:
            DamagedError: when it is damaged, as far as was looked; nothing is dropped.
        """
        return entry.glanced(key, self.place(key), sys.maxsize if whole else _SMALL)

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Keep other processes from making the same entry; remnants of one that was killed are cleared away.

        Raises:
            RunError: when the file system locks no files.
        """
        place = self.place(key)
        durable.make(self.root)
        with locked(self.lock_file(key)):
            for remnant in place.glob(f"{_ASIDE}*"):
                durable.remove(remnant)
            yield

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep what is got and put inside the block from being collected as garbage by another process."""
        mark = durable.make(self.root) / "users" / f"{os.getpid()}-{os.urandom(4).hex()}.lock"
        with locked(mark):
            self._marks.add(mark)
            try:
                yield
            finally:
                self._marks.discard(mark)
                mark.unlink(missing_ok=True)

    @contextmanager
    def workspace(self, key: str) -> Iterator[Path]:
        """A fresh empty folder for a node's output, to be handed to `put`; it is removed on any fault."""
        aside = self.place(key) / f"{_ASIDE}making.{os.urandom(8).hex()}"
        durable.make(aside)
        try:
            yield aside
        finally:
            durable.remove(aside)

    def put(
        self, key: str, output: Path, records: Sequence[Record], cost: Mapping[str, Any], made: Mapping[str, Any]
    ) -> Entry:
        """Commit what a node wrote into its workspace; hold the key's lock meanwhile.

        When this returns, the entry outlives a power cut. When it raises, the old entry of the key or the new one is
        there, whole.

        Args:
            key: the action key.
            output: the workspace.
            records: what the node observed.
            cost: what it took.
            made: which node of which plan it is, and what the key covers: what `plan.keys.made` says.

        Raises:
            OSError: when it cannot be written.
        """
        place = self.place(key)
        durable.flush(output)
        listed = entry.files(output)
        final = entry.output_folder(place, digest(listed))
        new = Entry(
            key, final, digest(listed), tuple(records), cost, made, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        )
        record = entry.encode(new, listed, entry.sizes(output))
        if final.is_dir() and entry.files(final) != listed:  # left by a killed process, or damaged since
            durable.move(final, final.with_name(f"{_ASIDE}{final.name}.damaged"))
        if not final.is_dir():
            durable.move(output, final)
        for folder in (place, *place.parents[:3]):  # whoever made them may have been killed before he flushed them
            durable.flush_folder(folder)
        durable.write(place / RECORD, record)
        self._settle(new)
        found = entry.read(key, place)
        assert found is not None
        return found

    def drop(self, key: str) -> None:
        """Take an entry away; hold the key's lock meanwhile. The record goes first, so that nobody sees half of it."""
        place = self.place(key)
        if (place / RECORD).is_file():
            (place / RECORD).unlink()
            durable.flush_folder(place)
        durable.remove(place)

    def last(self, plan: str, node: str) -> Mapping[str, Any] | None:
        """What the newest entry of a node, of any plan of that name, was made from; None when there is none."""
        pointer = self._pointer(plan, node)
        try:
            key = json.loads(pointer.read_bytes())["key"]
        except (OSError, ValueError, KeyError, TypeError):  # no pointer, or a broken one: a hint that is not there
            return None
        found = self.peek(key) if isinstance(key, str) else None
        return None if found is None else found.made

    def point(self, plan: str, node: str, key: str) -> None:
        """Let `last` mean this entry."""
        pointer, said = self._pointer(plan, node), json.dumps({"key": key}).encode()
        if not (pointer.is_file() and pointer.read_bytes() == said):
            durable.make(pointer.parent)
            durable.write(pointer, said)

    @contextmanager
    def progress(self, key: str) -> Iterator[Path]:
        """The folder in which an unfinished node keeps what it goes on from; hold the key's lock meanwhile.

        It is there inside the block, and stays afterwards unless it is empty or `put` removed it.
        """
        place = durable.make(self.progress_place(key))
        try:
            yield place
        finally:
            with suppress(OSError):  # something is in it, or it is gone
                place.rmdir()

    def progress_place(self, key: str) -> Path:
        """Where the progress of a node is kept, whether there is any or not."""
        return self.root / "progress" / self.place(key).name

    def forget_progress(self, key: str) -> None:
        """Remove what an unfinished node left; hold the key's lock meanwhile."""
        durable.remove(self.progress_place(key))

    def knows(self, fact: str) -> bool:
        """Whether `learn` was told this fact, a digest."""
        return (self.root / "facts" / fact.removeprefix(PREFIX)).is_file()

    def learn(self, fact: str) -> None:
        """Keep a fact: that what a digest stands for was found to be so."""
        place = self.root / "facts" / fact.removeprefix(PREFIX)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()

    def place(self, key: str) -> Path:
        """The folder of a key's entry, whether there is one or not."""
        name = key.removeprefix(PREFIX)
        return self.root / "objects" / name[:2] / name

    def lock_file(self, key: str) -> Path:
        """The file that the system locks for a key."""
        return self.root / "locks" / f"{self.place(key).name}.lock"

    def superseded(self, key: str) -> list[Path]:
        """The outputs of a key that no record names any more."""
        found = self.peek(key)
        there = self.place(key).glob(f"{entry.OUTPUT}*")
        return [folder for folder in there if found is None or folder != found.output]

    def users(self) -> list[Path]:
        """The marks of the other runs that are at work on this store now; those of killed ones are removed."""
        marks = set((self.root / "users").glob("*.lock")) - self._marks
        return [mark for mark in marks if not removed(mark)]

    def _pointer(self, plan: str, node: str) -> Path:
        return self.root / "last" / digest([plan, node]).removeprefix(PREFIX)

    def _settle(self, new: Entry) -> None:
        """What follows a commit: the pointer to it, and what it makes superfluous."""
        self.point(str(new.made["name"]), str(new.made["node"]), new.key)
        self.forget_progress(new.key)
        old = self.superseded(new.key)
        if old and not self.users():  # another run may still read from it; `stdspec cache gc` removes it later
            for folder in old:
                durable.remove(folder)

"""The content-addressed store: the output and the records of every node that ever ran, found by action key.

An entry appears whole or not at all: it is written in a temporary folder beside its place, its digests last, flushed
to the disk and renamed. What does not match its digests on reading is dropped, and its node runs again.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from filelock import FileLock
from msgspec import Struct

from stdspec.digest import PREFIX, digest, digest_file
from stdspec.evidence import Record

_OUTPUT: Final = "output"
_RECORDS: Final = "records.jsonl"
_ENTRY: Final = "entry.json"


class Entry(Struct, frozen=True):
    """One node's result in the store.

    Attributes:
        key: the action key that it was stored under.
        output: the folder of its files; never to be written to.
        digest: the digest of its output: of the map from relative name to file digest.
        records: what the node observed, not yet tied to a spec.
        cost: what it took, as `measure.Cost.as_json` wrote it.
    """

    key: str
    output: Path
    digest: str
    records: tuple[Record, ...]
    cost: Mapping[str, Any]


class Store:
    """A store in a folder. It is made on the first write; several processes may use it at once.

    Args:
        root: the folder.
        note: takes a plain sentence about what was found broken and mended.
    """

    def __init__(self, root: Path, note: Callable[[str], None] | None = None) -> None:
        self.root = root
        self._note = note or (lambda _: None)

    def get(self, key: str) -> Entry | None:
        """The entry of a key, every file checked against its digest; None when there is none.

        A damaged entry is dropped with a note.
        """
        place = self._place(key)
        if not place.is_dir():
            return None
        try:
            return _load(key, place)
        except _DamagedError as error:
            self._note(f"the store's entry {place.name[:12]} is damaged ({error}); it is dropped and made again")
            _discard(place)
            return None

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Keep other processes from making the same entry; remnants of one that was killed are cleared away."""
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.parent / f"{place.name}.lock"):
            for remnant in place.parent.glob(f".{place.name}.*"):
                shutil.rmtree(remnant, ignore_errors=True)
            yield

    @contextmanager
    def workspace(self, key: str) -> Iterator[Path]:
        """A fresh empty folder for a node's output, to be handed to `put`; it is removed on any fault."""
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        try:
            (aside / _OUTPUT).mkdir()
            yield aside / _OUTPUT
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def put(self, key: str, output: Path, records: Sequence[Record], cost: Mapping[str, Any]) -> Entry:
        """Commit what a node wrote into its workspace; hold the key's lock meanwhile."""
        place, aside = self._place(key), output.parent
        lines = [json.dumps(record.as_json(), ensure_ascii=False, allow_nan=False) for record in records]
        (aside / _RECORDS).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        entry = {"key": key, "output": _files(output), "records": digest_file(aside / _RECORDS), "cost": dict(cost)}
        entry["digest"] = digest(entry)
        (aside / _ENTRY).write_text(json.dumps(entry, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        flush(aside)
        if place.exists():
            _discard(place)
        aside.rename(place)
        flush_folder(place.parent)
        return _load(key, place)

    def knows(self, fact: str) -> bool:
        """Whether `learn` was told this fact, a digest."""
        return (self.root / "facts" / fact.removeprefix(PREFIX)).is_file()

    def learn(self, fact: str) -> None:
        """Keep a fact: that what a digest stands for was found to be so."""
        place = self.root / "facts" / fact.removeprefix(PREFIX)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()

    def _place(self, key: str) -> Path:
        name = key.removeprefix(PREFIX)
        return self.root / "objects" / name[:2] / name


class _DamagedError(Exception):
    """Why an entry cannot be used."""


def changed(entry: Entry) -> bool:
    """Whether the files of an entry no longer match its digest."""
    return digest(_files(entry.output)) != entry.digest


def flush(folder: Path) -> None:
    """Flush every file and folder below `folder`, and itself, to the disk."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            with open(Path(parent, name), "rb") as stream:
                os.fsync(stream.fileno())
        flush_folder(Path(parent))


def flush_folder(folder: Path) -> None:
    """Flush a folder's own list of names to the disk, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _files(folder: Path) -> dict[str, str]:
    """Relative name to digest, for every file."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in found}


def _load(key: str, place: Path) -> Entry:
    """The entry at a place.

    Raises:
        _DamagedError: when a file is missing, added or altered.
    """
    try:
        entry = json.loads((place / _ENTRY).read_text(encoding="utf-8"))
        if digest({name: value for name, value in entry.items() if name != "digest"}) != entry["digest"]:
            raise _DamagedError(f"{_ENTRY} does not match its digest")
        if entry["key"] != key:
            raise _DamagedError("it belongs to another key")
        files = _files(place / _OUTPUT)
        if files != entry["output"]:
            names = sorted(
                name for name in files.keys() | entry["output"].keys() if files.get(name) != entry["output"].get(name)
            )
            raise _DamagedError(f"{names[0]} does not match its digest")
        if digest_file(place / _RECORDS) != entry["records"]:
            raise _DamagedError(f"{_RECORDS} does not match its digest")
        lines = (place / _RECORDS).read_text(encoding="utf-8").split("\n")  # a text may hold other line separators
        records = tuple(Record.from_json(json.loads(line)) for line in lines if line)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _DamagedError(f"{type(error).__name__}: {error}") from None
    return Entry(key, place / _OUTPUT, digest(files), records, entry["cost"])


def _discard(place: Path) -> None:
    """Take an entry away at once: renamed first, so that nobody sees half of it."""
    with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent, ignore_cleanup_errors=True) as trash:
        place.rename(Path(trash) / "old")

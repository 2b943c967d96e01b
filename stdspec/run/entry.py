"""One entry of the store: ``output-<digest>/``, the files, and ``entry.json``, the record that commits them.

The record is JSON in one spelling with its own digest, and any other bytes are damage: a flipped bit that would still
parse to the same data is found as well.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.digest import digest, digest_bytes, digest_file, ordered_json, short
from stdspec.evidence import Record

RECORD: Final = "entry.json"
"""The file whose presence makes an entry: it is written last and replaced whole."""

OUTPUT: Final = "output-"
"""What the name of a folder with a node's output begins with."""

_DAMAGE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
"""What the system says of a file that is gone or of another kind. A disk that cannot be read just now may be read
later, so nothing is concluded from any other fault."""


class Entry(Struct, frozen=True):
    """One node's result in the store.

    Attributes:
        key: the action key that it was stored under.
        output: the folder of its files; never to be written to.
        digest: the digest of its output: of the map from relative name to file digest.
        records: what the node observed, not yet tied to a spec.
        cost: what it took, as `measure.Cost.as_json` wrote it.
        made: for which node of which plan, and from what, as `plan.keys.made` says it.
        at: when it was made, in UTC, as in ``2026-01-31T12:00:00Z``.
    """

    key: str
    output: Path
    digest: str
    records: tuple[Record, ...]
    cost: Mapping[str, Any]
    made: Mapping[str, Any]
    at: str


class DamagedError(Exception):
    """Why an entry cannot be used."""


def output_folder(place: Path, output: str) -> Path:
    """Where the files of an output with this digest are."""
    return place / f"{OUTPUT}{short(output)}"


def files(folder: Path) -> dict[str, str]:
    """Relative name to digest, for every file."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in found}


def changed(entry: Entry) -> bool:
    """Whether the files of an entry no longer match its digest."""
    return digest(files(entry.output)) != entry.digest


def sizes(folder: Path) -> dict[str, int]:
    """Relative name to bytes, for every file; an older record lacks them."""
    found = sorted((path, path.stat()) for path in folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): told.st_size for path, told in found if stat.S_ISREG(told.st_mode)}


def encode(entry: Entry, listed: Mapping[str, str], bytes_of: Mapping[str, int]) -> bytes:
    """The bytes of the record.

    Args:
        entry: the entry.
        listed: the `files` of its output.
        bytes_of: the `sizes` of its output, by which most damage is seen without reading it.
    """
    said = {
        "key": entry.key,
        "output": dict(listed),
        "sizes": dict(bytes_of),
        "records": [record.as_json() for record in entry.records],
        "cost": dict(entry.cost),
        "made": dict(entry.made),
        "at": entry.at,
    }
    return _spelt(said)


def read(key: str, place: Path) -> Entry | None:
    """The entry at a place as its record has it, the files not looked at; None when there is no record.

    Raises:
        DamagedError: when the record is not, to the bit, what `encode` wrote for this key.
    """
    return None if (found := _record(key, place)) is None else found[0]


def glanced(key: str, place: Path, most: int) -> Entry | None:
    """The entry at a place after a look that is quick however large it is; None when there is none.

    Args:
        key: its action key.
        place: its folder.
        most: the bytes up to which every file is read and checked; of more, the names and the sizes are.

    Raises:
        DamagedError: as `verified`, as far as was looked.
        OSError: when a file cannot be read.
    """
    found = _record(key, place)
    if found is None:
        return None
    entry, _, recorded = found
    try:
        there = sizes(entry.output)
    except OSError as error:
        raise _unreadable(error) from None
    for name in sorted(there.keys() | recorded.keys()) if recorded else ():
        if there.get(name) != recorded.get(name):
            raise DamagedError(f"{name} {_amiss(name, there, recorded)}")
    return verified(key, place) if sum(there.values()) <= most or not recorded else entry


def _amiss(name: str, there: Mapping[str, int], recorded: Mapping[str, int]) -> str:
    """What is wrong with a file whose size is not the recorded one."""
    if name not in recorded:
        return "does not belong to it"
    return f"has {there[name]} bytes and had {recorded[name]}" if name in there else "is gone"


def verified(key: str, place: Path) -> Entry | None:
    """The entry at a place, every file checked; None when there is none.

    Raises:
        DamagedError: when the record or a file is missing, added or altered.
        OSError: when a file cannot be read.
    """
    found = _record(key, place)
    if found is None:
        return None
    entry, listed, _ = found
    try:
        there = files(entry.output)
    except OSError as error:
        raise _unreadable(error) from None
    wrong = sorted(name for name in there.keys() | listed.keys() if there.get(name) != listed.get(name))
    if wrong:
        raise DamagedError(f"{wrong[0]} does not match its digest")
    return entry


def _record(key: str, place: Path) -> tuple[Entry, dict[str, str], dict[str, int]] | None:
    """The entry as its record has it, with the digests and the sizes of its files."""
    try:
        raw = (place / RECORD).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(error) from None
    try:
        said = json.loads(raw)["entry"]
        if raw != _spelt(said):
            raise DamagedError(f"{RECORD} does not match its digest")
        if said["key"] != key:
            raise DamagedError("it belongs to another key")
        records = tuple(Record.from_json(record) for record in said["records"])
        listed, recorded, output = dict(said["output"]), dict(said.get("sizes") or {}), digest(said["output"])
        made = Entry(key, output_folder(place, output), output, records, said["cost"], said["made"], said["at"])
        return made, listed, recorded
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"{RECORD} cannot be read: {type(error).__name__}") from None


def _spelt(said: Mapping[str, Any]) -> bytes:
    """The one spelling of a record; keys stay in their order, in which a report may show them."""
    return ordered_json({"digest": digest_bytes(ordered_json(said)), "entry": said}) + b"\n"


def _unreadable(error: OSError) -> Exception:
    """Damage, or the fault itself where it says nothing of the entry."""
    if error.errno not in _DAMAGE:
        return error
    name = os.path.basename(error.filename) if isinstance(error.filename, str) else "a file"  # noqa: PTH119 - a text
    return DamagedError(f"{name}: {error.strerror}")

"""Whatever the disk does at whichever call: a fresh process finds the old entry or the new one, never a torn one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from faulty_disk import MODES, REFUSED, STOPPED, UNTOUCHED, Disk, attempt

from stdspec.digest import digest
from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.run import housekeeping
from stdspec.run.locks import is_locked
from stdspec.run.store import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a child is forked for every call")

KEY = digest("a key")
MADE = {"name": "p", "node": "train", "ingredients": {}, "config": {}, "code": {}}
LONG = "weights " * 50


def make(root: Path, text: str) -> None:
    """What the executor does for a node that has to run."""
    store = Store(root)
    with store.in_use(), store.lock(KEY), store.progress(KEY) as progress:
        (progress / "half.ckpt").write_text("half")
        with store.workspace(KEY) as out:
            (out / "deep").mkdir()
            (out / "deep" / "model.bin").write_text(text)
            (out / "model.json").write_text("{}")
            store.put(KEY, out, [Record("run.model.parameters", text)], {"seconds": 1.0}, MADE)


def take(root: Path) -> None:
    """What it does for a node whose result is there."""
    store = Store(root)
    with store.in_use(), store.lock(KEY):
        assert store.get(KEY) is not None
        store.point("another plan", "train", KEY)


def mend(root: Path) -> None:
    """It finds an entry that is damaged."""
    store = Store(root)
    with store.in_use(), store.lock(KEY):
        assert store.get(KEY) is None


def tidy(root: Path) -> None:
    housekeeping.collect(Store(root), 4e9, older_than=1.0, keep_size=None)


def found(root: Path) -> str | None:
    """The text of the entry, by which old and new are told apart; a torn entry fails the test."""
    store = Store(root, pytest.fail)
    with store.lock(KEY):
        entry = store.get(KEY)
    if entry is None:
        return None
    assert (entry.output / "deep" / "model.bin").read_text() == entry.records[0].value
    return str(entry.records[0].value)


def damage(root: Path) -> None:
    entry = Store(root).peek(KEY)
    assert entry is not None
    (entry.output / "model.json").write_text("{ ")


CASES: dict[str, tuple[str | None, Callable[[Path], None], set[str | None], str | None]] = {
    "the first entry": (None, lambda root: make(root, LONG), {None, LONG}, LONG),
    "a new entry over an old one": ("old", lambda root: make(root, LONG), {"old", LONG}, LONG),
    "the same entry again": ("old", lambda root: make(root, "old"), {"old"}, "old"),
    "a hit": ("old", take, {"old"}, "old"),
    "a damaged entry": ("damaged", mend, {None}, None),
    "collecting it": ("old", tidy, {"old", None}, None),
}
"""What is there before, what is done, what may be there if it fails at some call, what must be there if it does not."""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES)
def test_old_or_new_at_every_call(
    tmp_path: Path, case: str, mode: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the faulty disk keeps account of it; the real one need not
    before, work, allowed, done = CASES[case]
    ended = set[int]()
    for number in range(1000):
        root = tmp_path / str(number)
        if before is not None:
            make(root, before)
        if before == "damaged":
            damage(root)
        status = attempt(lambda root=root: work(root), Disk(root, number, mode), (OSError, RunError))
        ended.add(status)
        assert status in (UNTOUCHED, REFUSED, STOPPED), capfd.readouterr().err
        assert not [file for file in root.glob("*/*.lock") if is_locked(file)]
        if before != "damaged" or status == UNTOUCHED:
            assert found(root) in ({done} if status == UNTOUCHED else allowed), f"call {number}"
        make(root, "newest")
        assert found(root) == "newest"
        assert left_over(root) == []
        if status == UNTOUCHED:
            break
    assert number > (20 if case == "the first entry" else 5)
    assert ended == {UNTOUCHED, STOPPED if mode in ("kill", "power cut") else REFUSED}


def left_over(root: Path) -> list[str]:
    """What is neither an entry, nor a lock, nor a pointer, once the next run has made its entry and gc has run."""
    housekeeping.collect(Store(root), 0.0, older_than=None, keep_size=None)
    health = housekeeping.verify(Store(root))
    assert (health.entries, health.damaged) == (1, ())
    files = [path for path in root.rglob("*") if path.is_file() and path.relative_to(root).parts[0] != "last"]
    return sorted(path.relative_to(root).as_posix() for path in files if path.name not in KNOWN)


KNOWN = {"entry.json", "model.bin", "model.json"}

"""What `stdspec cache` does: nothing that is in use goes, and what is damaged is found."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from stdspec.digest import PREFIX, digest
from stdspec.evidence import Record
from stdspec.run import housekeeping
from stdspec.run.housekeeping import Collected, Damage
from stdspec.run.store import Store

MADE = {"name": "p", "node": "train", "ingredients": {}, "config": {}, "code": {}}
NOW = time.time()
DAY = 86400.0
OLD, MIDDLE, NEW = sorted(digest(name) for name in ("a", "b", "c"))


def put(store: Store, key: str, days: float, text: str = "x" * 1000) -> Path:
    """An entry that was used last so many days before `NOW`."""
    with store.lock(key), store.workspace(key) as out:
        (out / "model.bin").write_text(text)
        entry = store.put(key, out, [Record("run.model.parameters", 1)], {}, MADE)
    stamp(store.place(key) / "entry.json", days)
    return entry.output


def stamp(path: Path, days: float) -> None:
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    for key, days in ((OLD, 40), (MIDDLE, 20), (NEW, 1)):
        put(store, key, days)
    return store


def collect(store: Store, *, days: float | None = None, size: int | None = None, dry_run: bool = False) -> Collected:
    older = None if days is None else days * DAY
    return housekeeping.collect(store, NOW, older_than=older, keep_size=size, dry_run=dry_run)


def gone(found: Collected) -> list[tuple[str, str]]:
    return [(item.kind, item.key) for item in found.removed]


def test_what_was_not_used_for_long_goes(store: Store) -> None:
    found = collect(store, days=30)
    assert gone(found) == [("entry", OLD)]
    assert found.removed[0].bytes > 1000
    assert (found.kept, found.busy) == (2, 0)
    assert housekeeping.keys(store) == [MIDDLE, NEW]


def test_the_least_recently_used_goes_until_the_rest_fits(store: Store) -> None:
    one = collect(store).kept_bytes // 3
    assert gone(collect(store, size=2 * one + 10, dry_run=True)) == [("entry", OLD)]
    assert gone(collect(store, size=one + 10)) == [("entry", OLD), ("entry", MIDDLE)]
    assert housekeeping.keys(store) == [NEW]


def test_a_hit_counts_as_a_use(store: Store) -> None:
    with store.lock(OLD):
        assert store.get(OLD) is not None
    assert gone(collect(store, days=30)) == []


def test_a_dry_run_touches_nothing(store: Store) -> None:
    (store.place(NEW) / ".making.dead").mkdir()
    before = {path: path.stat().st_mtime_ns for path in store.root.rglob("*") if "locks" not in path.parts}
    found = collect(store, days=30, dry_run=True)
    assert gone(found) == [("entry", OLD), ("remnant", NEW)]
    after = {path: path.stat().st_mtime_ns for path in store.root.rglob("*") if "locks" not in path.parts}
    assert {path: after.get(path) for path in before if path.name != "users"} == {
        path: time for path, time in before.items() if path.name != "users"
    }


def test_what_a_process_has_locked_stays(store: Store) -> None:
    with Store(store.root).lock(OLD):
        found = collect(store, days=0)
        assert gone(found) == [("entry", MIDDLE), ("entry", NEW)]
        assert found.busy == 1
    assert housekeeping.keys(store) == [OLD]


def test_what_a_run_at_work_has_got_or_put_stays(store: Store) -> None:
    with Store(store.root).in_use():
        mark = next((store.root / "users").iterdir())
        stamp(mark, 30)
        found = collect(store, days=0)
    assert gone(found) == [("entry", OLD)]
    assert found.busy == 2
    assert gone(collect(store, days=0)) == [("entry", MIDDLE), ("entry", NEW)]


def test_the_mark_of_a_killed_run_protects_nothing(store: Store) -> None:
    dead = store.root / "users" / "123-dead.lock"
    dead.parent.mkdir(exist_ok=True)
    dead.touch()
    stamp(dead, 100)
    assert len(gone(collect(store, days=0))) == 3
    assert not dead.exists()


def test_old_progress_goes_and_new_stays(store: Store) -> None:
    for key, days in ((OLD, 40), (NEW, 1)):
        with store.lock(key), store.progress(key) as folder:
            (folder / "epoch-1.ckpt").write_text("half")
            stamp(folder / "epoch-1.ckpt", days)
            stamp(folder, days)
    put(store, MIDDLE, 1)
    assert gone(collect(store, days=30)) == [("entry", OLD), ("progress", OLD)]
    assert [path.name for path in (store.root / "progress").iterdir()] == [NEW.removeprefix(PREFIX)]


def test_remnants_go_at_once_but_not_under_a_run_that_may_read_them(store: Store) -> None:
    with Store(store.root).in_use():
        old = store.peek(NEW)
        assert old is not None
        put(store, NEW, 1, "other")
        assert gone(collect(store)) == []
        assert old.output.is_dir()
    (store.place(NEW) / ".making.dead").mkdir()
    (store.root / "last" / ".stdspec-dead").touch()
    assert gone(collect(store)) == [("remnant", NEW)]
    assert not old.output.exists()
    assert [*store.root.rglob(".*")] == []
    assert housekeeping.verify(store).damaged == ()


def test_verify_counts_and_names_what_is_damaged(store: Store) -> None:
    found = housekeeping.verify(store)
    assert (found.entries, found.files, found.bytes, found.damaged) == (3, 3, 3000, ())
    put(store, MIDDLE, 1).joinpath("model.bin").write_text("altered")
    (store.place(NEW) / "entry.json").write_text("altered")
    found = housekeeping.verify(store)
    assert found.damaged == tuple(
        sorted(
            [
                Damage(MIDDLE, "model.bin does not match its digest"),
                Damage(NEW, "entry.json cannot be read: JSONDecodeError"),
            ],
            key=lambda item: item.key,
        )
    )
    assert housekeeping.verify(store).damaged == found.damaged


def test_repair_drops_what_is_damaged_alone(store: Store) -> None:
    put(store, MIDDLE, 1).joinpath("model.bin").unlink()
    assert len(housekeeping.verify(store, repair=True).damaged) == 1
    found = housekeeping.verify(store)
    assert (found.entries, found.damaged) == (2, ())


@pytest.mark.parametrize("write", [str, str.upper, lambda digits: PREFIX + digits])
def test_keys_are_found_by_how_they_begin(store: Store, write: type[str]) -> None:
    digits = NEW.removeprefix(PREFIX)[:8]
    assert housekeeping.keys(store, write(digits)) == [NEW]
    assert housekeeping.keys(store, "zz") == []

"""The store: an entry is whole or absent, and what was damaged is made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.digest import digest, digest_bytes
from stdspec.evidence import Record
from stdspec.run.store import Entry, Store, changed

KEY = digest("a key")


def put(store: Store, key: str = KEY, text: str = "weights") -> Entry:
    with store.lock(key), store.workspace(key) as out:
        (out / "deep").mkdir()
        (out / "deep" / "model.bin").write_text(text, encoding="utf-8")
        return store.put(key, out, [Record("run.model.parameters", 12)], {"seconds": 1.0})


def test_what_is_put_is_found(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    assert store.get(KEY) is None
    made = put(store)
    found = Store(tmp_path / "store").get(KEY)
    assert found == made
    assert found is not None
    assert (found.output / "deep" / "model.bin").read_text() == "weights"
    assert found.digest == digest({"deep/model.bin": digest_bytes(b"weights")})
    assert found.records == (Record("run.model.parameters", 12),)
    assert found.cost == {"seconds": 1.0}


def test_equal_output_has_an_equal_digest_under_any_key(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert put(store).digest == put(store, digest("another")).digest
    assert put(store, digest("a third"), "other").digest != put(store).digest


@pytest.mark.parametrize("file", ["output/deep/model.bin", "records.jsonl", "entry.json"])
@pytest.mark.parametrize("harm", ["alter", "remove"])
def test_a_damaged_entry_is_dropped_with_a_note(tmp_path: Path, file: str, harm: str) -> None:
    notes: list[str] = []
    store = Store(tmp_path, notes.append)
    victim = put(store).output.parent / file
    victim.write_text("{}") if harm == "alter" else victim.unlink()
    assert store.get(KEY) is None
    assert len(notes) == 1
    assert "is damaged" in notes[0]
    assert not victim.parent.exists()
    assert put(store) == store.get(KEY)


def test_a_file_that_was_added_is_noticed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entry = put(store)
    assert not changed(entry)
    (entry.output / "extra").write_text("x")
    assert changed(entry)
    assert store.get(KEY) is None


def test_a_fault_while_writing_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def write() -> None:
        with store.lock(KEY), store.workspace(KEY) as out:
            (out / "half").write_text("half")
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        write()
    assert store.get(KEY) is None
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entry = put(store)
    place = entry.output.parent
    remnant = place.parent / f".{place.name}.dead"
    (remnant / "output").mkdir(parents=True)
    with store.lock(KEY):
        assert not remnant.exists()
    assert store.get(KEY) == entry

"""The store: an entry is whole or absent, and what was damaged is made again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

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


class StoppedError(Exception):
    """The process ended here, as it were."""


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("step", range(30))
def test_a_stop_at_any_step_leaves_the_old_entry_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, old: bool
) -> None:
    store = Store(tmp_path)
    if old:
        put(store, text="old")
    steps = iter(range(1000))

    def counted(function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(steps) >= step:
                raise StoppedError
            return function(*arguments, **named)

        return call

    with monkeypatch.context() as patched:
        for owner, name in (
            (os, "fsync"),
            (os, "rename"),
            (os, "replace"),
            (os, "mkdir"),
            (os, "rmdir"),
            (os, "unlink"),
        ):
            patched.setattr(owner, name, counted(getattr(os, name)))
        with contextlib.suppress(StoppedError):
            put(store, text="new")
    found = Store(tmp_path, pytest.fail).get(KEY)
    if found is not None:
        assert (found.output / "deep" / "model.bin").read_text() in ("old", "new")
    assert (put(store, text="newest").output / "deep" / "model.bin").read_text() == "newest"
    assert [path.name for path in tmp_path.rglob(".*")] == []


@pytest.mark.parametrize("position", [0, 3, -1])
@pytest.mark.parametrize("file", ["output/deep/model.bin", "records.jsonl", "entry.json"])
def test_one_flipped_bit_is_noticed(tmp_path: Path, file: str, position: int) -> None:
    notes: list[str] = []
    victim = put(Store(tmp_path)).output.parent / file
    data = bytearray(victim.read_bytes())
    data[position] ^= 1
    victim.write_bytes(data)
    found = Store(tmp_path, notes.append).get(KEY)
    assert found is None
    assert len(notes) == 1


def test_an_altered_cost_is_noticed(tmp_path: Path) -> None:
    victim = put(Store(tmp_path)).output.parent / "entry.json"
    victim.write_text(victim.read_text().replace('"seconds": 1.0', '"seconds": 9.0'))
    assert Store(tmp_path).get(KEY) is None


def test_two_who_want_the_same_entry_make_it_once(tmp_path: Path) -> None:
    made: list[int] = []

    def work(number: int) -> None:
        store = Store(tmp_path)
        with store.lock(KEY):
            if store.get(KEY) is None:
                made.append(number)
                with store.workspace(KEY) as out:
                    (out / "file").write_text("x")
                    store.put(KEY, out, [], {})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_killed_process_gives_its_lock_back(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, time\nfrom stdspec.run.store import Store\n"
        "store = Store(pathlib.Path(sys.argv[1]))\n"
        "with store.lock(sys.argv[2]), store.workspace(sys.argv[2]):\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        held.send_signal(signal.SIGKILL)
    assert put(Store(tmp_path)).cost == {"seconds": 1.0}
    assert [path.name for path in tmp_path.rglob(".*")] == []


@pytest.mark.parametrize("text", ["a\u2028b", "a\x85b", "a\x0bb", "a\nb", ""])
def test_any_text_in_a_record_is_found_again(tmp_path: Path, text: str) -> None:
    with (store := Store(tmp_path)).lock(KEY), store.workspace(KEY) as out:
        made = store.put(KEY, out, [Record("run.data.pii", [{"column": text}])], {})
    assert made.records[0].value == [{"column": text}]
    assert Store(tmp_path, pytest.fail).get(KEY) == made


@pytest.mark.parametrize("text", ["[]", "3", "null", '{"key": 1}'])
def test_an_entry_of_another_form_is_damaged(tmp_path: Path, text: str) -> None:
    (put(Store(tmp_path)).output.parent / "entry.json").write_text(text)
    assert Store(tmp_path).get(KEY) is None

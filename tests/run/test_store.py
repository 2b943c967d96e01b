"""The store: an entry is whole or absent, and what was damaged is made again."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from stdspec.digest import digest, digest_bytes
from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.run.entry import Entry, changed
from stdspec.run.store import Store

KEY = digest("a key")
MADE = {"name": "p", "node": "train", "ingredients": {"config": "c"}, "config": {}, "code": {}}


def put(store: Store, key: str = KEY, text: str = "weights") -> Entry:
    with store.lock(key), store.workspace(key) as out:
        (out / "deep").mkdir()
        (out / "deep" / "model.bin").write_text(text, encoding="utf-8")
        return store.put(key, out, [Record("run.model.parameters", 12)], {"seconds": 1.0}, MADE)


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


@pytest.mark.parametrize(
    ("file", "harm"), [("deep/model.bin", "alter"), ("deep/model.bin", "remove"), ("../entry.json", "alter")]
)
def test_a_damaged_entry_is_dropped_with_a_note(tmp_path: Path, file: str, harm: str) -> None:
    notes: list[str] = []
    store = Store(tmp_path, notes.append)
    victim = put(store).output / file
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
    remnant = place / ".making.dead"
    (remnant / "deep").mkdir(parents=True)
    with store.lock(KEY):
        assert not remnant.exists()
    assert store.get(KEY) == entry


def test_an_altered_cost_is_noticed(tmp_path: Path) -> None:
    victim = put(Store(tmp_path)).output.parent / "entry.json"
    victim.write_text(victim.read_text().replace('"seconds":1.0', '"seconds":9.0'))
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
                    store.put(KEY, out, [], {}, MADE)

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
        made = store.put(KEY, out, [Record("run.data.pii", [{"column": text}])], {}, MADE)
    assert made.records[0].value == [{"column": text}]
    assert Store(tmp_path, pytest.fail).get(KEY) == made


@pytest.mark.parametrize("text", ["[]", "3", "null", '{"key": 1}'])
def test_an_entry_of_another_form_is_damaged(tmp_path: Path, text: str) -> None:
    (put(Store(tmp_path)).output.parent / "entry.json").write_text(text)
    assert Store(tmp_path).get(KEY) is None


def test_the_newest_entry_of_a_node_says_what_it_was_made_from(tmp_path: Path) -> None:
    store, other = Store(tmp_path), digest("another")
    assert store.last("p", "train") is None
    put(store)
    put(store, other, "second")
    assert store.last("p", "train") == MADE
    store.point("q", "train", KEY)
    assert store.last("q", "train") == MADE
    with store.lock(KEY):
        store.drop(KEY)
    assert store.last("q", "train") is None
    assert store.last("p", "train") == MADE


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"key": 3}', '{"key": "sha256:00"}'])
def test_a_broken_pointer_is_none(tmp_path: Path, text: str) -> None:
    put(store := Store(tmp_path))
    next((tmp_path / "last").iterdir()).write_text(text)
    assert store.last("p", "train") is None


def test_progress_outlives_a_fault_and_ends_with_the_entry(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock(KEY), store.progress(KEY) as empty:
        assert list(empty.iterdir()) == []
    assert not empty.exists()
    with store.lock(KEY), store.progress(KEY) as folder:
        (folder / "epoch-1.ckpt").write_text("half")
    with store.lock(KEY), store.progress(KEY) as folder:
        assert (folder / "epoch-1.ckpt").read_text() == "half"
    put(store)
    assert not folder.exists()
    with store.lock(KEY), store.progress(KEY) as folder:  # as after a kill between the commit and the removal
        (folder / "epoch-1.ckpt").write_text("half")
        assert store.get(KEY) is not None
    assert not store.progress_place(KEY).exists()


def test_an_entry_that_replaces_another_leaves_its_files_to_a_run_that_may_read_them(tmp_path: Path) -> None:
    store, other = Store(tmp_path), Store(tmp_path)
    old = put(store)
    with other.in_use():
        put(store, text="new")
        assert (old.output / "deep" / "model.bin").read_text() == "weights"
    put(store, text="newest")
    assert not old.output.exists()
    assert store.superseded(KEY) == []


def test_a_look_without_a_lock_drops_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path, pytest.fail)
    entry = put(store)
    (entry.output / "deep" / "model.bin").write_text("altered")
    assert store.peek(KEY) == entry
    (entry.output.parent / "entry.json").write_text("altered")
    assert store.peek(KEY) is None
    assert entry.output.exists()


def test_a_disk_that_cannot_be_read_now_costs_no_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path, pytest.fail)
    entry = put(store)

    def fail(path: Path) -> str:
        raise OSError(errno.EIO, "Input/output error", str(path))

    with monkeypatch.context() as patched:
        patched.setattr("stdspec.run.entry.digest_file", fail)
        with pytest.raises(OSError, match="Input/output error"):
            store.get(KEY)
    assert store.get(KEY) == entry


def test_a_file_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", missing)
    with pytest.raises(RunError, match="this file system cannot lock files"), Store(tmp_path).lock(KEY):
        pass

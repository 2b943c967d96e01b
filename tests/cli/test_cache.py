"""`stdspec cache`: what a user and a script see of the store."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from stdspec.cli.main import run
from stdspec.digest import digest
from stdspec.evidence import Record
from stdspec.run.store import Store

FIRST, SECOND = sorted(digest(name) for name in ("a", "b"))
SHORT = FIRST.removeprefix("sha256:")[:12]
MADE = {
    "name": "digits",
    "node": "train",
    "ingredients": {"kind": "train", "inputs": {"dataset": "sha256:12"}, "files": {}, "threads": 1},
    "config": {},
    "code": {},
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STDSPEC_STORE", raising=False)
    store = Store(tmp_path / ".stdspec" / "store")
    for key, node in ((FIRST, "train"), (SECOND, "gate")):
        with store.lock(key), store.workspace(key) as out:
            (out / "model.bin").write_text("x" * 1500)
            cost = {"seconds": 1.23456, "peak_memory": 2048, "energy": {"rapl": 3.5, "gpu": "no counter"}}
            store.put(key, out, [Record("run.model.parameters", 1)], cost, MADE | {"node": node})
    old = time.time() - 40 * 86400
    os.utime(store.place(FIRST) / "entry.json", (old, old))
    return store


def test_a_sound_store_is_said_to_be_so(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "verify"]) == 0
    assert capsys.readouterr().out == "2 results as written: 2 files, 3 kB\n"


def test_damage_is_named_and_ends_with_1_until_it_is_repaired(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    entry = store.peek(FIRST)
    assert entry is not None
    (entry.output / "model.bin").write_text("altered")
    assert run(["cache", "verify"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"damaged  {SHORT}  model.bin does not match its digest",
        "1 result as written: 1 file, 1.5 kB",
        "1 result damaged; drop what is damaged with --repair",
    ]
    assert run(["cache", "verify", "--repair", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["damaged"] == [{"key": FIRST, "reason": "model.bin does not match its digest"}]
    assert run(["cache", "verify"]) == 0


def test_gc_says_what_it_freed(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "gc", "--dry-run"]) == 0
    first = capsys.readouterr().out.splitlines()
    assert first[0].startswith(f"would remove  entry     {SHORT}  ")
    assert first[1].endswith("would be freed; 1 result kept, " + first[1].rpartition(", ")[2])
    assert run(["cache", "gc", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(item["kind"], item["key"]) for item in found["removed"]] == [("entry", FIRST)]
    assert run(["cache", "gc", "--keep-size", "1B"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" freed; 0 results kept, 0 B")


def test_what_a_run_has_in_use_is_counted_and_kept(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(store.root).lock(FIRST):
        assert run(["cache", "gc"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 result in use by a run at work: kept"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--older-than", "10GB"], "'10GB' is no duration; write it as 30d or 12h"),
        (["--keep-size", "many"], "'many' is no size; write it as 10GB or 500MiB"),
    ],
)
def test_an_amount_that_is_none_is_refused(
    store: Store, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run(["cache", "gc", *words]) == 2
    assert said in capsys.readouterr().err
    assert len(list(store.root.rglob("entry.json"))) == 2


def test_why_says_node_plan_ingredients_and_cost(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "why", SHORT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == FIRST
    assert lines[1] == "node     train of the plan digits"
    assert "cost     1.235 s, 2.05 kB of memory, rapl 3.5 J" in lines
    assert lines[-6:] == [
        "made from",
        "  kind: train",
        "  inputs:",
        "    dataset: sha256:12",
        "  files: none",
        "  threads: 1",
    ]
    assert run(["cache", "why", SHORT, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["key"], found["made"], found["bytes"]) == (FIRST, MADE, 1500)


def test_why_refuses_what_names_no_result_or_several(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "why", "fffff"]) == 2
    assert "no result has a key that begins with 'fffff'" in capsys.readouterr().err
    assert run(["cache", "why", ""]) == 2
    assert f"2 keys begin with ''; write more of one: {SHORT}" in capsys.readouterr().err
    (store.place(FIRST) / "entry.json").write_text("altered")
    assert run(["cache", "why", SHORT]) == 2
    assert f"the record of {SHORT} is damaged; drop it with: stdspec cache verify --repair" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["verify"], ["gc"], ["why", "ab"]])
def test_where_there_is_no_store_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["cache", *command, "--store", "nowhere"]) == 2
    assert capsys.readouterr().err == (
        "stdspec: nowhere: there is no store yet; stdspec run makes it; --store names another\n"
    )
    assert list(tmp_path.iterdir()) == []

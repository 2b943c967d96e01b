"""Work that is spread over processes comes out as in one process, and none of them outlives the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.errors import InputError, RunError
from stdspec.lint import cores, engine

if not hasattr(os, "fork"):
    pytest.skip("this system makes no copies of a process", allow_module_level=True)

SPEC = """\
# @package _global_
defaults:
  - override /data: digits
  - override /model: mlp
  - _self_
name: digits-{number}
seed: {number}
standards: [stdspec/base@1]
"""


@pytest.fixture(autouse=True)
def worth_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cores, "WORTH", 1)
    monkeypatch.setattr(engine, "CACHED_FROM", 1)
    monkeypatch.setattr(engine, "SPREAD_FROM", 2)
    monkeypatch.setenv("STDSPEC_CACHE", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def threads_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the threads that a test starts, and none that a library has left in this process for another file."""
    count, before = threading.active_count, threading.active_count() - 1
    monkeypatch.setattr(threading, "active_count", lambda: count() - before)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Nine specs, one in five ways at fault; a config that is no spec; a config group with a warning."""
    root = tmp_path / "project"
    (root / "conf" / "experiment").mkdir(parents=True)
    (root / "conf" / "model").mkdir()
    (root / "stdspec.toml").write_text("", encoding="utf-8")
    primary = (resources.conf() / "config.yaml").read_text(encoding="utf-8")
    (root / "conf" / "config.yaml").write_text(primary, encoding="utf-8")
    (root / "conf" / "model" / "own.yaml").write_text("kind: mlp\nhidden: [8]\nmaybe: yes\n", encoding="utf-8")
    faults = {1: "sede: 1\n", 2: "training: {epochs: many}\n", 3: "model: {hidden: ${nobody}}\n", 4: "a: [\n"}
    for number in range(9):
        text = SPEC.format(number=number) + faults.get(number, "")
        (root / "conf" / "experiment" / f"e{number}.yaml").write_text(text, encoding="utf-8")
    refused = SPEC.format(number=9).replace("model: mlp", "model: mlpp")
    (root / "conf" / "experiment" / "e9.yaml").write_text(refused, encoding="utf-8")
    (root / "other").mkdir()
    (root / "other" / "config.yaml").write_text("# for stdspec: nothing\nlr: ${rate}\n", encoding="utf-8")
    return root


def here(root: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, *, cached: bool) -> tuple[engine.Report, list[str]]:
    """The report, and the entry points that this process looked at itself."""
    looked: list[str] = []
    real = engine._entry

    def counted(entry, name, settings, plains):  # type: ignore[no-untyped-def]
        looked.append(name)
        return real(entry, name, settings, plains)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "_entry", counted)
        return engine.lint([str(root)], cached=cached, jobs=jobs), looked


@pytest.mark.parametrize("cached", [True, False])
def test_what_comes_out_does_not_depend_on_the_number_of_processes(
    project: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    alone = engine.lint([str(project)])
    found = {item.code for item in alone.findings}
    assert {"SPC001", "SPC002", "HYD002", "HYD008", "YML001"} <= found
    report, looked = here(project, monkeypatch, 3, cached=cached)
    assert report == alone
    assert 0 < len(looked) < len(alone.entries), "other processes looked at the rest"


def test_the_cache_knows_what_another_process_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = here(project, monkeypatch, 3, cached=True)
    again, looked = here(project, monkeypatch, 3, cached=True)
    assert again == first
    alone, known = here(project, monkeypatch, 1, cached=True)
    assert alone == first
    assert not any("e5" in name or "e6" in name or "e7" in name for name in (*looked, *known))


def test_a_project_of_hydra_alone_comes_out_the_same(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"config{number}.yaml").write_text(f"rate: {number}\nlr: ${{rat}}\non: yes\n", encoding="utf-8")
    alone = engine.lint([str(tmp_path)])
    assert "HYD002" in {item.code for item in alone.findings}
    assert engine.lint([str(tmp_path)], jobs=3) == alone
    assert engine.lint([str(tmp_path)], jobs=3, cached=True) == alone


def test_specs_that_turn_out_to_be_none_come_out_the_same(tmp_path: Path) -> None:
    (tmp_path / "named.yaml").write_text("defaults: []\nstdspec_is: elsewhere\n", encoding="utf-8")
    for number in range(30):
        (tmp_path / f"config{number}.yaml").write_text(f"rate: {number}\nlr: ${{rat}}\n", encoding="utf-8")
    assert engine.lint([str(tmp_path)], jobs=2) == engine.lint([str(tmp_path)])


def test_what_stops_lint_is_said_as_in_one_process(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = engine._entry

    def stopped(entry, name, settings, plains):  # type: ignore[no-untyped-def]
        if "e6" in name or "e7" in name:
            raise InputError(f"no way through {name[-2:]}")
        return real(entry, name, settings, plains)

    monkeypatch.setattr(engine, "_entry", stopped)
    for jobs in (1, 2, 3):
        with pytest.raises(InputError, match="no way through e6"):
            engine.lint([str(project)], jobs=jobs)


def test_a_process_that_dies_is_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, real = os.getpid(), engine._entry

    def killed(entry, name, settings, plains):  # type: ignore[no-untyped-def]
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(entry, name, settings, plains)

    monkeypatch.setattr(engine, "_entry", killed)
    with pytest.raises(RunError) as caught:
        engine.lint([str(project)], jobs=2)
    assert str(caught.value) == (
        "one of the processes that share the work was ended by signal 9; try again with --jobs 1"
    )


def answer(part: Iterator[int]) -> bytes:
    return bytes(part)


def test_answers_come_in_the_order_of_the_shares() -> None:
    mine: list[int] = []
    parts: Sequence[Sequence[int]] = cores.shares(range(7), 3)
    assert [list(part) for part in parts] == [[0, 3, 6], [1, 4], [2, 5]]
    assert cores.spread(parts, answer, mine.extend) == [bytes([1, 4]), bytes([2, 5])]
    assert mine == [0, 3, 6]


def test_an_answer_may_be_longer_than_a_pipe_holds() -> None:
    long = 3_000_000
    assert [len(said) for said in cores.spread([[], [1], [2]], lambda _: bytes(long), list)] == [long, long]


def test_a_fault_in_another_process_shows_no_traceback_there(capfd: pytest.CaptureFixture[str]) -> None:
    def broken(_: Iterator[int]) -> bytes:
        raise ValueError

    with pytest.raises(RunError, match="ended with status 1"):
        cores.spread([[0], [1]], broken, list)
    assert capfd.readouterr().err == ""


def test_an_interrupt_ends_the_other_processes(tmp_path: Path) -> None:
    def slow(part: Iterator[int]) -> bytes:
        (tmp_path / str(os.getpid())).touch()
        time.sleep(60)
        return bytes(part)

    def interrupted(_: Sequence[int]) -> None:
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cores.spread([[0], [1], [2]], slow, interrupted)
    for child in tmp_path.iterdir():
        assert not _lives(int(child.name))


def test_a_process_stops_when_nobody_waits_for_it() -> None:
    assert list(cores._while_alive(range(3), os.getppid())) == [0, 1, 2]
    assert list(cores._while_alive(range(3), os.getppid() + 1)) == []


def test_little_work_stays_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "WORTH", 10)
    assert len(cores.shares(range(19), 8)) == 1
    assert len(cores.shares(range(29), 8)) == 2
    assert len(cores.shares(range(1000), 3)) == 3
    assert len(cores.shares(range(1000), 1)) == 1


def test_no_process_is_copied_that_has_threads() -> None:
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        assert len(cores.shares(range(100), 4)) == 1
    finally:
        done.set()
        waiting.join()


@pytest.mark.parametrize(("value", "said"), [("0", "0 is not in the range x>=1"), ("many", "'many' is not a valid")])
def test_the_number_of_processes_is_at_least_one(project: Path, value: str, said: str) -> None:
    environment = {**os.environ, "STDSPEC_JOBS": value}
    command = [sys.executable, "-m", "stdspec", "lint", str(project)]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True

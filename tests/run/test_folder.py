"""Run folders: whole or absent, and ``latest`` names the newest."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from faulty_disk import STOPPED, UNTOUCHED, Disk, attempt

from stdspec.errors import InputError
from stdspec.plan.model import Plan
from stdspec.run import folder
from stdspec.settings import Settings


def written(outputs: Path, final: Path, text: str) -> None:
    with folder.staged(final, outputs) as aside:
        (aside / "report.json").write_text(text)
        folder.carry_logs(final, aside)
        folder.publish(aside, final, outputs)


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name != ".locks")


def test_the_name_says_spec_and_plan(tmp_path: Path) -> None:
    plan = Plan("breast cancer/../x", "research", {}, (), ())
    place = folder.place(plan, tmp_path)
    assert place.parent == tmp_path / "breast-cancer-..-x"
    assert place.name == plan.digest.removeprefix("sha256:")[:12]
    assert folder.place(plan, tmp_path, debug=True).name == place.name + "-debug"


def test_a_run_folder_appears_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    final = tmp_path / "digits" / "abc"
    written(tmp_path, final, "old")
    written(tmp_path, final, "new")
    assert (final / "report.json").read_text() == "new"
    assert names(tmp_path / "digits") == ["abc"]
    assert names(tmp_path) == ["digits", "latest"]


def test_a_fault_leaves_the_old_run_and_no_remnant(tmp_path: Path) -> None:
    final = tmp_path / "digits" / "abc"
    written(tmp_path, final, "old")

    def fail() -> None:
        with folder.staged(final, tmp_path) as aside:
            (aside / "report.json").write_text("half")
            (aside / "log.txt").write_text("what happened")
            assert folder.keep_log(aside, final) == tmp_path / "digits" / "abc.failed" / "log.txt"
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        fail()
    assert (final / "report.json").read_text() == "old"
    assert names(tmp_path / "digits") == ["abc", "abc.failed"]
    written(tmp_path, final, "new")
    assert names(tmp_path / "digits") == ["abc"]


def test_a_first_run_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk"), folder.staged(tmp_path / "digits" / "abc", tmp_path):
        raise OSError("disk")
    assert names(tmp_path) == []


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    final = tmp_path / "digits" / "abc"
    (tmp_path / "digits" / ".abc.dead.partial").mkdir(parents=True)
    written(tmp_path, final, "new")
    assert names(tmp_path / "digits") == ["abc"]


def test_logs_of_a_training_that_was_not_repeated_stay(tmp_path: Path) -> None:
    final = tmp_path / "digits" / "abc"
    written(tmp_path, final, "old")
    curve = final / "logs" / "csv" / "train-1" / "metrics.csv"
    curve.parent.mkdir(parents=True)
    curve.write_text("curve")
    written(tmp_path, final, "new")
    assert curve.read_text() == "curve"


def test_a_run_that_was_stopped_or_killed_leaves_its_log_its_plan_and_its_training_logs(tmp_path: Path) -> None:
    final = tmp_path / "digits" / "abc"
    kept = folder.failure(final)

    def begun(aside: Path, fold: str) -> None:
        (aside / "logs" / "csv" / fold).mkdir(parents=True)
        (aside / "log.txt").write_text(fold)
        (aside / "plan.json").write_text("{}")

    with folder.staged(final, tmp_path) as aside:
        begun(aside, "train-1")
        folder.keep_log(aside, final)
    assert sorted(path.name for path in kept.iterdir()) == ["log.txt", "logs", "plan.json"]
    begun(tmp_path / "digits" / ".abc.dead.partial", "train-2")  # killed: it could keep nothing itself
    with folder.staged(final, tmp_path) as aside:
        assert (kept / "log.txt").read_text() == "train-2"
        begun(aside, "train-3")
        folder.carry_logs(final, aside)
        folder.publish(aside, final, tmp_path)
    assert sorted(path.name for path in (final / "logs" / "csv").iterdir()) == ["train-1", "train-2", "train-3"]
    assert names(tmp_path / "digits") == ["abc"]


def test_latest_is_the_newest_run(tmp_path: Path) -> None:
    settings, outputs = Settings(root=tmp_path), tmp_path / "outputs"
    with pytest.raises(InputError, match="there is no latest run; run a spec first"):
        folder.find("latest", settings)
    for name in ("one", "two"):
        written(outputs, outputs / "digits" / name, name)
        assert (folder.find("latest", settings) / "report.json").read_text() == name
    assert not (outputs / "latest").readlink().is_absolute()


def test_latest_may_be_a_file_where_links_are_not_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    outputs = tmp_path / "outputs"
    written(outputs, outputs / "digits" / "one", "one")
    assert (outputs / "latest").read_text() == "digits/one\n"
    assert (folder.find("latest", Settings(root=tmp_path)) / "report.json").read_text() == "one"


def test_a_folder_without_a_report_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this folder holds no finished run"):
        folder.find(str(tmp_path), Settings(root=tmp_path))
    with pytest.raises(InputError, match="there is no such run folder"):
        folder.find(str(tmp_path / "absent"), Settings(root=tmp_path))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child is forked for every call")
def test_a_kill_at_any_call_leaves_the_old_run_or_the_new_one(tmp_path: Path) -> None:
    statuses = []
    for number in range(200):
        outputs = tmp_path / f"[{number}]"
        final = outputs / "digits" / "abc"
        written(outputs, final, "old")
        work = partial(written, outputs, final, "new")
        statuses.append(attempt(work, Disk(outputs, number, "kill"), (OSError,)))
        with folder.staged(final, outputs):  # the next run begins
            assert (final / "report.json").read_text() in ("old", "new"), f"call {number}"
        assert names(outputs / "digits") == ["abc"]
        if statuses[-1] == UNTOUCHED:
            break
    assert len(statuses) > 15
    assert statuses == [STOPPED] * number + [UNTOUCHED]
    assert (final / "report.json").read_text() == "new"

"""What is met, what is not, and that nothing which is unknown ever counts as met."""

from __future__ import annotations

import datetime
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stdspec.scorecard import gather as gathering
from stdspec.scorecard.gather import Asking, gather
from stdspec.scorecard.model import RUNS, SPEC, Experiment, Gathered, Line, Score, score
from stdspec.source import reader
from stdspec.standard.verdict import Verdict

from . import project

TODAY = datetime.date(2026, 11, 23)


def card(root: Path, by: Any = RUNS, today: datetime.date = TODAY) -> Gathered:
    return gather((".",), Asking(root, today, by))


def one(root: Path, name: str = "a.yaml", **how: Any) -> Experiment:
    return next(item for item in card(root, **how).experiments if item.name == name)


def verdicts(item: Experiment) -> dict[str, str]:
    return {line.id: str(line.verdict) for line in item.lines}


def test_without_a_run_what_needs_evidence_has_none(root):
    assert verdicts(one(root)) == {"AX1": "pass", "AX2": "no-evidence"}
    assert one(root).score == Score(1, 2)
    assert one(root).run is None


def test_the_run_of_this_very_spec_counts(root):
    project.run(root, one(root).digest, finite=True, day="2026-11-20")
    assert verdicts(one(root))["AX2"] == "pass"
    assert one(root).score.share == 1.0
    assert verdicts(one(root, "c.yaml"))["AX2"] == "no-evidence"


def test_of_several_runs_the_newest_counts(root):
    digest = one(root).digest
    project.run(root, digest, finite=True, day="2026-11-20")
    project.run(root, digest, finite=False, day="2026-11-21")
    found = one(root)
    assert verdicts(found)["AX2"] == "fail"
    assert found.run.ended == "2026-11-21"


def test_a_run_of_another_state_of_the_spec_does_not_count(root):
    project.run(root, one(root).digest, finite=True, day="2026-11-20")
    project.spec(root, "a", seed=5)
    assert verdicts(one(root))["AX2"] == "no-evidence"


def test_a_run_that_saw_two_batches_alone_does_not_count(root):
    folder = project.run(root, one(root).digest, finite=True, day="2026-11-20")
    folder.rename(f"{folder}-debug")
    assert verdicts(one(root))["AX2"] == "no-evidence"


def test_records_that_were_edited_count_for_nothing(root):
    folder = project.run(root, one(root).digest, finite=False, day="2026-11-20")
    kept = folder / "records.jsonl"
    kept.write_text(kept.read_text().replace("false", "true"))
    found = one(root)
    assert verdicts(found)["AX2"] == "error"
    assert "records.jsonl" in found.run.doubt


def test_a_report_that_was_edited_takes_the_run_away(root):
    folder = project.run(root, one(root).digest, finite=True, day="2026-11-20")
    (folder / "report.json").write_text((folder / "report.json").read_text().replace("2026-11-20", "2026-11-22"))
    assert verdicts(one(root))["AX2"] != "pass"


@pytest.mark.parametrize(
    ("made", "today", "verdict"),
    [
        (None, "2026-12-20", "pass"),
        (None, "2026-12-21", "stale"),
        ("2026-11-01", "2026-12-01", "pass"),
        ("2026-11-01", "2026-12-02", "stale"),
    ],
)
def test_evidence_is_as_old_as_the_node_that_made_it(root, made, today, verdict):
    project.run(root, one(root).digest, finite=True, day="2026-11-20", made=made)
    assert verdicts(one(root, today=datetime.date.fromisoformat(today)))["AX2"] == verdict


def test_by_specs_alone_what_reads_evidence_is_left_out(root):
    project.run(root, one(root).digest, finite=False, day="2026-11-20")
    assert verdicts(one(root, by=SPEC)) == {"AX1": "pass"}


def test_a_standard_that_does_not_exist_judges_nothing_and_is_said(root):
    project.spec(root, "a", seed=1, standards=["acme/x@1", "acme/y@1"])
    found = card(root)
    assert [item.name for item in found.experiments] == ["b.yaml", "c.yaml"]
    (lost,) = found.not_judged
    assert lost.name == "a.yaml"
    assert lost.fault.startswith("there is no standard acme/y@1; did you mean acme/x@1?")


def test_what_cannot_be_composed_is_named(root):
    (root / "c.yaml").write_text("stdspec: '1'\nseed: [1\n")
    assert [item.name for item in card(root).not_judged] == ["c.yaml"]


def test_another_config_of_hydra_is_no_experiment(root):
    (root / "other").mkdir()
    (root / "other" / "config.yaml").write_text("db: {host: here}\n")
    assert [item.name for item in card(root).experiments] == ["a.yaml", "b.yaml", "c.yaml"]


def test_what_settings_exclude_is_not_scored(root):
    (root / "stdspec.toml").write_text('lint = {exclude = ["b.yaml"]}\n')
    assert [item.name for item in card(root).experiments] == ["a.yaml", "c.yaml"]


def test_names_are_the_same_from_wherever_it_is_called(root, monkeypatch):
    (root / "sub").mkdir()
    project.spec(root / "sub", "d", seed=1)
    monkeypatch.chdir(root / "sub")
    found = gather(("d.yaml", "../a.yaml"), Asking(root, TODAY, RUNS))
    assert [item.name for item in found.experiments] == ["a.yaml", "sub/d.yaml"]


def test_many_are_judged_alike_in_one_process_and_in_several(root, monkeypatch):
    for number in range(12):
        project.spec(root, f"e{number}", seed=number if number % 2 else None)
    (root / "f.yaml").write_text("stdspec: '1'\nseed: [1\n")
    project.run(root, one(root).digest, finite=True, day="2026-11-20")
    alone = card(root)
    monkeypatch.setattr(gathering.cores, "WORTH", 2)
    assert gather((".",), Asking(root, TODAY, RUNS), jobs=3) == alone


def test_a_waived_must_is_met_and_the_waiver_is_listed_before_it_ends(root):
    project.spec(root, "a", seed=None)
    entry = {
        "clause": "AX1",
        "for": {"spec": "a"},
        "digest": one(root).digest,
        "owner": "ana",
        "approver": "head",
        "reason": "The seed comes later.",
        "granted": "2026-11-01",
        "expires": "2026-12-23",
    }
    (root / "waivers.yaml").write_text(json.dumps({"waivers": [entry]}))
    assert verdicts(one(root))["AX1"] == "waived"
    assert one(root).score == Score(1, 2)
    (shown,) = card(root).waivers
    assert (shown["clause"], shown["left"], shown["file"]) == ("AX1", 30, "waivers.yaml")
    assert card(root, today=datetime.date(2026, 11, 22)).waivers == ()
    assert verdicts(one(root, today=datetime.date(2026, 12, 24)))["AX1"] == "fail"


@pytest.mark.parametrize("verdict", [item for item in Verdict if item not in (Verdict.PASS, Verdict.WAIVED)])
def test_only_a_pass_and_a_waiver_are_met(verdict):
    lines = [Line("A", "s@1", "data", "must", Verdict.PASS), Line("B", "s@1", "data", "must", verdict)]
    assert score(lines) == Score(1, 2)


def test_shoulds_are_no_part_of_the_score():
    assert score([Line("A", "s@1", "data", "should", Verdict.FAIL)]).share is None


def test_configs_of_a_plain_hydra_project_are_scored_through_its_map(root):
    (root / "stdspec.toml").write_text(
        '[map]\nseed = "trainer.seed"\nstandards = {value = ["acme/x@1"]}\nstage = {value = "candidate"}\n'
    )
    for name in ("a", "b", "c"):
        (root / f"{name}.yaml").unlink()
    (root / "configs" / "experiment").mkdir(parents=True)
    (root / "configs" / "config.yaml").write_text("defaults: [_self_, {experiment: null}]\ntrainer: {seed: null}\n")
    (root / "configs" / "experiment" / "e.yaml").write_text("# @package _global_\ntrainer: {seed: 7}\n")
    found = {item.name: verdicts(item) for item in card(root).experiments}
    assert found == {
        "configs/config.yaml": {"AX1": "fail", "AX2": "no-evidence", "AX3": "no-evidence"},
        "configs/experiment/e.yaml": {"AX1": "pass", "AX2": "no-evidence", "AX3": "no-evidence"},
    }


VERDICTS = st.sampled_from([item for item in Verdict if item is not Verdict.NOT_APPLICABLE])


@given(st.lists(st.tuples(st.sampled_from(["must", "should"]), VERDICTS), min_size=1), st.data())
def test_evidence_that_is_taken_away_never_raises_a_score(held, data):
    lines = [Line(f"A{n}", "s@1", "data", level, verdict) for n, (level, verdict) in enumerate(held)]
    lost = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    after = [replace(line, verdict=Verdict.NO_EVIDENCE) if n in lost else line for n, line in enumerate(lines)]
    assert (score(after).share or 0) <= (score(lines).share or 0)


@pytest.mark.parametrize(
    "data",
    [
        b' stdspec: "1"\n name: x\n bad: [\n',
        b'{stdspec: "1", bad: [}\n',
        b'\xef\xbb\xbfstdspec: "1"\nbad: [\n',
        'stdspec: "1"\nname: x\n'.encode("utf-16"),
    ],
    ids=["indented", "flow", "marked", "UTF-16"],
)
def test_a_broken_spec_does_not_go_lost_however_it_is_written(root, data):
    (root / "broken.yaml").write_bytes(data)
    assert [item.name for item in card(root).not_judged] == ["broken.yaml"]


def test_a_file_that_may_not_be_read_does_not_go_lost(root, monkeypatch):
    (root / "kept.yaml").write_text("other: 1\n")

    def refusing(read):
        def reading(path, *rest):
            if str(path).endswith("kept.yaml"):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return read(path, *rest)

        return reading

    monkeypatch.setattr(gathering, "contents", refusing(gathering.contents))
    monkeypatch.setattr(reader, "head", refusing(reader.head))
    assert [item.name for item in card(root).not_judged] == ["kept.yaml"]


def test_a_waiver_is_used_where_one_of_several_rests_on_it_in_whatever_order():
    for used in ([True, False], [False, True]):
        found = gathering.Found()
        for one in used:
            found.note("w", {"used": one})
        other = gathering.Found()
        other.take(found)
        assert other.waivers == {"w": {"used": True}}

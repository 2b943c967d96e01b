"""The file that people commit: what a line says, that lines are only added, and that nothing in it is lost."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.errors import InputError
from stdspec.scorecard import history
from stdspec.scorecard.gather import Asking, gather
from stdspec.scorecard.history import Scoring, read, record, scoring, spelt
from stdspec.scorecard.model import RUNS

from . import project

TODAY = datetime.date(2026, 11, 23)


def now(root: Path, day: datetime.date = TODAY, commit: str | None = None) -> Scoring:
    return scoring(gather((".",), Asking(root, day, RUNS)), day, commit, ["."], RUNS)


def test_a_line_groups_experiments_that_fare_alike(root):
    line = json.loads(spelt(now(root, commit="c0ffee")))
    assert line["day"] == "2026-11-23"
    assert line["commit"] == "c0ffee"
    assert (line["met"], line["musts"], line["judged"], line["holding"]) == (3, 6, 4, 7)
    assert line["standards"]["acme/x@1"]["version"] == "1.0.0"
    assert [item["experiments"] for item in line["results"]] == [["a.yaml", "c.yaml"], ["b.yaml"]]
    assert line["results"][0]["unmet"] == {"no-evidence": {"acme/x@1": ["AX2"]}}


def test_equal_states_make_equal_bytes(root):
    assert spelt(now(root)) == spelt(now(root))


def test_what_is_recorded_is_read_again(root):
    file, item = root / "h.jsonl", now(root)
    assert record(file, item, root)
    assert read(file).scorings == (item,)


def test_the_same_state_adds_no_line_on_another_day_or_commit(root):
    file = root / "h.jsonl"
    record(file, now(root), root)
    before = file.read_bytes()
    assert not record(file, now(root, datetime.date(2026, 11, 24), "c0ffee"), root)
    assert file.read_bytes() == before


def test_lines_are_only_added(root):
    file = root / "h.jsonl"
    record(file, now(root), root)
    first = file.read_bytes()
    project.spec(root, "a", seed=None)
    assert record(file, now(root, datetime.date(2026, 11, 24)), root)
    assert file.read_bytes().startswith(first)
    assert [item.met for item in read(file).scorings] == [3, 2]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<<<<<<< HEAD", "a merge is not done here; keep the lines of both sides, and take this one out"),
        ("{", "this line is no scoring: input data was truncated"),
        ("[]", "this line is no scoring: expected `object`, got `array`"),
        ('{"results":' * 100_000, "this line is no scoring"),
        ("\udcff", "this line is no scoring"),
    ],
)
def test_a_line_that_is_no_scoring_is_said_with_its_place_and_stays(root, line, message):
    file = root / "h.jsonl"
    record(file, now(root), root)
    kept = file.read_bytes() + line.encode("utf-8", "surrogateescape")  # and no end of line
    file.write_bytes(kept)
    (fault,) = read(file).faults
    assert fault.place == "h.jsonl:2"
    assert fault.message.startswith(message)
    project.spec(root, "a", seed=None)
    assert record(file, now(root), root)
    assert file.read_bytes().startswith(kept + b"\n")
    assert len(read(file).scorings) == 2


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("met", 4, "'met' is 4, and its results make 3"),
        ("holding", 8, "'holding' is 8, and its results make 7"),
        ("day", "2026-02-30", "'2026-02-30' is no day such as 2026-12-31"),
        ("day", "20261123", "'20261123' is no day such as 2026-12-31"),
        ("standards", {}, "it does not say which acme/x@1 it means"),
        ("stdspec_scorecard", 2, "invalid enum value 2"),
        ("met", -1, "expected `int` >= 0"),
        ("more", 1, "object contains unknown field `more`"),
    ],
)
def test_a_line_that_contradicts_itself_is_no_scoring(root, key, value, message):
    line = json.loads(spelt(now(root))) | {key: value}
    file = root / "h.jsonl"
    file.write_text(json.dumps(line))
    found = read(file)
    assert found.scorings == ()
    assert found.faults[0].message.startswith(f"this line is no scoring: {message}")


def test_an_experiment_stands_in_a_line_once(root):
    line = json.loads(spelt(now(root)))
    line["results"][1]["experiments"] = ["a.yaml"]
    file = root / "h.jsonl"
    file.write_text(json.dumps(line))
    assert "an experiment stands in it twice" in read(file).faults[0].message


def test_a_merge_of_two_branches_is_read_in_the_order_of_days_and_each_line_once(root):
    older, newer = spelt(now(root)), spelt(now(root, datetime.date(2026, 11, 30)))
    file = root / "h.jsonl"
    file.write_bytes(newer + older + older)
    assert [item.day for item in read(file).scorings] == ["2026-11-23", "2026-11-30"]


def test_scorings_of_other_paths_stand_beside_each_other(root):
    item = now(root)
    file = root / "h.jsonl"
    record(file, item, root)
    assert history.read(file).beside(item) == [item]
    other = scoring(gather(("a.yaml",), Asking(root, TODAY, RUNS)), TODAY, None, ["a.yaml"], RUNS)
    assert history.read(file).beside(other) == []
    assert record(file, other, root)


def test_a_folder_is_no_history(root):
    with pytest.raises(InputError, match="this history cannot be read"):
        read(root / "standards")


def test_no_history_is_an_empty_one(root):
    assert read(root / "none.jsonl") == history.History()


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_read_or_said(data):
    found = history._parsed(data, Path("h.jsonl"))
    lines = [line for line in data.split(b"\n") if line.strip()]
    assert len(found.scorings) + len(found.faults) == len(lines)

"""``stdspec scorecard``: its faces, its gates and its exit status, as a user sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from stdspec.cli import scores
from stdspec.cli.main import run
from stdspec.cli.scorecard import Limit
from stdspec.cli.visible import columns
from stdspec.scorecard import gates, history
from stdspec.scorecard.model import RULE, Experiment, Gathered, Line
from stdspec.standard.verdict import Verdict
from stdspec.validate import check_data

from . import project


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    run(["scorecard", "--format", "json", *arguments])
    return json.loads(capsys.readouterr().out)


def wrong(card: dict) -> list[str]:
    return [item.message for item in check_data(card, "scorecard", lambda *_: None, interpolated=False)]


def full(root: Path) -> None:
    """A repository in which every part of a scorecard has something to say."""
    (root / "CODEOWNERS").write_text("a.yaml @ana\nb.yaml @ana @blue\n")
    (root / "lost.yaml").write_text("stdspec: '1'\nstandards: [acme/none@1]\n")
    run(["scorecard", "--record"])
    project.spec(root, "a", seed=None)
    entry = {
        "clause": "AX2",
        "for": {"spec": "b"},
        "digest": "sha256:" + "0" * 64,
        "owner": "ana <b>",
        "approver": "head",
        "reason": "It comes.",
        "granted": "2026-11-01",
        "expires": "2026-12-01",
    }
    digest = next(item["spec_digest"] for item in json_of(root)["experiments"] if item["name"] == "b.yaml")
    (root / "waivers.yaml").write_text(json.dumps({"waivers": [entry | {"digest": digest}]}))
    run(["feedback", "AX1", "--wrong", "It <b>asks</b> | too much", "--by", "@ana"])
    with (root / "stdspec-scorecard.jsonl").open("a") as file:
        file.write(">>>>>>> theirs\n")


def json_of(root: Path) -> dict:
    run(["scorecard", "--format", "json", "-o", str(root / "card.json")])
    return json.loads((root / "card.json").read_text())


def test_the_data_has_the_shape_of_its_schema(root, capsys):
    full(root)
    capsys.readouterr()
    card = data(capsys, "--no-regression", "--fail-below", "90%")
    assert wrong(card) == []
    assert card["score"] == {"rule": RULE, "met": 3, "hold": 6, "share": 0.5}
    assert card["not_judged"][0]["name"] == "lost.yaml"
    assert [item["owner"] for item in card["owners"]] == ["@ana", "@blue", None]
    assert card["owners"][0]["experiments"] == ["a.yaml", "b.yaml"]
    first = card["clauses"][0]
    assert (first["id"], first["failing"], first["unmet"]) == ("AX1", 1, ["a.yaml"])
    assert [entry["says"] for entry in first["feedback"]] == ["It <b>asks</b> | too much"]
    assert card["compared"]["worse"][0]["experiment"] == "a.yaml"
    assert card["compared"]["better"] == ["b.yaml"]
    assert [item["clause"] for item in card["waivers"]] == ["AX2"]
    assert card["history"]["faults"][0]["place"] == "stdspec-scorecard.jsonl:2"


def test_an_empty_repository_has_the_shape_as_well(tmp_path, monkeypatch, capsys):
    (tmp_path / "stdspec.toml").touch()
    monkeypatch.chdir(tmp_path)
    card = data(capsys)
    assert wrong(card) == []
    assert card["score"]["share"] is None
    assert run(["scorecard"]) == 0
    assert capsys.readouterr().out == "No experiment was judged.\n"


def test_equal_states_make_equal_bytes(root, capsys):
    run(["scorecard", "--format", "json"])
    first = capsys.readouterr().out
    run(["scorecard", "--format", "json"])
    assert capsys.readouterr().out == first


def test_without_owners_in_a_file_specs_say_whose_they_are(root, capsys):
    owners = data(capsys)["owners"]
    assert [(item["owner"], item["experiments"]) for item in owners] == [
        ("blue", ["b.yaml"]),
        (None, ["a.yaml", "c.yaml"]),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_fits_80_columns_and_steers_no_terminal(root, capsys, lang):
    full(root)
    project.spec(root, "z\x1b[31m" + "very-long-name-" * 8, seed=None)
    capsys.readouterr()
    run(["scorecard", "--lang", lang])
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if columns(line) > 80 and "very-long" not in line] == []
    assert [line for line in text.splitlines() if line.startswith("      z") and line.endswith("-.yaml")]
    assert ("得分" if lang == "zh" else "Score 37.5 %: 3 of 8 musts met; experiments: 4") in text


def test_the_text_says_what_fails_whose_it_is_and_what_became_of_it(root, capsys):
    full(root)
    capsys.readouterr()
    run(["scorecard"])
    text = capsys.readouterr().out
    assert "AX1 (must): 1 of 3 fail" in text
    assert "wrong: It <b>asks</b> | too much (2026-11-23, @ana)" in text
    assert "@blue: 100 %, 2 of 2 musts met; experiments: 1" in text
    assert "2026-12-01 (8 days left): AX2 spec b, ana <b>" in text
    assert "Since 2026-11-23" in text
    assert "a.yaml: its level fell from no-evidence among the musts to fail among the" in text


def test_markdown_makes_no_markup_of_what_people_say(root, capsys):
    full(root)
    capsys.readouterr()
    run(["scorecard", "--format", "markdown", "--no-regression"])
    text = capsys.readouterr().out
    assert "<b>" not in text
    assert "wrong: It \\<b\\>asks\\</b\\> \\| too much" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
    assert "- ❌ a.yaml: its level fell" in text


@pytest.mark.parametrize(
    ("limit", "status"),
    [("0.5", 0), ("50%", 0), ("50 %", 0), ("0.51", 1), ("100%", 1), ("0", 0)],
)
def test_the_score_must_reach_the_limit(root, capsys, limit, status):
    assert run(["scorecard", "--fail-below", limit]) == status
    said = capsys.readouterr().err
    assert ("the score is 3 of 6 musts, 50 %, and" in said) == bool(status)


@pytest.mark.parametrize("limit", ["nan", "80", "-0.1", "inf", "much", "%", "101%"])
def test_what_is_no_share_is_said(root, limit, capsys):
    assert run(["scorecard", "--fail-below", limit]) == 2
    assert f"'{limit}' is no share; write one such as 0.8 or 80%" in " ".join(capsys.readouterr().err.split())


def test_what_is_not_known_reaches_no_limit(root, capsys):
    (root / "lost.yaml").write_text("stdspec: '1'\nstandards: [acme/none@1]\n")
    assert run(["scorecard", "--fail-below", "0"]) == 1
    assert "1 experiment could not be judged: lost.yaml" in capsys.readouterr().err
    for name in ("a", "b", "c", "lost"):
        project.spec(root, name, seed=1, standards=[])
    assert run(["scorecard", "--fail-below", "0"]) == 1
    assert "no must holds for any experiment" in capsys.readouterr().err


def test_a_regression_is_named_and_exits_with_1(root, capsys):
    assert run(["scorecard", "--record", "--no-regression"]) == 0
    assert "recorded in stdspec-scorecard.jsonl" in capsys.readouterr().err
    project.spec(root, "a", seed=None)
    assert run(["scorecard", "--no-regression"]) == 1
    assert "AX1 of acme/x@1 (fail)" in capsys.readouterr().err


def test_what_did_not_pass_a_gate_is_not_recorded_but_can_be_accepted(root, capsys):
    run(["scorecard", "--record"])
    kept = (root / "stdspec-scorecard.jsonl").read_bytes()
    project.spec(root, "a", seed=None)
    assert run(["scorecard", "--record", "--no-regression"]) == 1
    assert (root / "stdspec-scorecard.jsonl").read_bytes() == kept
    assert "not recorded in stdspec-scorecard.jsonl: the gate stays shut" in capsys.readouterr().err
    assert run(["scorecard", "--record"]) == 0
    assert run(["scorecard", "--no-regression"]) == 0


def test_a_history_that_cannot_be_read_whole_opens_no_gate(root, capsys):
    (root / "stdspec-scorecard.jsonl").write_text("<<<<<<< HEAD\n")
    assert run(["scorecard"]) == 1
    assert run(["scorecard", "--no-regression"]) == 1
    assert "the history has 1 line that cannot be read, at stdspec-scorecard.jsonl:1" in capsys.readouterr().err


def test_another_version_of_the_standard_breaks_the_trend_and_is_said(root, capsys, monkeypatch):
    run(["scorecard", "--record"])
    project.standard(root, version="1.1.0", least=2)
    monkeypatch.setenv("STDSPEC_TODAY", "2026-11-24")
    capsys.readouterr()
    assert run(["scorecard", "--no-regression"]) == 0
    text = capsys.readouterr().out
    assert "-- acme/x@1 is 1.1.0 and was 1.0.0" in text
    assert "3 judged by other standards, so not compared" in text


def test_runs_and_specs_alone_are_not_compared_with_each_other(root, capsys):
    run(["scorecard", "--record"])
    capsys.readouterr()
    assert data(capsys, "--spec-only")["compared"] is None
    assert run(["scorecard", "--spec-only", "--fail-below", "100%", "--record"]) == 0


def test_looking_writes_nothing(root):
    before = sorted(root.rglob("*"))
    run(["scorecard", "--no-regression", "--format", "html"])
    assert sorted(root.rglob("*")) == before


def test_the_history_is_where_the_settings_say(root, capsys):
    (root / "stdspec.toml").write_text('scorecard = "kept/scores.jsonl"\n')
    assert run(["scorecard", "--record"]) == 2
    assert "the history cannot be written" in capsys.readouterr().err
    (root / "kept").mkdir()
    assert run(["scorecard", "--record"]) == 0
    assert (root / "kept" / "scores.jsonl").is_file()
    assert run(["scorecard", "--history", "other.jsonl", "--record"]) == 0
    assert (root / "other.jsonl").is_file()


def test_a_path_at_which_there_is_nothing_is_said(root, capsys):
    assert run(["scorecard", "here"]) == 2
    assert "there is no such file or folder" in capsys.readouterr().err


def test_nothing_heavy_is_imported(root):
    code = (
        "import sys; from stdspec.cli.main import run; run(['scorecard']); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'lightning', 'sklearn', 'numpy')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(("met", "hold", "limit"), [(55, 100, "55%"), (7, 25, "0.28"), (557, 1000, "55.7%")])
def test_what_reaches_the_limit_exactly_reaches_it(met, hold, limit):
    lines = [
        Line(str(number), "acme/x@1", "data", "must", Verdict.PASS if number < met else Verdict.FAIL)
        for number in range(hold)
    ]
    item = Experiment("a", "a", "a", "research", (), "", "", tuple(lines))
    share = Limit().convert(limit, None, None)
    assert list(gates.below(Gathered((item,), (), {}, {}, ()), share)) == []
    worse = msgspec.structs.replace(item, lines=(*lines[:-1], lines[-1], lines[-1]))
    assert len(list(gates.below(Gathered((worse,), (), {}, {}, ()), share))) == 1


def test_without_an_earlier_scoring_of_the_same_paths_no_regression_is_shut(root, capsys):
    assert run(["scorecard", "--no-regression"]) == 1
    assert "no scoring of these paths to compare with; record one with --record" in capsys.readouterr().err
    assert run(["scorecard", "--no-regression", "--record"]) == 0
    assert run(["scorecard", "--no-regression"]) == 0
    assert run(["scorecard", "--no-regression", "a.yaml"]) == 1
    assert run(["scorecard", "--no-regression", "--history", "misspelt.jsonl"]) == 1


def test_who_is_second_to_record_the_same_is_told_so(root, capsys, monkeypatch):
    def first(file: Path, item: history.Scoring, project: Path) -> bool:
        assert record(file, item, project)
        return record(file, item, project)

    record = history.record
    monkeypatch.setattr(history, "record", first)
    assert run(["scorecard", "--record"]) == 0
    assert "nothing is new, so stdspec-scorecard.jsonl stays as it is" in capsys.readouterr().err


@pytest.mark.parametrize("form", list(scores.FORMATS))
def test_a_secret_that_somebody_wrote_is_not_repeated(root, capsys, form):
    full(root)
    token = "ghp_" + "a1" * 18
    for name, word in (("waivers.yaml", "It comes."), ("standards/feedback.yaml", "too much")):
        text = (root / name).read_text()
        assert word in text
        (root / name).write_text(text.replace(word, f"see {token}"))
    capsys.readouterr()
    run(["scorecard", "--format", form])
    said = capsys.readouterr().out
    assert token not in said
    assert "gh…" in said

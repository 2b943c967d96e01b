"""``stdspec compile``: canonical bytes, overrides, spec files, and refusals that leave nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stdspec.cli.main import run
from stdspec.digest import ordered_json

SMALLEST = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 5}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the smallest spec, and the working directory in it."""
    (tmp_path / "stdspec.toml").write_text("")
    (tmp_path / "spec.yaml").write_text(SMALLEST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_plan_goes_to_standard_output_in_one_spelling(project: Path, capsys) -> None:
    assert run(["compile", "spec.yaml"]) == 0
    text = capsys.readouterr().out
    plan = json.loads(text)
    assert ordered_json(plan) + b"\n" == text.encode()
    assert plan["name"] == "churn"
    assert [node["id"] for node in plan["nodes"]] == ["data", "split", "train", "evaluate", "gate", "package"]
    assert str(project) not in text


def test_twice_gives_the_same_bytes(project: Path) -> None:
    for name in ("one.json", "two.json"):
        assert run(["compile", "spec.yaml", "-o", name]) == 0
    assert (project / "one.json").read_bytes() == (project / "two.json").read_bytes()
    assert sorted(path.name for path in project.iterdir()) == ["one.json", "spec.yaml", "stdspec.toml", "two.json"]


def test_overrides_are_obeyed_and_named(project: Path, capsys) -> None:
    assert run(["compile", "spec.yaml", "training.epochs=2", "model.hidden=[8]"]) == 0
    plan = json.loads(capsys.readouterr().out)
    train = next(node for node in plan["nodes"] if node["id"] == "train")
    assert train["config"]["training"]["epochs"] == 2
    assert train["config"]["model"]["hidden"] == [8]
    assert train["origins"]["training.epochs"].startswith("<command line>:1:")
    assert train["origins"]["model.hidden"].startswith("<command line>:2:")


def test_a_project_without_config_groups_gets_the_shipped_ones(project: Path, capsys) -> None:
    assert run(["compile", "+experiment=lepton_mlp"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["name"] == "lepton-mlp"
    assert plan["nodes"][0]["origins"]["data.source.name"].startswith("<stdspec>/conf/data/digits.yaml:")


def test_a_folder_and_a_name_choose_the_primary(project: Path, capsys) -> None:
    (project / "own").mkdir()
    (project / "own" / "main.yaml").write_text(SMALLEST.replace("churn\n", "other\n"))
    assert run(["compile", "--config-dir", "own", "--config-name", "main"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "other"


def test_the_lint_gate_prints_findings_and_writes_nothing(project: Path, capsys) -> None:
    (project / "spec.yaml").write_text(SMALLEST + "modle: {}\n")
    assert run(["compile", "spec.yaml", "-o", "plan.json"]) == 1
    said = capsys.readouterr().out
    assert "spec.yaml:6:1" in said
    assert "did you mean 'model'" in said
    assert not (project / "plan.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.yaml"], "nothing.yaml: there is no such file"),
        (["."], "this is a folder and no spec file"),
        (["--config-dir", "nowhere"], "nowhere: there is no such folder"),
        (["spec.yaml", "--config-name", "x"], "'spec.yaml' already says which config is meant"),
        (["+experiment=digit"], "did you mean 'digits'"),
        (["spec.yaml", "-o", "no/such/plan.json"], "no/such/plan.json: the plan cannot be written"),
        (["spec.yaml", "=="], "=="),
    ],
)
def test_refusals_are_one_sentence(project: Path, capsys, arguments: list[str], words: str) -> None:
    assert run(["compile", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "fault of stdspec" not in said


def test_an_option_of_a_group_is_no_spec(project: Path, capsys) -> None:
    (project / "conf" / "data").mkdir(parents=True)
    (project / "conf" / "config.yaml").write_text(SMALLEST)
    (project / "conf" / "data" / "mine.yaml").write_text("license: CC0-1.0\n")
    assert run(["compile", "conf/data/mine.yaml"]) == 2
    assert "conf/data/mine.yaml: this is an option of a config group and no spec" in capsys.readouterr().err


def test_an_experiment_file_is_composed_over_its_primary(project: Path, capsys) -> None:
    (project / "conf" / "experiment").mkdir(parents=True)
    (project / "conf" / "config.yaml").write_text(SMALLEST)
    (project / "conf" / "experiment" / "wide.yaml").write_text("# @package _global_\nname: wide\n")
    assert run(["compile", "conf/experiment/wide.yaml"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "wide"

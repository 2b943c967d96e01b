"""`stdspec compose`, `why`, `diff` and `freeze-configstore`: what a user sees, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from stdspec.cli.main import run

SECRET = "hunter2-is-no-word"
TREE = {
    "conf/config.yaml": """\
defaults:
  - model: mlp
  - _self_
lr: 0.1
token: ${oc.env:ACME_TOKEN}
seen: token is ${token}
made: ${now:%Y}
data: 3
""",
    "conf/model/mlp.yaml": "width: 5\nhidden: [1, 2]\nlr: ${lr}\n",
    "conf/experiment/wide.yaml": "# @package _global_\nmodel: {width: 9}\nextra: true\n",
    "conf/computed.yaml": "defaults: [{model: '${oc.env:ACME_TOKEN}'}]\n",
    "conf/broken.yaml": "a: [\n",
    "acme_store.py": """\
from hydra.core.config_store import ConfigStore
ConfigStore.instance().store("small", {"width": 3}, group="net")
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Hydra project that knows nothing of stdspec's language, and the working directory in it."""
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "stdspec.toml").write_text('allow-env = ["ACME_TOKEN"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACME_TOKEN", SECRET)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def out(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert run(list(words)) == status
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert "fault of stdspec" not in said.err
    return said.out if status < 2 else said.err


def test_compose_prints_any_hydra_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = yaml.safe_load(out(capsys, "compose", "+experiment=wide", "data=4"))
    assert found == {
        "model": {"width": 9, "hidden": [1, 2], "lr": "${lr}"},
        "lr": 0.1,
        "token": "${oc.env:ACME_TOKEN}",
        "seen": "token is ${token}",
        "made": "${now:%Y}",
        "data": 4,  # `data` is a config group of stdspec's, which this project does not use
        "extra": True,
    }
    assert json.loads(out(capsys, "compose", "+experiment=wide", "data=4", "--format", "json")) == found


def test_compose_finds_the_shipped_groups_only_for_a_spec(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean" not in out(capsys, "compose", "model=cnn", status=2)
    (project / "spec.yaml").write_text("defaults: [stdspec/base, data: csv, model: cnn, _self_]\nname: x\n")
    assert yaml.safe_load(out(capsys, "compose", "spec.yaml"))["model"]["kind"] == "cnn"


def test_compose_resolves_all_but_variables_and_resolvers(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compose", "--resolve"]) == 0
    said = capsys.readouterr()
    found = yaml.safe_load(said.out)
    assert found["model"]["lr"] == 0.1
    assert found["token"] == "${oc.env:ACME_TOKEN}"
    assert found["seen"] == "token is ${oc.env:ACME_TOKEN}"
    assert found["made"] == "${now:%Y}"
    assert said.err == "stdspec: these stay as they are written: token, seen, made\n"
    assert SECRET not in said.out


def test_compose_names_the_origins(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = out(capsys, "compose", "--origins", "+experiment=wide", "lr=0.2").splitlines()
    assert "  width: 9  # conf/experiment/wide.yaml:2:16 experiment=wide" in lines
    assert "lr: 0.2  # <command line> override 2 lr=0.2" in lines
    found = json.loads(out(capsys, "compose", "--origins", "--format", "json", "+experiment=wide"))
    assert found["composition"]["model"]["width"] == 9
    assert found["origins"]["model.width"] == {
        "file": "conf/experiment/wide.yaml",
        "line": 2,
        "column": 16,
        "layer": "experiment=wide",
        "assumed": False,
    }


def test_why_tells_the_history(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, "why", "model.width", "+experiment=wide", "model.width=3") == (
        "model.width is 3\n"
        "<command line> override 2: 3\n"
        "  model.width=3; holds: an override on the command line\n"
        "conf/experiment/wide.yaml:2:16: 9\n"
        "  experiment=wide; beaten by the override model.width=3 on the command line\n"
        "conf/model/mlp.yaml:1:8: 5\n"
        "  model: mlp; beaten by experiment=wide, which the command line appends to the\n"
        "  defaults list\n"
    )
    assert out(capsys, "why", "model.lr").startswith("model.lr is ${lr}, which is 0.1\n")


def test_why_says_assumed_and_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "spec.yaml").write_text("defaults: [stdspec/base, data: csv, model: mlp, _self_]\nname: x\n")
    said = out(capsys, "why", "training.epochs", "spec.yaml")
    assert "  training: default, assumed; holds\n" in said
    assert "  model: mlp, named; holds\n" in out(capsys, "why", "model.kind", "spec.yaml")


def test_why_of_a_mapping_lists_its_winners(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, "why", "model", "+experiment=wide") == (
        "model.width: 9\n  conf/experiment/wide.yaml:2:16 experiment=wide\n"
        "model.hidden: [1, 2]\n  conf/model/mlp.yaml:2:9 model: mlp\n"
        "model.lr: ${lr}\n  conf/model/mlp.yaml:3:5 model: mlp\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["why", "model.widht"], "there is no key model.widht in conf/config.yaml; did you mean model.width?"),
        (["why", "lr", "-cn", "confg"], "there is no config 'confg'; did you mean 'config'?"),
        (["compose", "-cn", "computed"], "a resolver computes an option"),
        (["compose", "nothing.yaml"], "nothing.yaml: there is no such file"),
        (["diff", "lr='", ""], "the quotes in lr=' do not match"),
        (["diff", "", "nowhere.json"], "nowhere.json: there is no such file"),
        (["diff", "", "model=mpl"], "did you mean 'mlp'"),
        (["freeze-configstore", "acme_nowhere"], "there is no module acme_nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    project: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in out(capsys, *words, status=2)


def test_a_broken_file_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["compose", "-cn", "broken"], ["why", "a", "-cn", "broken"]):
        assert "conf/broken.yaml" in out(capsys, *words, status=1)
    assert run(["diff", "-cn", "broken", "", ""]) == 2
    assert "conf/broken.yaml" in capsys.readouterr().out


def test_nothing_of_a_file_outside_the_project_is_shown(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    away = tmp_path_factory.mktemp("away") / "secret.yaml"
    away.write_text(f"password: {SECRET}\n")
    (project / "conf" / "model" / "link.yaml").symlink_to(away)
    for words in (["compose", "model=link"], ["why", "model.password", "model=link"]):
        assert "HYD006" in out(capsys, *words, status=1)
    assert run(["diff", "", "model=link"]) == 2
    assert SECRET not in capsys.readouterr().out


def test_diff_shows_both_places(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, "diff", "~lr ++model.lr=0", "+experiment=wide", status=1) == (
        "- model.width: 5\n    conf/model/mlp.yaml:1:8 model: mlp\n"
        "+ model.width: 9\n    conf/experiment/wide.yaml:2:16 experiment=wide\n"
        "- model.lr: 0\n    <command line> override 2 ++model.lr=0\n"
        "+ model.lr: ${lr}\n    conf/model/mlp.yaml:3:5 model: mlp\n"
        "+ lr: 0.1\n    conf/config.yaml:4:5 config\n"
        "+ extra: true\n    conf/experiment/wide.yaml:3:8 experiment=wide\n"
        "2 added, 0 removed, 2 changed\n"
    )


def test_diff_is_silent_where_nothing_differs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, "diff", "", "model.width=5") == ""
    assert out(capsys, "diff", "", "model.width=5", "--format", "json") == "[]\n"


def test_diff_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (change,) = json.loads(out(capsys, "diff", "", "model.width=3", "--format", "json", status=1))
    assert (change["kind"], change["path"]) == ("changed", "model.width")
    assert (change["old"]["value"], change["old"]["file"], change["old"]["line"]) == (5, "conf/model/mlp.yaml", 1)
    assert (change["new"]["value"], change["new"]["layer"]) == (3, "model.width=3")


@pytest.mark.parametrize("options", [["--format", "json"], [], ["--origins"], ["--origins", "--format", "json"]])
def test_diff_takes_what_compose_printed(project: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    saved = "saved.json" if "json" in options else "saved.yaml"
    (project / saved).write_text(out(capsys, "compose", "+experiment=wide", *options))
    assert out(capsys, "diff", saved, "+experiment=wide") == ""
    said = out(capsys, "diff", saved, "+experiment=wide lr=7", status=1)
    assert f"- lr: 0.1\n    {saved}:" in said
    assert "+ lr: 7\n    <command line> override 2 lr=7\n" in said


def test_freeze_says_that_code_was_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["freeze-configstore", "acme_store"]) == 0
    said = capsys.readouterr()
    assert said.out == "conf/net/small.yaml\n"
    assert said.err == "stdspec: acme_store was imported, so its code was run: 1 written, 0 unchanged\n"
    assert yaml.safe_load(out(capsys, "compose", "+net=small"))["net"] == {"width": 3}

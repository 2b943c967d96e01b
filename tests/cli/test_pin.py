"""``stdspec pin``: digests and the signature into the spec's own file, everything else as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from stdspec import pipeline
from stdspec import settings as project_settings
from stdspec.cli.main import run as stdspec
from stdspec.compose.model import Composed
from stdspec.errors import InputError
from stdspec.evidence import Record
from stdspec.paths import ConfigPath
from stdspec.plan import build, pin
from stdspec.run import folder, records, seal

PRIMARY = "defaults: [stdspec/base, data: csv, model: mlp, _self_]\nname: base\n"
EXPERIMENT = """\
# @package _global_
# Why this one is tried.
name: churn
stage: research
data: {target: {column: churned}, source: {path: train.csv}}  # small
training: {task: classification, epochs: 2}
"""
SIGNATURE = {
    "inputs": {"features": {"dtype": "float32", "shape": ["batch", 2]}},
    "outputs": {"scores": {"dtype": "float32", "shape": ["batch", 2]}},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "train.csv").write_text("age,visits,churned\n30,1,yes\n40,2,no\n")
    (tmp_path / "conf" / "experiment").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text(PRIMARY)
    (tmp_path / "conf" / "experiment" / "mine.yaml").write_text(EXPERIMENT)
    (tmp_path / "stdspec.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def finish(root: Path) -> None:
    """Leave a run folder as a finished run does."""
    settings = project_settings.load(root)
    composed = pipeline.compose(None, None, ["+experiment=mine"], settings)
    plan = build.build(composed, settings.root)
    place = folder.place(plan, settings.root / settings.outputs)
    place.mkdir(parents=True)
    folder.write_plan(plan, place)
    (place / folder.REPORT).write_text("{}")
    records.write([Record("run.model.signature", SIGNATURE)], place / "records.jsonl")
    seal.write(place)


def digest(root: Path) -> str:
    return "sha256:" + hashlib.sha256((root / "train.csv").read_bytes()).hexdigest()


def test_digest_and_signature_are_written_and_everything_else_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(project)
    assert stdspec(["pin", "+experiment=mine"]) == 0
    said = "pinned: data.source.digest, model.signature in conf/experiment/mine.yaml\n"
    assert capsys.readouterr().err == said
    small = "source: {path: train.csv}}  # small"
    pinned = f'source: {{path: train.csv, digest: {{train.csv: "{digest(project)}"}}}}}}  # small'
    assert (project / "conf" / "experiment" / "mine.yaml").read_text() == EXPERIMENT.replace(small, pinned) + (
        "model:\n  signature:\n"
        "    inputs: {features: {dtype: float32, shape: [batch, 2]}}\n"
        "    outputs: {scores: {dtype: float32, shape: [batch, 2]}}\n"
    )
    assert (project / "conf" / "config.yaml").read_text() == PRIMARY


def test_pinning_again_changes_nothing_and_the_run_is_still_that_of_the_spec(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(project)
    assert stdspec(["pin", "conf/experiment/mine.yaml"]) == 0
    before = (project / "conf" / "experiment" / "mine.yaml").read_bytes()
    capsys.readouterr()
    assert stdspec(["pin", "conf/experiment/mine.yaml", "--check"]) == 0
    assert stdspec(["pin", "conf/experiment/mine.yaml"]) == 0
    assert capsys.readouterr().err == "everything that can be is pinned\n" * 2
    assert (project / "conf" / "experiment" / "mine.yaml").read_bytes() == before


def test_data_that_changed_is_noticed_and_pinned_anew(project: Path) -> None:
    finish(project)
    assert stdspec(["pin", "+experiment=mine"]) == 0
    old = digest(project)
    (project / "train.csv").write_text("age,visits,churned\n31,1,yes\n")
    assert stdspec(["pin", "+experiment=mine", "--check"]) == 1
    assert old in (project / "conf" / "experiment" / "mine.yaml").read_text()
    assert stdspec(["pin", "+experiment=mine"]) == 0
    text = (project / "conf" / "experiment" / "mine.yaml").read_text()
    assert digest(project) in text
    assert old not in text


def test_diff_shows_and_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stdspec(["pin", "+experiment=mine", "--diff"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("--- a/conf/experiment/mine.yaml\n+++ b/conf/experiment/mine.yaml\n")
    assert f'digest: {{train.csv: "{digest(project)}"}}' in out
    assert "there is no run of this spec yet" in err
    assert (project / "conf" / "experiment" / "mine.yaml").read_text() == EXPERIMENT


def test_a_digest_that_an_own_group_holds_is_renewed_there(project: Path) -> None:
    group = project / "conf" / "data"
    group.mkdir()
    (group / "claims.yaml").write_text(
        "defaults: [csv, _self_]\n"
        "source:\n  path: train.csv\n  digest:\n    # as delivered\n    train.csv: sha256:" + "0" * 64 + "\n"
        "target: {column: churned}\n"
    )
    own = "# @package _global_\ndefaults: [override /data: claims]\nname: churn\ntraining: {task: classification}\n"
    (project / "conf" / "experiment" / "mine.yaml").write_text(own)
    assert stdspec(["pin", "+experiment=mine"]) == 0
    assert f"    # as delivered\n    train.csv: {digest(project)}\n" in (group / "claims.yaml").read_text()
    assert (project / "conf" / "experiment" / "mine.yaml").read_text() == own


def test_a_run_of_another_spec_gives_no_signature(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finish(project)
    file = project / "conf" / "experiment" / "mine.yaml"
    file.write_text(EXPERIMENT.replace("epochs: 2", "epochs: 3"))
    assert stdspec(["pin", "+experiment=mine"]) == 0
    assert "signature" not in file.read_text()
    assert "there is no run of this spec yet; run it, then pin again" in capsys.readouterr().err


def test_a_run_folder_that_was_edited_gives_no_signature(project: Path) -> None:
    finish(project)
    (found,) = project.glob("outputs/*/*/records.jsonl")
    found.write_text(found.read_text().replace("features", "pixels"))
    assert stdspec(["pin", "+experiment=mine"]) == 0
    assert "signature" not in (project / "conf" / "experiment" / "mine.yaml").read_text()


def test_overrides_are_in_no_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del project
    assert stdspec(["pin", "+experiment=mine", "seed=3"]) == 2
    assert "overrides are in no file, so nothing can be pinned for them; write them" in capsys.readouterr().err


def test_a_file_outside_of_the_project_is_left_alone(project: Path) -> None:
    settings = project_settings.load(project)

    def compose() -> Composed:
        return pipeline.compose(None, None, ["+experiment=mine"], settings)

    composed = compose()
    facts: dict[ConfigPath, object] = {("data", "source", "digest"): {"train.csv": digest(project)}}
    with pytest.raises(InputError, match="this file is not part of the project, so nothing is pinned in it"):
        pin.pin(composed, pin.own_file(composed), project / "elsewhere", facts, compose)


def test_a_value_that_something_else_overrides_is_not_pinned(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "conf" / "data").mkdir()
    claims = "defaults: [csv, _self_]\nsource: {path: train.csv, digest: null}\ntarget: {column: churned}\n"
    (project / "conf" / "data" / "claims.yaml").write_text(claims)
    primary = "defaults: [_self_, stdspec/base, data: claims, model: mlp]\ntraining: {task: classification}\n"
    (project / "conf" / "config.yaml").write_text(primary)
    assert stdspec(["pin"]) == 2
    said = "conf/data/claims.yaml: data.source.digest cannot be written so that it holds; write it by hand"
    assert said in capsys.readouterr().err
    assert (project / "conf" / "config.yaml").read_text() == primary

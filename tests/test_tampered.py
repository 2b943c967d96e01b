"""A run folder in which somebody changed something is not believed: no clause that failed ever passes by it."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the run extra")

from hypothesis import HealthCheck, example, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from stdspec import conclusion, pipeline, validate
from stdspec import settings as project_settings
from stdspec.cli.main import run as stdspec
from stdspec.errors import InputError
from stdspec.report.doubted import doubted
from stdspec.run import folder, runs, seal
from stdspec.run.context import Event

pytestmark = pytest.mark.run

SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
standards: [stdspec/base@1, acme/own@1]
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 1}
evaluation: {metrics: {accuracy: {at_least: 0.999}}}
"""
STANDARD = """\
standard: acme/own
version: 1.0.0
owner: {name: The platform team}
goal: What a run shows is asked of every run
clauses:
  ACM-EVL-01:
    says: {en: Nearly every row is told apart}
    level: must
    from: research
    house: It decides on people.
    require: {run.evaluation.metrics.accuracy.lower: {at_least: 0.999}}
    remedy: Train a better model.
    tests:
      pass: [{run.evaluation.metrics.accuracy.lower: 1.0}]
      fail: [{run.evaluation.metrics.accuracy.lower: 0.5}]
  ACM-TRN-01:
    says: {en: The loss stays a number}
    level: must
    from: research
    house: What diverged is no model.
    require: {run.training.loss_finite: {is: true}}
    remedy: Lower the learning rate.
    tests: {pass: [{run.training.loss_finite: true}], fail: [{run.training.loss_finite: false}]}
  ACM-GOV-01:
    says: {en: The spec has a name}
    level: must
    from: research
    house: Reports are looked for by name.
    require: {spec.name: {exists: true}}
    remedy: Write a name.
    tests: {pass: [{spec.name: churn}], fail: [{}]}
"""
MINE = {"ACM-EVL-01": "fail", "ACM-TRN-01": "pass", "ACM-GOV-01": "pass"}
"""What the run says of the project's own clauses."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small real run whose metric misses its limit."""
    root = tmp_path_factory.mktemp("trained")
    rng = random.Random(1)
    rows = [f"{rng.gauss(40, 10):.2f},{rng.gauss(50, 15):.2f},{rng.choice(['yes', 'no'])}" for _ in range(150)]
    (root / "train.csv").write_text("\n".join(["age,income,churned", *rows]) + "\n")
    (root / "spec.yaml").write_text(SPEC)
    (root / "stdspec.toml").touch()
    (root / "standards").mkdir()
    (root / "standards" / "own.yaml").write_text(STANDARD)
    before = Path.cwd()
    os.chdir(root)
    try:
        done = pipeline.run(str(root), "spec", [], settings=project_settings.load(root), report=_quiet)
    finally:
        os.chdir(before)
    return done.folder


def _quiet(_: Event) -> None:
    """No progress is shown."""


@pytest.fixture
def run(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in a project of its own."""
    (tmp_path / "stdspec.toml").touch()
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(trained, tmp_path / "outputs" / "churn" / trained.name))


def _shown(run: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any] | None, str]:
    status = stdspec(["report", str(run), "--format", "json"])
    said = capsys.readouterr()
    return status, json.loads(said.out) if said.out else None, said.err


def _verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {clause["id"]: clause["verdict"] for clause in report["clauses"]}


def test_a_run_seals_what_its_verdicts_rest_on(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed = json.loads((run / seal.NAME).read_text())["files"]
    assert set(sealed) >= {"spec.yaml", "plan.json", "records.jsonl", "report.json", "artifacts/model.safetensors"}
    assert seal.doubt(run) is None
    status, report, said = _shown(run, capsys)
    assert (status, said) == (0, "")
    assert report == json.loads((run / "report.json").read_text())
    (run / "log.txt").write_text("nobody judges by it")
    (run / "report.html").unlink()
    assert seal.doubt(run) is None


def test_a_report_that_was_edited_is_not_shown(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (run / "report.json").read_text()
    (run / "report.json").write_text(text.replace('"verdict": "fail"', '"verdict": "pass"'))
    status, report, said = _shown(run, capsys)
    assert (status, report) == (2, None)
    assert "report.json is not as the run left it" in said
    assert "run the spec again" in said
    (found,) = runs.listed([run.parent], run.parent.parent)
    assert (found.state, found.metrics, found.weights) == (runs.State.CHANGED, (), None)
    assert stdspec(["compare", str(run), str(run)]) == 2


@pytest.mark.parametrize("name", ["records.jsonl", "spec.yaml", "plan.json", "artifacts/model.safetensors"])
@pytest.mark.parametrize("how", ["edited", "removed"])
def test_evidence_that_was_changed_no_longer_counts(
    name: str, how: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads((run / "report.json").read_text())
    assert _verdicts(before) | MINE == _verdicts(before)
    if how == "removed":
        (run / name).unlink()
    else:
        (run / name).write_bytes((run / name).read_bytes() + b"\n")
    status, report, said = _shown(run, capsys)
    assert status == 1
    assert said.endswith(f"{name} is not as the run left it; run the spec again\n")
    assert report is not None
    assert report["doubt"] == f"{name} is not as the run left it"
    assert report["summary"]["outcome"] == "not-supported"
    assert report["summary"]["sentence"].startswith(
        f"In this run folder {name} is not as the run left it, so nothing that the run recorded counts. Evidence"
    )
    for clause in report["clauses"]:
        if any(path.startswith("run.") for path in clause["look_at"]):
            assert clause["verdict"] in ("error", "fail", "not-applicable"), clause["id"]
    assert _verdicts(report) | MINE | {"ACM-TRN-01": "error"} == _verdicts(report)
    assert validate.check_data(report, "report", lambda *_: None, interpolated=False) == []
    kept = [item["id"] for item in before["clauses"] if not any(path[:4] == "run." for path in item["look_at"])]
    assert {key: _verdicts(report)[key] for key in kept} == {key: _verdicts(before)[key] for key in kept}


def test_a_file_that_was_added_to_the_artifacts_is_told(run: Path) -> None:
    (run / "artifacts" / "more.pkl").write_bytes(b"x")
    assert seal.doubt(run, whole=False) is None
    found = seal.doubt(run)
    assert found is not None
    assert found.words == "artifacts/more.pkl is not as the run left it"


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "{}", '{"stdspec_seal": "1"}', '{"stdspec_seal": "1", "files": 1}']
)
def test_without_a_seal_nothing_is_believed(text: str | None, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / seal.NAME).unlink()
    if text is not None:
        (run / seal.NAME).write_text(text)
    status, report, said = _shown(run, capsys)
    assert (status, report) == (2, None)
    assert "there is no sound seal.json that says how the run left the files" in said


@pytest.mark.parametrize(
    "lie", ['{"stdspec_seal": "1", "files": {}}', '{"stdspec_seal": "1", "files": {"report.json": 5, "x": null}}']
)
def test_a_seal_that_leaves_files_out_covers_none(lie: str, run: Path) -> None:
    (run / seal.NAME).write_text(lie)
    with pytest.raises(InputError, match="not as the run left"):
        seal.trusted(run)


def test_every_format_says_so(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "records.jsonl").write_text("")
    for form, lang in (
        ("html", "en"),
        ("html", "zh"),
        ("markdown", "en"),
        ("markdown", "zh"),
        ("junit", "en"),
        ("sarif", "en"),
    ):
        assert stdspec(["report", str(run), "--format", form, "--lang", lang]) == 1
        assert "records.jsonl is not as the run left it" in capsys.readouterr().out.replace("\\", ""), (form, lang)


def test_running_the_spec_again_mends_the_folder(run: Path, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("train.csv", "spec.yaml", ".stdspec", "standards"):
        source = trained.parents[2] / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, run.parents[2] / name)
    (run / "records.jsonl").write_text("")
    root = run.parents[2]
    done = pipeline.run(str(root), "spec", [], settings=project_settings.load(root), report=_quiet)
    assert done.folder == run
    assert seal.doubt(run) is None


def _dropped(lines: list[str], at: int, _: str) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def _doubled(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines, lines[at]]


def _set(key: str) -> Callable[[list[str], int, str], list[str]]:
    def change(lines: list[str], at: int, value: str) -> list[str]:
        record = json.loads(lines[at])
        record[key] = json.loads(value)
        return [*lines[:at], json.dumps(record, ensure_ascii=False), *lines[at + 1 :]]

    return change


def _spelt(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], json.dumps(json.loads(lines[at]), sort_keys=True, indent=None), *lines[at + 1 :]]


EDITS = [_dropped, _doubled, _spelt, *map(_set, ("value", "spec", "node", "declared", "observed", "path", "unit"))]
VALUES = ["true", "1.0", "0.999", "null", '"run.evaluation.gate"', '{"passed": true, "lower": 1.0}', "[]", '"sha256:0"']


@with_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(EDITS), st.integers(0, 10_000), st.sampled_from(VALUES))
@example(_set("value"), 0, "true")
def test_no_edit_of_the_records_makes_a_clause_pass(
    run: Path, capsys: pytest.CaptureFixture[str], edit: Callable[..., list[str]], at: int, value: str
) -> None:
    whole = (run / "records.jsonl").read_text(encoding="utf-8")
    before = _verdicts(json.loads((run / "report.json").read_text()))
    lines = whole.split("\n")[:-1]
    changed = "\n".join(edit(lines, at % len(lines), value)) + "\n"
    (run / "records.jsonl").write_text(changed, encoding="utf-8")
    try:
        status, report, _ = _shown(run, capsys)
    finally:
        (run / "records.jsonl").write_text(whole, encoding="utf-8")
    assert report is not None
    after = _verdicts(report)
    assert all(before[key] == "pass" for key, verdict in after.items() if verdict == "pass")
    assert after["ACM-EVL-01"] == "fail"
    if changed == whole:
        assert (status, after) == (0, before)
    else:
        assert status == 1
        assert report["summary"]["outcome"] == "not-supported"
        assert not any(
            clause["verdict"] == "pass" and any(path.startswith("run.") for path in clause["look_at"])
            for clause in report["clauses"]
        )


def test_a_gate_that_failed_stays_failed_and_one_that_passed_is_not_judged(run: Path) -> None:
    report = json.loads((run / "report.json").read_text())
    assert report["summary"]["gate"] is False
    assert doubted(report, "x is changed")["summary"]["gate"] is False
    report["summary"]["gate"] = True
    assert doubted(report, "x is changed")["summary"]["gate"] is None
    report["clauses"] = []
    assert doubted(report, "x is changed")["summary"]["outcome"] == "not-supported"
    assert folder.REPORT in seal.DOCUMENTS
    assert conclusion.seal is seal

"""Clauses on evidence, each passing on one real run and failing on another.

Every command of the page docs/reference/clauses-shown.md is run here. `STDSPEC_WRITE=1` writes the table anew; the page
is then written by `python -m stdspec.lint.docs`.
"""

from __future__ import annotations

import json
import os
import runpy
import shlex
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the run extra")

from stdspec.cli.main import run as stdspec
from stdspec.lint.shown import NEVER_FAILS
from stdspec.settings import Settings
from stdspec.standard.load import load
from tests.standard import exhibits

pytestmark = pytest.mark.run

Reports = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The report of every run, by its name; the runs share a store, so that only what changed is run."""
    root = tmp_path_factory.mktemp("shown")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STDSPEC_STORE", str(root / "store"))
        for name, (folder, command) in exhibits.RUNS.items():
            place = root / (Path(folder).name or "anywhere")
            patch.chdir(_project(folder, place))
            words = shlex.split(command)
            assert words[0] == "stdspec"
            code = stdspec(words[1:])
            assert code in (0, 1), name
            found[name] = json.loads((place / "outputs" / "latest" / "report.json").read_text(encoding="utf-8"))
            assert code == int(_refused(found[name])), name
    return found


def _project(folder: str, place: Path) -> Path:
    """A copy of an example with its tables, or an empty project."""
    if place.is_dir():
        return place
    if not folder:
        place.mkdir()
    else:
        shutil.copytree(exhibits.ROOT / folder, place, ignore=shutil.ignore_patterns("*.csv", "outputs", ".stdspec"))
    if not (place / "pyproject.toml").is_file():
        (place / "stdspec.toml").touch()  # so that it is the project's root
    if (place / "make_tables.py").is_file():
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(place)
            runpy.run_path("make_tables.py", run_name="__main__")
    return place


def _refused(report: dict[str, Any]) -> bool:
    """Whether a must or the gate is not met, which is what a run exits with 1 for."""
    musts = [item["verdict"] for item in report["clauses"] if item["level"] == "must"]
    return report["summary"]["gate"] is False or not {*musts} <= {"pass", "waived", "not-applicable"}


def _verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["verdict"] for item in report["clauses"]}


def test_the_table_is_what_the_runs_gave(reports: Reports) -> None:
    found = exhibits.shown(reports)
    if "STDSPEC_WRITE" in os.environ:
        exhibits.write(found)
    kept = exhibits.golden()
    assert kept["clauses"] == found
    assert {name: (run["in"], run["command"]) for name, run in kept["runs"].items()} == dict(exhibits.RUNS)


def test_at_least_twelve_pass_on_one_run_and_fail_on_another() -> None:
    both = [code for code, runs in exhibits.golden()["clauses"].items() if len(runs) == 2]
    asked = {clause.id for clause in exhibits.evidence_clauses(load("stdspec/base@1", Settings(root=exhibits.ROOT)))}
    assert len(both) >= 12
    assert set(both) <= asked


FAULTS = {
    "a limit that 569 rows cannot keep": {"DAT004": "run.data.quality.within"},
    "a metric out of reach": {"EVL005": "run.evaluation.metrics.auroc"},
    "a floor out of reach": {"EVL007": "run.evaluation.slices.coarse.sensitivity.status"},
    "a shift too great": {"EVL009": "run.evaluation.shifts.noise"},
    "an export held to the last bit": {"DEP003": "run.deployment.parity.onnx.within"},
    "nearly all memory to stay free": {"CMP014": "run.compute.memory_headroom"},
    "patients who stand twice": {"DAT004": "run.data.quality.within", "DAT005": "run.split.overlap.records"},
    "patients by their address": {"DAT010": "run.data.pii"},
    "another population": {"DAT008": "run.data.representation.sex.total_variation"},
    "a deaf monitor": {"MON003": "run.monitoring.injected.features.alerted"},
    "a stricter claim": {"GOV008": "run.governance.fairness.sex.within"},
    "a module that computes otherwise": {"TRN008": "run.mismatches"},
    "a module with dice of its own": {"TRN009": "run.training.resumable"},
}
"""Run to the clauses that fail on it, and the evidence that each fails by: nothing else is amiss."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_run_fails_by_the_evidence_it_was_made_for_and_nothing_else(reports: Reports, name: str) -> None:
    failed = {item["id"]: item["path"] for item in reports[name]["clauses"] if item["verdict"] == "fail"}
    assert failed.keys() == FAULTS[name].keys()
    for code, path in FAULTS[name].items():
        assert failed[code].startswith(path), code


@pytest.mark.parametrize("name", ["breast cancer", "a release", "an honest module"])
def test_the_runs_that_others_are_held_against_fail_nothing(reports: Reports, name: str) -> None:
    assert "fail" not in _verdicts(reports[name]).values()


def test_a_candidate_is_judged_by_thirty_clauses(reports: Reports) -> None:
    counted = Counter(_verdicts(reports["breast cancer"]).values())
    assert reports["breast cancer"]["stage"] == "candidate"
    assert counted["pass"] + counted["fail"] >= 30


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("training.optimizer.lr=1e9", "the loss is not finite at epoch"),
        ("compute.limits.memory=100MiB", "compute.limits.memory allows 100 MiB"),
    ],
)
def test_what_would_fail_is_stopped_before_it_is_judged(
    override: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(_project("", tmp_path / "project"))
    assert stdspec(["run", "+experiment=breast_cancer", override]) != 0
    assert words in " ".join(capsys.readouterr().err.split())
    assert not list(Path("outputs").glob("*/*/report.json"))


def test_every_clause_on_evidence_is_shown_or_says_what_would_supply_it() -> None:
    seen = exhibits.golden()["clauses"]
    for clause in exhibits.evidence_clauses(load("stdspec/base@1", Settings(root=exhibits.ROOT))):
        if clause.id not in seen:
            assert "suppl" in clause.remedy, clause.id
    assert {code for code, runs in seen.items() if runs.keys() == {"passes"}} == NEVER_FAILS.keys()


def test_what_no_run_can_show_yet_is_no_evidence_and_says_what_would_supply_it(reports: Reports) -> None:
    release = {item["id"]: item for item in reports["a release"]["clauses"]}
    for code in ("TRN002", "DEP010"):
        if release[code]["verdict"] == "pass":  # somebody supplies it now
            continue
        assert release[code]["verdict"] == "no-evidence"
        assert "suppl" in release[code]["remedy"]

"""A run that would make the same folder again leaves it as it stands; whatever changes its content makes it anew."""

from __future__ import annotations

import datetime
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the run extra")

from stdspec import conclusion, installed, pipeline
from stdspec import settings as project_settings
from stdspec.cli.main import run as stdspec
from stdspec.digest import digest_file
from stdspec.report import bom
from stdspec.run import artifacts, environment, folder, unchanged
from stdspec.run.context import Event
from stdspec.run.how import AS_USUAL, How
from stdspec.run.store import Store
from stdspec.standard import lock

pytestmark = pytest.mark.run

SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
standards: [stdspec/base@1, acme/own@1]
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 1}
"""
STANDARD = """\
standard: acme/own
version: 1.0.0
owner: {name: The platform team, approver: the platform team}
goal: A report that can be found by its name
clauses:
  ACM001:
    says: {en: The spec has a name}
    slug: no-name
    domain: governance
    level: must
    from: research
    house: Reports are looked for by name here.
    require: {spec.name: {exists: true}}
    remedy: Write a name.
    tests: {pass: [{spec.name: churn}], fail: [{spec.stage: research}]}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which a small spec has run once."""
    root = tmp_path_factory.mktemp("trained")
    rng = random.Random(1)
    rows = [
        f"{rng.gauss(40, 10):.2f},{rng.gauss(50, 15):.2f},{'yes' if rng.random() < 0.5 else 'no'}" for _ in range(150)
    ]
    (root / "train.csv").write_text("\n".join(["age,income,churned", *rows]) + "\n")
    (root / "spec.yaml").write_text(SPEC)
    (root / "stdspec.toml").touch()
    (root / "standards").mkdir()
    (root / "standards" / "own.yaml").write_text(STANDARD)
    run(root)
    return root


@pytest.fixture
def project(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which everything has come from the store once."""
    monkeypatch.setattr(installed, "code", lambda: "the state")
    monkeypatch.setenv("STDSPEC_TODAY", "2026-11-23")
    root = tmp_path / "project"
    shutil.copytree(trained, root, symlinks=True)
    monkeypatch.chdir(root)
    run(root)
    return root


def run(root: Path, how: How = AS_USUAL) -> pipeline.Outcome:
    settings = project_settings.load(root)
    events: list[Event] = []
    return pipeline.run(str(root), "spec", [], settings=settings, how=how, report=events.append)


def place(root: Path) -> Path:
    return (root / "outputs" / "latest").resolve()


def content(run: Path) -> dict[str, bytes]:
    """What is in a run folder, but for the log, which has times in it."""
    files = (path for path in run.rglob("*") if path.is_file() and path.name != folder.LOG)
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in files}


def is_made_anew(root: Path, how: How = AS_USUAL) -> bool:
    before = (place(root) / "records.jsonl").stat().st_mtime_ns
    run(root, how)
    return (place(root) / "records.jsonl").stat().st_mtime_ns != before


def test_the_folder_is_left_as_it_is_and_the_outcome_is_the_same(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(project / "outputs")
    made = run(project)
    log = (place(project) / folder.LOG).stat().st_ino
    monkeypatch.setattr(conclusion, "_written", None)  # nothing is judged or written
    left = run(project)
    assert (left.passed, left.weights, left.records) == (made.passed, made.weights, made.records)
    assert left.report == json.loads(json.dumps(made.report))
    assert left.folder == made.folder == place(project)
    assert (place(project) / folder.LOG).stat().st_ino != log
    assert not list(place(project).parent.glob(".*"))


def test_it_becomes_the_latest_run_again(project: Path) -> None:
    run(project, How(folder=str(project / "elsewhere")))
    assert place(project) == project / "elsewhere"
    (file,) = (project / "outputs" / "churn").glob("*/records.jsonl")
    before = file.stat().st_mtime_ns
    run(project)
    assert file.stat().st_mtime_ns == before
    assert place(project) == file.parent


def alter(name: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_bytes(b"?" + (run / name).read_bytes()[1:])


def add(name: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_bytes(b"new")


TAMPERED: dict[str, Callable[[Path], object]] = {
    "the report": alter("report.json"),
    "its page": alter("report.html"),
    "the records": alter("records.jsonl"),
    "the plan": alter("plan.json"),
    "the weights": alter("artifacts/model.safetensors"),
    "a file that is gone": lambda run: (run / "spec.yaml").unlink(),
    "a file too many": add("artifacts/model.pkl"),
    "a folder that is gone": shutil.rmtree,
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_put_right(project: Path, what: str) -> None:
    made = place(project)
    right = content(made)
    TAMPERED[what](made)
    assert content(made) != right
    run(project)
    assert place(project) == made
    assert content(made) == right


def test_another_day_is_judged_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STDSPEC_TODAY", "2026-11-24")
    assert run(project).report["judged_on"] == "2026-11-24"


def test_another_standard_of_the_same_name_is_judged_anew(project: Path) -> None:
    (project / "standards" / "own.yaml").write_text(STANDARD.replace("Write a name.", "Think of a name."))
    run(project)
    clauses = {item["id"]: item for item in json.loads((place(project) / "report.json").read_bytes())["clauses"]}
    assert clauses["ACM001"]["remedy"] == "Think of a name."


@pytest.mark.parametrize("name", ["waivers.yaml", "approvals.yaml", "standards.lock", "standards/more.yaml"])
def test_every_paper_that_a_verdict_may_rest_on_counts(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked: list[tuple[Any, ...]] = []
    basis = unchanged.basis

    def noted(*given: Any) -> str | None:
        asked.append(given)
        return basis(*given)

    monkeypatch.setattr(unchanged, "basis", noted)
    run(project)
    before = basis(*asked[0])
    (project / name).write_text("# new\n")
    assert None not in (before, basis(*asked[0]))
    assert basis(*asked[0]) != before


def test_a_waiver_and_an_approval_change_the_verdicts_of_a_run_that_stands(project: Path) -> None:
    asks = "{approval.given: {any: {approver: {is: head}}}}"
    own = STANDARD.replace("{spec.name: {exists: true}}", asks)
    own = own.replace("{spec.name: churn}", "{approval.given: [{approver: head}]}")
    other = STANDARD.partition("clauses:\n")[2].replace("ACM001", "ACM002").replace("spec.name", "spec.description")
    (project / "standards" / "own.yaml").write_text(own + other.replace("must", "should"))
    before = run(project).report
    verdicts = {item["id"]: item["verdict"] for item in before["clauses"]}
    assert (verdicts["ACM001"], verdicts["ACM002"]) == ("no-evidence", "fail")
    digest = before["spec_digest"]
    entry = "clause: ACM002, owner: ana, approver: head, reason: soon, granted: 2026-11-01, expires: 2026-12-31"
    (project / "waivers.yaml").write_text(f"waivers: [{{{entry}, for: {{spec: churn}}, digest: '{digest}'}}]\n")
    (project / "approvals.yaml").write_text(
        f"approvals: [{{spec: churn, digest: '{digest}', approver: head, date: 2026-11-20}}]\n"
    )
    report = run(project).report
    clauses = {item["id"]: item for item in report["clauses"]}
    assert (clauses["ACM001"]["verdict"], clauses["ACM002"]["verdict"]) == ("pass", "waived")
    assert clauses["ACM002"]["waiver"]["approver"] == "head"
    assert [(item["state"], item["used"], item["left"]) for item in report["waivers"]] == [("in-force", True, 38)]
    assert "approved by head" in (place(project) / "report.html").read_text(encoding="utf-8")
    records = (place(project) / "records.jsonl").read_text(encoding="utf-8")
    assert "approval.given" not in records, "what people say is no record of the run"


def test_evidence_from_the_store_is_as_old_as_the_run_that_made_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = STANDARD.replace("spec.name: {exists: true}", "run.data.rows: {at_least: 1}")
    own = own.replace("    remedy:", "    valid_for: 7d\n    remedy:").replace("spec.name: churn", "run.data.rows: 5")
    (project / "standards" / "own.yaml").write_text(own)

    def verdict() -> str:
        return next(item["verdict"] for item in run(project).report["clauses"] if item["id"] == "ACM001")

    made = datetime.datetime.now(datetime.UTC).date()
    monkeypatch.setenv("STDSPEC_TODAY", (made + datetime.timedelta(7)).isoformat())
    assert verdict() == "pass"
    monkeypatch.setenv("STDSPEC_TODAY", (made + datetime.timedelta(9)).isoformat())
    assert verdict() == "stale"


@pytest.mark.parametrize("state", ["another", None])
def test_other_code_of_stdspec_writes_anew(project: Path, monkeypatch: pytest.MonkeyPatch, state: str | None) -> None:
    monkeypatch.setattr(installed, "code", lambda: state)
    assert is_made_anew(project)
    assert is_made_anew(project) is (state is None)


def test_another_version_of_what_renders_writes_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = installed.version
    monkeypatch.setattr(installed, "version", lambda name: "99" if name == "jinja2" else found(name))
    assert is_made_anew(project)


def test_places_are_said_from_the_working_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "inner").mkdir()
    monkeypatch.chdir(project / "inner")
    assert is_made_anew(project)


def test_a_comment_that_moves_the_lines_of_a_spec_writes_anew(project: Path) -> None:
    named = How(folder=str(project / "named"))
    run(project, named)
    assert not is_made_anew(project, named)
    (project / "spec.yaml").write_text("# what churns\n" + SPEC)
    assert is_made_anew(project, named)


@pytest.mark.parametrize("force", [True, ("gate",)])
def test_force_writes_anew(project: Path, force: bool | tuple[str, ...]) -> None:
    assert is_made_anew(project, How(force=force))


def test_the_logs_of_a_run_that_failed_meanwhile_are_taken_over(project: Path) -> None:
    failed = folder.failure(place(project)) / folder.LOGS / "csv" / "train"
    failed.mkdir(parents=True)
    (failed / "metrics.csv").write_text("epoch\n1\n")
    run(project)
    assert not folder.failure(place(project)).exists()
    assert (place(project) / folder.LOGS / "csv" / "train" / "metrics.csv").is_file()
    assert not is_made_anew(project)


def test_what_hydra_writes_into_the_folder_stays_and_makes_nothing_anew(project: Path) -> None:
    (place(project) / ".hydra").mkdir()
    for name in ("config.yaml", "hydra.yaml", "overrides.yaml"):
        (place(project) / ".hydra" / name).write_text("{}")
    assert not is_made_anew(project)
    assert (place(project) / ".hydra" / "hydra.yaml").is_file()


def test_a_node_that_ran_anew_writes_anew(project: Path) -> None:
    entry = next((project / ".stdspec" / "store" / "objects").rglob("model.safetensors"))
    entry.write_bytes(b"?" + entry.read_bytes()[1:])  # the store drops it and makes it again
    assert is_made_anew(project)


def test_a_folder_is_not_believed_that_the_store_knows_nothing_of(project: Path) -> None:
    shutil.rmtree(project / ".stdspec" / "store" / "facts")
    assert is_made_anew(project)
    assert not is_made_anew(project)


def test_a_store_that_learns_nothing_does_not_spoil_a_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_store: Store, _fact: str) -> None:
        raise OSError(28, "No space left on device")

    shutil.rmtree(project / ".stdspec" / "store" / "facts")
    monkeypatch.setattr(Store, "learn", full)
    assert (run(project).folder / "report.html").is_file()
    assert is_made_anew(project)


def test_a_debug_run_is_no_run_to_come_back_to(project: Path) -> None:
    debugged = run(project, How(debug=True)).folder
    before = (debugged / "records.jsonl").stat().st_mtime_ns
    assert debugged != place(project)
    assert run(project, How(debug=True)).folder == debugged
    assert (debugged / "records.jsonl").stat().st_mtime_ns != before


def test_a_run_lists_its_materials_and_equal_runs_agree_whatever_the_list_says(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(project)
    listed = place(project) / artifacts.FOLDER / bom.FILE
    document = json.loads(listed.read_bytes())
    (record,) = (item for item in first.records if item.path == "run.deployment.bom")
    assert record.value == {"format": "cyclonedx-1.6", "digest": digest_file(listed)}
    model = document["metadata"]["component"]
    assert (model["name"], model["hashes"][0]["content"]) == ("churn", first.weights.removeprefix("sha256:"))
    files = {item["name"]: item["hashes"][0]["content"] for item in model["components"]}
    assert files == {name: digest_file(listed.parent / name)[7:] for name in files}
    data, *packages = document["components"]
    assert data["components"][0]["name"] == "train.csv"
    assert {"pkg:pypi/scikit-learn", "pkg:pypi/torch"} <= {item["purl"].partition("@")[0] for item in packages}
    assert "pkg:pypi/sklearn" not in {item["purl"].partition("@")[0] for item in packages}

    monkeypatch.setattr(environment, "_PACKAGES", ())  # another set of packages, as on another machine
    shutil.rmtree(project / "outputs")
    shutil.rmtree(project / ".stdspec" / "store" / "facts")
    other = run(project)
    assert other.report["result_digest"] == first.report["result_digest"]
    assert next(item for item in other.records if item.path == record.path).value != record.value


def test_the_report_says_which_standards_judged_it_and_who_approved_this_very_state(project: Path) -> None:
    digest = run(project).report["spec_digest"]
    entry = "- {{spec: churn, digest: '{}', approver: B. Lee, date: 2026-11-20, role: head of quality}}\n"
    text = "approvals:\n" + entry.format(digest) + entry.format("sha256:" + "0" * 64)
    (project / "approvals.yaml").write_text(text)
    report = run(project).report
    assert report["approvals"] == [
        {"approver": "B. Lee", "role": "head of quality", "date": "2026-11-20", "signed": False}
    ]
    known = {item["name"]: item for item in report["judged_by"]}
    assert list(known) == report["standards"] == ["stdspec/base@1", "acme/own@1"]
    assert known["acme/own@1"]["version"] == "1.0.0"
    assert known["acme/own@1"]["owner"] == {"name": "The platform team", "approver": "the platform team"}
    assert known["acme/own@1"]["digest"] == lock.digest_at(project / "standards" / "own.yaml")


def test_the_report_of_a_real_run_is_handed_on_as_cyclonedx(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("cyclonedx", reason="needs the dev extra")
    from tests.report.test_cyclonedx import checked

    report = run(project).report
    assert stdspec(["report", "--format", "cyclonedx"]) == 0
    text = capsys.readouterr().out
    checked(text)
    checked((place(project) / artifacts.FOLDER / bom.FILE).read_text(encoding="ascii"))
    claimed = [
        item["bom-ref"] for item in json.loads(text)["declarations"]["claims"] if item["bom-ref"][:6] == "claim:"
    ]
    passed = [f"claim:{item['standard']}/{item['id']}" for item in report["clauses"] if item["verdict"] == "pass"]
    assert claimed == passed


@pytest.mark.parametrize("named", ["[]", "[acme/own@1]"])
def test_a_run_passes_where_its_report_says_supported_and_nowhere_else(project: Path, named: str) -> None:
    spec = (project / "spec.yaml").read_text()
    (project / "spec.yaml").write_text(spec.replace("[stdspec/base@1, acme/own@1]", named))
    done = run(project)
    assert done.passed is (named != "[]")
    assert (done.report["summary"]["outcome"] == "supported") is done.passed

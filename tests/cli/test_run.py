"""``stdspec run`` as a user types it: what it prints, what it leaves, what it refuses."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the run extra")
pytestmark = pytest.mark.run

SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 2}
"""
LAST_LINES = re.compile(
    r"weights  sha256:[0-9a-f]{64}\n(metric  \w+=\S+ \[\S+, \S+\] n=\d+\n)+report  \S+/report\.html\n\Z"
)


def stdspec(project: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stdspec", *arguments]
    whole = os.environ | {"OMP_NUM_THREADS": "1"} | env
    return subprocess.run(command, cwd=project, env=whole, capture_output=True, text=True, timeout=300)


def write_project(root: Path) -> Path:
    rng = random.Random(1)
    rows = ["age,income,churned"]
    for _ in range(200):
        age, income = rng.gauss(40, 10), rng.gauss(50, 15)
        rows.append(f"{age:.2f},{income:.2f},{'yes' if age + rng.gauss(0, 4) > 42 else 'no'}")
    (root / "train.csv").write_text("\n".join(rows) + "\n")
    (root / "spec.yaml").write_text(SPEC)
    (root / "stdspec.toml").write_text('allow-targets = ["acme_cli"]\n')
    return root


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A project in which the smallest spec has run once."""
    root = write_project(tmp_path_factory.mktemp("project"))
    return root, stdspec(root, "run", "spec.yaml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def report(project: Path) -> dict:
    return json.loads((project / "outputs" / "latest" / "report.json").read_text())


def test_a_run_ends_with_the_lines_that_scripts_read(finished) -> None:
    project, ended = finished
    assert ended.returncode == 0, ended.stderr
    assert LAST_LINES.search(ended.stdout)
    weights = (project / "outputs" / "latest" / "artifacts" / "model.safetensors").read_bytes()
    assert f"weights  sha256:{hashlib.sha256(weights).hexdigest()}\n" in ended.stdout


def test_a_run_leaves_a_whole_folder(finished) -> None:
    project, ended = finished
    names = {path.name for path in (project / "outputs" / "latest").iterdir()}
    assert {"spec.yaml", "plan.json", "records.jsonl", "report.json", "report.html", "artifacts", "log.txt"} <= names
    plan = json.loads((project / "outputs" / "latest" / "plan.json").read_text())
    assert (project / "outputs" / "latest").resolve().parent.name == plan["name"] == "churn"
    assert ended.stdout.rstrip().endswith(str((project / "outputs" / "latest").readlink() / "report.html"))


def test_the_report_lists_what_was_assumed(finished) -> None:
    project, _ = finished
    assumed = {item["path"] for item in report(project)["assumed"]}
    assert "training.optimizer.lr" in assumed
    assert "training.epochs" not in assumed


def test_a_second_run_comes_from_the_store_and_imports_nothing_heavy(finished) -> None:
    project, first = finished
    script = (
        "import sys\nfrom stdspec.cli.main import run\nstatus = run(['run', 'spec.yaml'])\n"
        "print(status, sorted({'torch', 'lightning', 'numpy', 'sklearn', 'duckdb', 'jinja2', 'importlib.metadata'}"
        " & set(sys.modules)))"
    )
    whole = os.environ | {"OMP_NUM_THREADS": "1"}
    again = subprocess.run(
        [sys.executable, "-c", script], cwd=project, env=whole, capture_output=True, text=True, timeout=60
    )
    assert again.stdout == first.stdout + "0 []\n"
    assert "train  from the store" in again.stderr


def test_a_remembered_run_does_not_import_hydra_and_goes_where_it_is_told(finished) -> None:
    project, _ = finished
    script = (
        "import sys\nfrom stdspec.cli.main import run\n"
        "status = run(['run', 'spec.yaml', 'hydra.run.dir=elsewhere/one'])\n"
        "print(status, sorted({'hydra', 'omegaconf', 'torch'} & set(sys.modules)))"
    )
    again = subprocess.run(
        [sys.executable, "-c", script],
        cwd=project,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert again.stdout.endswith("report  elsewhere/one/report.html\n0 []\n"), again.stderr
    assert (project / "elsewhere" / "one" / "artifacts" / "model.safetensors").is_file()
    assert (project / "outputs" / "latest").resolve() == project / "elsewhere" / "one"
    back = stdspec(project, "run", "spec.yaml")
    assert (project / "outputs" / "latest").resolve().parent.name == "churn", back.stderr


def test_a_run_folder_that_holds_other_files_is_refused_before_any_work(project: Path) -> None:
    ended = stdspec(project, "run", "spec.yaml", "hydra.run.dir=.")
    assert ended.returncode == 2
    assert "this is the folder that the command works in" in ended.stderr
    (project / "mine").mkdir()
    (project / "mine" / "thesis.tex").write_text("all of it")
    ended = stdspec(project, "run", "spec.yaml", "hydra.run.dir=mine")
    assert ended.returncode == 2
    assert "mine: this folder holds other files, and a run replaces its folder whole" in ended.stderr
    assert (project / "mine" / "thesis.tex").read_text() == "all of it"
    assert not (project / ".stdspec" / "store" / "objects").exists()


def test_hydra_may_not_be_told_to_run_code(project: Path) -> None:
    ended = stdspec(project, "run", "spec.yaml", "hydra.callbacks.x._target_=os.system")
    assert ended.returncode == 1
    assert "HYD005 hydra-runs-code" in ended.stdout
    assert not (project / "outputs").exists()


def test_fresh_stores_give_the_same_weights_and_result(finished) -> None:
    project, first = finished
    before = report(project)["result_digest"]
    again = stdspec(project, "run", "spec.yaml", "--store", "another")
    assert again.stdout == first.stdout
    assert report(project)["result_digest"] == before


def test_a_failed_gate_still_ends_with_the_three_lines_and_overrides_are_obeyed(project: Path) -> None:
    overrides = ("training.epochs=1", "model.dropout=0.3", "+evaluation.metrics.accuracy.at_least=0.999")
    ended = stdspec(project, "run", "spec.yaml", *overrides)
    assert ended.returncode == 1
    failed = r"fail  evaluation\.metrics\.accuracy: the lower bound \S+ is not at least 0\.999 \(n=30\)\n"
    assert re.match(failed, ended.stdout)
    assert LAST_LINES.search(ended.stdout)
    found = report(project)
    assert found["summary"]["gate"] is False
    assert found["observed"]["run"]["training"]["epochs"] == 1
    assert [item["text"] for item in found["overrides"]] == list(overrides)


def test_a_debug_run_keeps_nothing_and_is_not_the_latest(project: Path) -> None:
    ended = stdspec(project, "run", "spec.yaml", "--debug")
    assert ended.returncode == 0, ended.stderr
    assert "its verdicts prove nothing" in ended.stderr
    assert not (project / "outputs" / "latest").exists()
    assert not list((project / ".stdspec").rglob("entry.json"))


def test_changed_data_run_again(finished, tmp_path: Path) -> None:
    before, first = finished
    project = Path(shutil.copytree(before, tmp_path / "copy", symlinks=True))
    text = (project / "train.csv").read_text().splitlines()
    (project / "train.csv").write_text("\n".join(text[:-10]) + "\n")
    second = stdspec(project, "run", "spec.yaml")
    assert "data  done" in second.stderr
    assert second.stdout != first.stdout


BOOM = """\
from torch import nn

class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        raise ValueError("width must be even")
"""


def test_own_code_that_raises_is_one_sentence_and_a_log(project: Path) -> None:
    (project / "acme_cli").mkdir()
    (project / "acme_cli" / "__init__.py").write_text("")
    (project / "acme_cli" / "nets.py").write_text(BOOM)
    (project / "own.yaml").write_text(
        SPEC.replace("model: mlp, ", "") + "model: {_target_: acme_cli.nets.Net, width: 3}\n"
    )
    ended = stdspec(project, "run", "own.yaml")
    assert ended.returncode == 2
    assert "acme_cli/nets.py:6: acme_cli.nets.Net raised ValueError" in ended.stderr
    assert "width must be even" in ended.stderr
    assert "Traceback" not in ended.stderr
    (log,) = (project / "outputs").rglob("log.txt")
    assert "Traceback (most recent call last)" in log.read_text()
    assert log.parent.name.endswith(".failed")
    assert not list((project / "outputs").rglob("report.json"))


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("compute.devices=8", "compute.devices=8: the spec asks for 8 devices, but this machine has"),
        ("data.source.path=absent.csv", "absent.csv: the data file does not exist"),
        ("data.target.column=churn", "train.csv has no column 'churn'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_no_run(project: Path, override: str, words: str) -> None:
    ended = stdspec(project, "run", "spec.yaml", override, CUDA_VISIBLE_DEVICES="")
    assert ended.returncode in (1, 2)
    assert words in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path for path in (project / "outputs").rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_a_run_folder_that_cannot_be_made_is_refused_before_any_work(project: Path) -> None:
    (project / "outputs").write_text("")
    ended = stdspec(project, "run", "spec.yaml")
    assert ended.returncode == 2
    assert ended.stderr == "stdspec: outputs: it should be a folder and is a file; choose another folder\n"


def test_a_full_disk_is_one_sentence(project: Path) -> None:
    limited = f"ulimit -f 8; exec {sys.executable} -m stdspec run spec.yaml"
    whole = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(["bash", "-c", limited], cwd=project, env=whole, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 2, ended.stderr
    assert "a file grew beyond the limit that the system sets" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((project / "outputs").rglob("report.*"))


def test_a_killed_run_is_taken_up_with_the_same_result(finished, project: Path) -> None:
    _, whole = finished
    command = [sys.executable, "-m", "stdspec", "run", "spec.yaml"]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command,
        cwd=project,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_takes_interrupts,
    ) as ran:
        assert ran.stderr is not None
        for line in ran.stderr:
            if line.startswith("split  done"):
                break
        time.sleep(0.2)
        ran.send_signal(signal.SIGKILL)
    assert not (project / "outputs" / "latest").exists()
    again = stdspec(project, "run", "spec.yaml")
    assert again.stdout == whole.stdout
    assert "split  from the store" in again.stderr
    assert not list((project / "outputs").rglob("*.partial"))


def _takes_interrupts() -> None:
    """What a shell starts in the background is told to ignore them, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_run_leaves_130_and_no_run(project: Path) -> None:
    command = [sys.executable, "-m", "stdspec", "run", "spec.yaml", "training.epochs=5000"]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command,
        cwd=project,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_takes_interrupts,
    ) as ran:
        assert ran.stderr is not None
        for line in ran.stderr:
            if "epoch" in line:
                break
        ran.send_signal(signal.SIGINT)
        _, said = ran.communicate(timeout=60)
    assert ran.returncode == 130
    assert said.rstrip().splitlines()[-1].startswith("stdspec: interrupted")
    assert not (project / "outputs" / "latest").exists()

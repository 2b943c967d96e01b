"""``stdspec run -m`` as a user types it: the table, the store, the gate, launchers, sweepers, an interrupt."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the run extra")
pytestmark = pytest.mark.run

from .conftest import started, stdspec, write_project

Ended = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """A project in which a sweep over two points has run once."""
    root = write_project(tmp_path_factory.mktemp("project"))
    return root, stdspec(root, "run", "spec.yaml", "-m", "training.epochs=1,2", "hydra.sweep.dir=first")


def rows(ended: Ended) -> list[list[str]]:
    """The table's cells, the head left out."""
    lines = ended.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("point  overrides"))
    return [re.split(r"  +", line) for line in lines[start + 1 :] if line[:1].isdigit()]


def test_a_sweep_ends_with_a_table(swept) -> None:
    _, ended = swept
    assert ended.returncode == 0, ended.stderr
    table = rows(ended)
    assert [row[:3] + row[4:] for row in table] == [
        ["1", "training.epochs=1", "research", "pass", "run"],
        ["2", "training.epochs=2", "research", "pass", "run"],
    ]
    assert all(re.fullmatch(r"accuracy=0\.\d+", row[3]) for row in table)
    assert ended.stdout.splitlines()[-1] == "sweep  first"
    assert "2 points, linted; their runs go to first\n" in ended.stderr
    assert "point 2 of 2: ran, pass\n" in ended.stderr


def test_each_point_leaves_a_run_and_what_hydra_leaves(swept) -> None:
    project, _ = swept
    assert (project / "first" / "multirun.yaml").is_file()
    for number, epochs in (("0", 1), ("1", 2)):
        folder = project / "first" / number
        names = {path.name for path in folder.iterdir()}
        assert {"spec.yaml", "plan.json", "records.jsonl", "report.json", "report.html", "artifacts"} <= names
        assert (folder / ".hydra" / "overrides.yaml").read_text() == f"- training.epochs={epochs}\n"
        report = json.loads((folder / "report.json").read_text())
        assert report["observed"]["run"]["training"]["epochs"] == epochs
        assert [item["text"] for item in report["overrides"]] == [f"training.epochs={epochs}"]
    assert (project / "outputs" / "latest").resolve() == project / "first" / "1"


def test_finished_points_come_from_the_store_and_a_new_one_runs(swept) -> None:
    project, _ = swept
    again = stdspec(project, "run", "spec.yaml", "-m", "training.epochs=2,3,1")
    assert again.returncode == 0, again.stderr
    assert [(row[1], row[5]) for row in rows(again)] == [
        ("training.epochs=2", "store"),
        ("training.epochs=3", "run"),
        ("training.epochs=1", "store"),
    ]
    assert "point 1 of 3: in the store, pass\n" in again.stderr
    folder = again.stdout.splitlines()[-1].removeprefix("sweep  ")
    assert re.fullmatch(r"multirun/\d{4}-\d\d-\d\d/\d\d-\d\d-\d\d", folder)


def test_one_failed_gate_is_exit_1_and_the_other_points_run(swept) -> None:
    project, _ = swept
    limits = "+evaluation.metrics.accuracy.at_least=0.0001,0.9999"
    ended = stdspec(project, "run", "spec.yaml", "-m", "training.epochs=1", limits)
    assert ended.returncode == 1, ended.stderr
    assert [(row[1].rpartition("=")[2], row[4]) for row in rows(ended)] == [("0.0001", "pass"), ("0.9999", "fail")]


def test_an_objective_names_the_best_point(swept) -> None:
    project, _ = swept
    ended = stdspec(project, "run", "spec.yaml", "-m", "training.epochs=1,2", "--objective", "validation/loss")
    assert ended.returncode == 0, ended.stderr
    values = [float(row[3].removeprefix("validation/loss=")) for row in rows(ended)]
    best = values.index(min(values))
    words = f"validation/loss={min(values):.6g} with training.epochs={best + 1}"
    assert f"best  point {best + 1}: {words}\n" in ended.stdout


def test_an_objective_on_the_test_data_is_warned_of(swept) -> None:
    project, _ = swept
    ended = stdspec(project, "run", "spec.yaml", "-m", "training.epochs=1,2", "--objective", "evaluation/accuracy")
    assert ended.returncode == 0, ended.stderr
    assert "warning: points are compared by evaluation/accuracy, which is measured on the test data" in ended.stderr
    assert all(row[3].startswith("evaluation/accuracy=") for row in rows(ended))


def test_workers_run_points_side_by_side_and_give_the_same(swept) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher", reason="needs the sweep extra")
    project, first = swept
    launcher = ("hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    ended = stdspec(project, "run", "spec.yaml", "-m", "training.epochs=1,2", "--store", "another", *launcher)
    assert ended.returncode == 0, ended.stderr
    assert rows(ended) == rows(first)


def test_optuna_chooses_by_the_monitor_and_goes_on_from_the_store(swept) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper", reason="needs the sweep extra")
    project, _ = swept
    sweeper = ("hydra/sweeper=optuna", "hydra.sweeper.n_trials=3", "hydra.sweeper.n_jobs=1")
    asked = ("run", "spec.yaml", "-m", "training.epochs=choice(1,2)", *sweeper, "hydra.sweeper.sampler.seed=1")
    ended = stdspec(project, *asked, "hydra.sweep.dir=chosen")
    assert ended.returncode == 0, ended.stderr
    assert len(rows(ended)) == 3
    assert {row[5] for row in rows(ended)} == {"store"}
    results = (project / "chosen" / "optimization_results.yaml").read_text()
    best = re.search(r"best  point \d: validation/loss=\S+ with (training.epochs=\d)\n", ended.stdout)
    assert best is not None
    assert results.startswith(f"name: optuna\nbest_params:\n  {best[1].replace('=', ': ')}\n")
    wrong = stdspec(project, *asked, "hydra.sweeper.direction=maximize")
    assert wrong.returncode == 2
    assert "the sweep would maximize validation/loss" in wrong.stderr


def test_a_point_that_cannot_be_run_is_an_error_of_its_own(swept) -> None:
    project, _ = swept
    ended = stdspec(project, "run", "spec.yaml", "-m", "data.source.path=absent.csv,train.csv", "training.epochs=1")
    assert ended.returncode == 2
    assert [row[4] for row in rows(ended)] == ["error", "pass"]
    assert "absent.csv: the data file does not exist" in ended.stderr


@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_an_interrupt_ends_the_points_and_says_how_to_go_on(project: Path, launcher: str) -> None:
    if launcher == "joblib":
        pytest.importorskip("hydra_plugins.hydra_joblib_launcher", reason="needs the sweep extra")
    sweep = ("run", "spec.yaml", "-m", "training.epochs=5000,6000,7000", f"hydra/launcher={launcher}")
    with started(project, *sweep, "hydra.sweep.dir=out") as ran:
        assert ran.stderr is not None
        for line in ran.stderr:
            if line.startswith("point 1 of 3"):
                break
        wait_for(project, "train node-start")
        ran.send_signal(signal.SIGINT)
        said, heard = ran.communicate(timeout=120)
    assert ran.returncode == 130
    assert "stdspec: 3 of 3 points are left; the same command goes on" in heard
    assert heard.rstrip().endswith("stdspec: interrupted")
    assert "Traceback" not in heard
    assert "interrupted" in said
    listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert str(project) not in listed
    assert not list(project.rglob("report.json"))


def wait_for(project: Path, words: str) -> None:
    """Wait until the log of a run says something."""
    import time

    for _ in range(600):
        if any(words in log.read_text() for log in project.rglob("log.txt")):
            return
        time.sleep(0.1)
    raise AssertionError(f"no log says {words}")

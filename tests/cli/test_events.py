"""``stdspec run --json``, and what an interrupt leaves: every line is an event, the last one the outcome."""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from stdspec import resources

SCHEMA = json.loads((resources.schemas() / "event.schema.json").read_text(encoding="utf-8"))
SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 2}
"""
LONG = "training.epochs=100000"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "stdspec", *arguments]


def stdspec(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command(*arguments), cwd=project, env=env, capture_output=True, text=True, timeout=300)


def events(text: str) -> list[dict[str, Any]]:
    """Every line, each as the schema says; the last one is the only outcome."""
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        jsonschema.validate(event, SCHEMA)
    assert [event["event"] for event in found].index("outcome") == len(found) - 1
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root, rng = tmp_path_factory.mktemp("project"), random.Random(1)
    rows = ["age,income,churned"]
    for _ in range(200):
        age, income = rng.gauss(40, 10), rng.gauss(50, 15)
        rows.append(f"{age:.2f},{income:.2f},{'yes' if age + rng.gauss(0, 4) > 42 else 'no'}")
    (root / "train.csv").write_text("\n".join(rows) + "\n")
    (root / "spec.yaml").write_text(SPEC)
    (root / "stdspec.toml").touch()
    return root


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"event": "epoch", "time": "2026-01-01T00:00:00.000Z", "node": "train"}, SCHEMA)


def test_a_refusal_is_told_by_its_findings(project: Path) -> None:
    ended = stdspec(project, "run", "spec.yaml", "training.epochs=-1", "--json")
    found = events(ended.stdout)
    assert ended.returncode == found[-1]["exit_code"] == 1
    errors = [(event["code"], event["path"]) for event in found if event.get("severity") == "error"]
    assert errors == [("SPC003", "training.epochs")]
    assert found[-2]["kind"] == "refused"
    assert found[-1]["passed"] is None


def test_a_users_mistake_is_an_event_and_a_sentence(project: Path) -> None:
    ended = stdspec(project, "run", "absent.yaml", "--json")
    error, outcome = events(ended.stdout)
    assert (error["event"], error["kind"], error["place"]) == ("error", "input", "absent.yaml")
    assert ended.returncode == outcome["exit_code"] == 2
    assert ended.stderr.startswith("stdspec: absent.yaml: there is no such file; ")


def test_a_secret_of_the_command_line_is_not_repeated(project: Path) -> None:
    secret = "data.source.password=hunter2hunter2"
    ended = stdspec(project, "run", "spec.yaml", f"+{secret}", "--json")
    assert events(ended.stdout)[-1]["exit_code"] == 1
    assert "hunter2" not in ended.stdout


def test_json_and_a_sweep_exclude_each_other(project: Path) -> None:
    ended = stdspec(project, "run", "spec.yaml", "--json", "-m")
    assert ended.returncode == 2
    assert "--json tells the events of one run; leave --multirun and --cfg out" in ended.stderr


@pytest.mark.run
def test_a_run_is_told_by_events_alone(project: Path) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    ended = stdspec(project, "run", "spec.yaml", "--json")
    found = events(ended.stdout)
    outcome = found[-1]
    report = json.loads((project / "outputs" / "latest" / "report.json").read_text())
    assert ended.returncode == outcome["exit_code"]
    assert (outcome["stage"], outcome["weights"]) == ("research", report["weights"])
    assert outcome["result_digest"] == report["result_digest"]
    assert outcome["metrics"]["accuracy"]["estimate"] == report["evaluation"]["metrics"][0]["estimate"]
    assert (project / outcome["report"]).is_file()
    planned = found[[event["event"] for event in found].index("plan")]
    ended_nodes = [event["node"] for event in found if event["event"] == "node-end"]
    assert planned["nodes"] == ended_nodes
    assert [event["epoch"] for event in found if event["event"] == "epoch"] == [1, 2]
    again = events(stdspec(project, "run", "spec.yaml", "--json").stdout)
    assert [event["node"] for event in again if event["event"] == "node-hit"] == planned["nodes"]
    assert again[-1]["result_digest"] == outcome["result_digest"]


def stopped(project: Path, arguments: list[str], number: int) -> tuple[int, list[dict[str, Any]], str]:
    """Run until an epoch has ended, and send a signal."""
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command(*arguments),
        cwd=project,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if json.loads(line)["event"] == "epoch":
                break
        process.send_signal(number)
        lines += process.stdout.readlines()
        said = process.stderr.read().lstrip("\n")  # click ends the line of ^C
    return process.returncode, events("".join(lines)), said


@pytest.mark.run
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_was_stopped_goes_on_by_the_command_that_it_says(project: Path) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    arguments = ["run", "spec.yaml", LONG, "description=two words", "--json", "--force"]
    status, first, said = stopped(project, arguments, signal.SIGTERM)
    assert status == first[-1]["exit_code"] == 143
    step = [event["step"] for event in first if event["event"] == "saved"][-1]
    go_on = f"stdspec run spec.yaml {LONG} 'description=two words' --json"
    assert said == f"stdspec: terminated in 'train', saved at step {step}; go on with: {go_on}\n"
    assert (first[-2]["kind"], first[-2]["message"]) == ("terminated", said.removeprefix("stdspec: ").rstrip())

    (run,) = json.loads(stdspec(project, "runs", "--last", "1", "--json").stdout)
    assert (run["state"], run["said"], run["name"]) == ("stopped", "interrupted", "churn")
    assert run["folder"].endswith(".failed")

    status, second, said = stopped(project, shlex.split(go_on)[1:], signal.SIGINT)
    assert status == second[-1]["exit_code"] == 130
    assert [event["step"] for event in second if event["event"] == "resumed"] == [step]
    assert said.startswith("stdspec: interrupted in 'train', saved at step ")
    assert said.endswith(f"; go on with: {go_on}\n")

"""``stdspec runs`` and ``stdspec compare``: what lies on the disk, newest first, and how two of them differ."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stdspec.errors import InputError
from stdspec.plan.model import Node, Plan
from stdspec.run import folder, seal
from stdspec.run.locks import locked
from stdspec.settings import Settings

SPEC = {
    "name": "digits",
    "seed": 7,
    "training": {"epochs": 10},
    "api": {"token": "ghp_0123456789abcdefghij0123456789abcdef"},
}


def plan(**changes: Any) -> Plan:
    node = Node("train", "train", "x:y", {}, "model", {}, {"training.epochs": "conf/a.yaml:3:9"}, {})
    return Plan("digits", "candidate", SPEC | changes, (), (node,))


def metric(estimate: float, lower: float | None, upper: float | None) -> dict[str, Any]:
    found = {"name": "accuracy", "estimate": estimate, "lower": lower, "upper": upper, "level": 0.95, "n": 270}
    return found | {"passed": True}


def report(
    of: Plan, *metrics: dict[str, Any], verdict: str = "pass", torch: str = "2.12", rows: int = 9
) -> dict[str, Any]:
    return {
        "name": of.name,
        "stage": of.stage,
        "plan_digest": of.digest,
        "summary": {"outcome": "supported" if verdict == "pass" else "not-supported"},
        "clauses": [{"id": "EVL005", "level": "must", "verdict": verdict}],
        "evaluation": {"metrics": list(metrics), "method": {"kind": "holdout"}},
        "data": {"digest": {"a.csv": "sha256:" + "1" * 64}, "splits": {"test": rows}},
        "compute": [
            {"path": "run.compute.seconds", "value": 12.5, "unit": "seconds", "varies": True},
            {"path": "run.compute.precision", "value": "32-true", "unit": None, "varies": False},
        ],
        "environment": {"python": "3.11.7", "packages": {"torch": torch}, "code": "sha256:" + "2" * 64},
        "weights": "sha256:" + f"{of.spec['seed']:x}" * 64,
        "result_digest": "sha256:" + "4" * 64,
    }


def finished(root: Path, of: Plan, said: dict[str, Any], when: str) -> Path:
    outputs = root / "outputs"
    final = folder.place(of, outputs)
    with folder.staged(final, outputs) as aside:
        folder.write_plan(of, aside)
        (aside / "report.json").write_text(json.dumps(said))
        (aside / "log.txt").write_text(f"{when} - plan\nmore\n")
        seal.write(aside)
        folder.publish(aside, final, outputs)
    return final


def begun(place: Path, of: Plan, log: str) -> Path:
    place.mkdir(parents=True)
    folder.write_plan(of, place)
    (place / "log.txt").write_text(log)
    return place


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "stdspec.toml").touch()
    one, two = plan(seed=7), plan(seed=8, training={"epochs": 20})
    finished(tmp_path, one, report(one, metric(0.95, 0.92, 0.97)), "2026-11-01T10:00:00Z")
    said = report(two, metric(0.97, 0.95, 0.98), verdict="fail", torch="2.13")
    finished(tmp_path, two, said, "2026-11-02T10:00:00Z")
    return tmp_path


def stdspec(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"TZ": "UTC", "COLUMNS": "80", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "stdspec", *arguments]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60)


def short(of: Plan) -> str:
    return folder.place(of, Path()).name


def test_runs_are_listed_newest_first(project: Path) -> None:
    one, two = plan(seed=7), plan(seed=8, training={"epochs": 20})
    assert stdspec(project, "runs").stdout.splitlines() == [
        "2026-11-02 10:00  fail     digits  candidate (latest)",
        f"    outputs/digits/{short(two)}",
        "    accuracy 0.97 [0.95, 0.98]  weights 888888888888",
        f"2026-11-01 10:00  pass     digits  candidate  outputs/digits/{short(one)}",
        "    accuracy 0.95 [0.92, 0.97]  weights 777777777777",
    ]
    assert [run["state"] for run in json.loads(stdspec(project, "runs", "--json").stdout)] == ["fail", "pass"]
    assert len(json.loads(stdspec(project, "runs", "--last", "1", "--json").stdout)) == 1


def test_what_did_not_come_to_its_end_is_marked(project: Path) -> None:
    outputs = project / "outputs"
    other = plan(seed=9)
    begun(
        outputs / "digits" / "aaa.failed",
        other,
        "2026-11-03T10:00:00Z - plan\n2026-11-03T10:00:00Z - stopped interrupted\n",
    )
    begun(outputs / "digits" / ".bbb.x1.partial", other, "2026-11-04T10:00:00Z - plan\n")
    begun(
        project / "multirun" / "day" / "time" / "0.failed", other, "2026-11-05T10:00:00Z - stopped the disk is full\n"
    )
    begun(outputs / "digits" / ".ccc.x2.partial", other, "2026-11-06T10:00:00Z train epoch\n")
    with locked(folder.lock_file(outputs / "digits" / "ccc", outputs)):
        found = json.loads(stdspec(project, "runs", "--json").stdout)
        text = stdspec(project, "runs", "--last", "4").stdout.splitlines()
    assert [(run["state"], run["said"]) for run in found[:4]] == [
        ("running", None),
        ("stopped", "the disk is full"),
        ("killed", None),
        ("stopped", "interrupted"),
    ]
    assert [
        line.strip() for line in text if line.startswith("    ") and "outputs" not in line and "multirun" not in line
    ] == [
        "at work",
        "the disk is full",
        "killed; the same command goes on",
        "interrupted; the same command goes on",
    ]


def test_a_project_without_runs_says_so(tmp_path: Path) -> None:
    (tmp_path / "stdspec.toml").touch()
    ended = stdspec(tmp_path, "runs")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == "stdspec: there are no runs in outputs, multirun; begin one with stdspec run\n"


def test_a_run_is_found_by_the_beginning_of_its_digest(project: Path) -> None:
    settings = Settings(root=project)
    one = plan(seed=7)
    place = folder.place(one, project / "outputs")
    for said in (one.digest, short(one), short(one)[:6], one.digest[:20]):
        assert folder.find(said, settings) == place
    (place.parent / (short(one)[:4] + "ffffffff")).mkdir()
    (place.parent / (short(one)[:4] + "ffffffff") / "report.json").touch()
    with pytest.raises(InputError, match=r"several runs begin with '\w{4}': .*; name more of its digits"):
        folder.find(short(one)[:4], settings)
    with pytest.raises(InputError, match="there is no such run folder"):
        folder.find("0000dead", settings)


def test_two_runs_are_compared(project: Path) -> None:
    one, two = plan(seed=7), plan(seed=8, training={"epochs": 20})
    ended = stdspec(project, "compare", short(one), "latest")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        f"- outputs/digits/{short(one)}  digits, candidate, supported",
        f"+ outputs/digits/{short(two)}  digits, candidate, not-supported",
        "config",
        "  seed: 7 → 8",
        "  training.epochs: 10 → 20  conf/a.yaml:3:9",
        "metrics (not measured on the same data, split and seed)",
        "  accuracy 0.95 [0.92, 0.97] → 0.97 [0.95, 0.98]  +0.02, the intervals overlap",
        "verdicts",
        "  EVL005 (must): pass → fail",
        "environment and code",
        "  package torch: 2.12 → 2.13",
        "results",
        "  weights: 777777777777 → 888888888888",
        "costs: the same",
    ]


def test_several_runs_are_compared_with_the_first_as_json(project: Path) -> None:
    one = plan(seed=7)
    third = plan(seed=7, training={"epochs": 30})
    apart = report(third, metric(0.99, 0.98, 0.995))
    finished(project, third, apart, "2026-11-03T10:00:00Z")
    names = [short(of) for of in (one, plan(seed=8, training={"epochs": 20}), third)]
    found = json.loads(stdspec(project, "compare", *names, "--json").stdout)
    assert [item["runs"] for item in found] == [
        [f"outputs/digits/{names[0]}", f"outputs/digits/{name}"] for name in names[1:]
    ]
    overlaps = [item["metrics"][0]["overlap"] for item in found]
    assert overlaps == [True, False]
    assert [item["same_data"] for item in found] == [False, True]
    assert found[1]["config"][0] | {"old": None, "new": None} == {
        "kind": "changed",
        "path": "training.epochs",
        "old": None,
        "new": None,
    }


def test_a_metric_without_an_interval_claims_nothing(project: Path) -> None:
    third = plan(seed=11)
    finished(project, third, report(third, metric(0.9, None, None)), "2026-11-03T10:00:00Z")
    (item,) = json.loads(stdspec(project, "compare", short(plan(seed=7)), "latest", "--json").stdout)
    assert item["metrics"][0]["overlap"] is None
    assert "interval" not in stdspec(project, "compare", short(plan(seed=7)), "latest").stdout


def test_one_run_is_not_compared(project: Path) -> None:
    ended = stdspec(project, "compare", "latest")
    assert ended.returncode == 2
    assert "name two runs or more; stdspec runs lists them" in ended.stderr


def test_secrets_are_masked(project: Path) -> None:
    third = plan(seed=7, api={"token": "ghp_abcdefghij0123456789abcdefghij012345"})
    finished(project, third, report(third, metric(0.9, 0.8, 0.95)), "2026-11-03T10:00:00Z")
    ended = stdspec(project, "compare", short(plan(seed=7)), "latest")
    assert "api.token: gh… → gh…" in ended.stdout
    assert "ghp_" not in ended.stdout

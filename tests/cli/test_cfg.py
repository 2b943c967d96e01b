"""``stdspec run --cfg`` prints what the same option of a Hydra program prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

APP = """\
import hydra

@hydra.main(version_base="1.3", config_path="conf", config_name="config")
def main(cfg):
    pass

main()
"""
CONFIG = """\
defaults: [db: mysql, _self_]
a: 1e-3
text: "1e-3"
"yes": "no"
words: "several: words, and 'quotes'"
list: [1, {b: null}, "x y", "${a}"]
empty: {}
ref: ${db.host}
missing: ???
long: "a text that is longer than the eighty columns after which most writers of YAML would break a line"
ünï: "é"
hydra: {job: {name: app}, run: {dir: here}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "conf" / "db").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text(CONFIG)
    (tmp_path / "conf" / "db" / "mysql.yaml").write_text("host: localhost\nport: 3306\n")
    (tmp_path / "conf" / "db" / "other.yaml").write_text("host: elsewhere\n")
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def ran(project: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=project, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pair(project: Path, *words: str) -> tuple[str, str]:
    return ran(project, "-m", "stdspec", "run", *words), ran(project, "app.py", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("--cfg", "job"),
        ("--cfg", "job", "db=other", "a=2", "+new={x: [1, 'two']}"),
        ("--cfg", "job", "--resolve", "missing=3"),
        ("-c", "job", "-p", "db"),
        ("--cfg", "job", "--package", "db.host"),
        ("--cfg", "job", "-p", "_global_"),
    ],
)
def test_the_job_is_printed_byte_for_byte_as_hydra_prints_it(project: Path, words: tuple[str, ...]) -> None:
    ours, theirs = pair(project, *words)
    assert ours == theirs


@pytest.mark.parametrize("kind", ["hydra", "all"])
def test_the_rest_says_what_hydra_says(project: Path, kind: str) -> None:
    ours, theirs = (yaml.safe_load(text) for text in pair(project, "--cfg", kind, "db=other"))
    assert list(ours) == list(theirs)
    assert ours["hydra"].keys() == theirs["hydra"].keys()
    same = set(ours["hydra"]) - {"runtime", "help"}  # its sources and its program differ
    assert {key: ours["hydra"][key] for key in same} == {key: theirs["hydra"][key] for key in same}
    assert ours["hydra"]["runtime"]["choices"] == theirs["hydra"]["runtime"]["choices"]


def test_a_variable_is_not_printed(project: Path) -> None:
    (project / "conf" / "config.yaml").write_text("home: ${oc.env:HOME}\nref: ${other}\nother: 1\n")
    assert ran(project, "-m", "stdspec", "run", "--cfg", "job", "--resolve") == (
        "home: ${oc.env:HOME}\nref: 1\nother: 1\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cfg", "job", "-m"), "--multirun and --cfg exclude each other"),
        (("--resolve",), "--resolve and --package are of --cfg"),
        (("--objective", "evaluation/auroc"), "--objective is of a sweep; add --multirun"),
        (("--cfg", "job", "-p", "nope"), "there is no nope in the config"),
    ],
)
def test_what_says_nothing_together_is_refused(project: Path, words: tuple[str, ...], said: str) -> None:
    command = [sys.executable, "-m", "stdspec", "run", *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr

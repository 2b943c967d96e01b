"""A plan of the shipped experiments, as the command line makes it: the same bytes wherever it is made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.validate import check_data

TABLE = "a,b,y\n" + "".join(f"{row},{row % 5},{'pq'[row % 2]}\n" for row in range(40))
SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
name: bytes
description: some words
data: {source: {path: %s}, target: {column: y}}
training: {task: classification, epochs: 1}
"""


def compile_plan(where: Path, *arguments: str, **env: str) -> bytes:
    command = [sys.executable, "-m", "stdspec", "compile", *arguments]
    ended = subprocess.run(command, cwd=where, env=os.environ | env, capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr.decode() + ended.stdout.decode()
    return ended.stdout


def write_project(root: Path, path: str = "data/train.csv") -> Path:
    (root / "data").mkdir(parents=True)
    (root / "data" / "train.csv").write_text(TABLE)
    (root / "spec.yaml").write_text(SPEC % path)
    (root / "stdspec.toml").write_text("")
    (root / "below").mkdir()
    return root


def test_folder_working_directory_and_home_do_not_count(tmp_path: Path) -> None:
    one, two = write_project(tmp_path / "one"), write_project(tmp_path / "deep" / "er" / "two")
    made = {
        compile_plan(one, "spec.yaml"),
        compile_plan(one, "spec.yaml", HOME="/nowhere", PYTHONHASHSEED="7", TZ="Asia/Tokyo"),
        compile_plan(two, "spec.yaml"),
        compile_plan(two / "below", "../spec.yaml"),
        compile_plan(tmp_path, str(one / "spec.yaml")),
    }
    assert len(made) == 1
    assert str(tmp_path).encode() not in made.pop()


@pytest.mark.parametrize("experiment", ["digits", "breast_cancer", "lepton_mlp"])
def test_the_shipped_experiments_say_nothing_of_the_machine(tmp_path: Path, experiment: str) -> None:
    own = tmp_path / "project"
    own.mkdir()
    (own / "stdspec.toml").write_text("")
    shutil.copytree(resources.conf(), own / "conf")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "stdspec.toml").write_text("")
    shipped = compile_plan(tmp_path / "elsewhere", f"+experiment={experiment}")
    copied = compile_plan(own, f"+experiment={experiment}")
    for text in (shipped, copied):
        assert str(tmp_path).encode() not in text
        assert str(resources.conf().parent).encode() not in text
        assert str(Path.home()).encode() + b"/" not in text
        assert list(check_data(json.loads(text), "plan", lambda path, key: None)) == []


@pytest.mark.parametrize(
    "edit",
    [
        ("description: some words", "description: other words  # a comment"),
        ("name: bytes\n", "# a line\n\n\nname: bytes\nowner: {team: A}\n"),
    ],
)
def test_an_edit_that_changes_no_result_leaves_what_is_keyed_alone(tmp_path: Path, edit: tuple[str, str]) -> None:
    project = write_project(tmp_path)

    def keyed() -> list[tuple[str, str, str]]:
        plan = json.loads(compile_plan(project, "spec.yaml"))
        return [(item["id"], item["run"], item["config_digest"]) for item in plan["nodes"] if item["id"] != "card"]

    before = keyed()
    text = (project / "spec.yaml").read_text()
    assert edit[0] in text
    (project / "spec.yaml").write_text(text.replace(*edit))
    assert keyed() == before

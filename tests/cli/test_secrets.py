"""A secret that a spec refers to reaches own code and stands in no file and no output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "hunter2-is-no-word"
NET = """\
import os
import warnings

from torch import nn


class Net(nn.Module):
    def __init__(self, width, token):
        super().__init__()
        if token != os.environ["ACME_TOKEN"]:
            raise ValueError("not filled in: " + token)
        warnings.warn("logging in with " + token)
        if os.environ.get("ACME_FAIL"):
            raise ValueError("refused: " + token)
        self.layer = nn.Linear(2, 2)

    def forward(self, rows):
        return self.layer(rows)
"""
SPEC = """\
defaults: [stdspec/base, data: csv, _self_]
name: secret
data: {source: {path: "${oc.env:ACME_DATA}/train.csv"}, target: {column: churned}}
model: {_target_: acme_secret.Net, width: 3, token: "${oc.env:ACME_TOKEN}"}
training: {task: classification, epochs: 1}
"""


def stdspec(project: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    whole = os.environ | {"OMP_NUM_THREADS": "1", "ACME_TOKEN": SECRET, "ACME_DATA": str(project / "vault")} | env
    command = [sys.executable, "-m", "stdspec", *arguments]
    return subprocess.run(command, cwd=project, env=whole, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    rows = [f"{row % 7},{row % 5},{'yes' if row % 7 > 3 else 'no'}" for row in range(120)]
    (root / "vault").mkdir()
    (root / "vault" / "train.csv").write_text("\n".join(["a,b,churned", *rows]) + "\n")
    (root / "spec.yaml").write_text(SPEC)
    (root / "acme_secret.py").write_text(NET)
    allowed = 'allow-targets = ["acme_secret"]\nallow-env = ["ACME_TOKEN", "ACME_DATA"]\n'
    (root / "stdspec.toml").write_text(allowed)
    return root


def holding(folder: Path, value: str) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if value.encode() in path.read_bytes()]


def test_lint_and_compile_show_the_reference(project: Path) -> None:
    for words in (["lint", "spec.yaml"], ["lint", "spec.yaml", "--format", "json"], ["compile", "spec.yaml"]):
        ended = stdspec(project, *words)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert SECRET not in ended.stdout + ended.stderr
        assert str(project / "vault") not in ended.stdout + ended.stderr
    assert "${oc.env:ACME_TOKEN}" in ended.stdout
    assert stdspec(project, "compile", "spec.yaml", ACME_TOKEN="another", ACME_DATA="").stdout == ended.stdout


@pytest.mark.run
def test_a_run_uses_the_value_and_writes_it_nowhere(project: Path) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    ended = stdspec(project, "run", "spec.yaml")
    assert "report  outputs/secret/" in ended.stdout, ended.stderr
    assert SECRET not in ended.stdout + ended.stderr
    for folder in ("outputs", ".stdspec"):
        assert holding(project / folder, SECRET) == []
        assert holding(project / folder, str(project / "vault")) == []
    log = (project / "outputs" / "latest" / "log.txt").read_text()
    assert "logging in with ${oc.env:ACME_TOKEN}" in log
    again = stdspec(project, "run", "spec.yaml")
    assert "train  from the store" in again.stderr
    other = stdspec(project, "run", "spec.yaml", ACME_TOKEN="another-value")
    assert "data  from the store" in other.stderr
    assert "train  done" in other.stderr
    assert "evaluate  done" in other.stderr


@pytest.mark.run
def test_own_code_that_raises_with_the_value_does_not_give_it_away(project: Path) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    ended = stdspec(project, "run", "spec.yaml", "training.epochs=2", ACME_FAIL="1")
    assert ended.returncode == 2
    assert "refused: ${oc.env:ACME_TOKEN}" in ended.stderr
    assert SECRET not in ended.stdout + ended.stderr
    assert holding(project / "outputs", SECRET) == []


@pytest.mark.run
def test_a_variable_that_is_not_set_is_said_before_any_work(project: Path) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    (project / "unset.yaml").write_text(SPEC.replace("ACME_TOKEN", "ACME_UNSET"))
    settings = project / "stdspec.toml"
    before = settings.read_text()
    settings.write_text(before.replace('"ACME_TOKEN"', '"ACME_TOKEN", "ACME_UNSET"'))
    ended = stdspec(project, "run", "unset.yaml")
    settings.write_text(before)
    assert ended.returncode == 2
    assert "unset.yaml:4:" in ended.stderr
    assert "model.token: the environment variable ACME_UNSET is not set; set it or give a default" in ended.stderr
    assert "data " not in ended.stderr

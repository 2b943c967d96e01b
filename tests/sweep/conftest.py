"""A small project to sweep over."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 2}
"""
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def write_project(root: Path) -> Path:
    rng = random.Random(1)
    rows = ["age,income,churned"]
    for _ in range(200):
        age, income = rng.gauss(40, 10), rng.gauss(50, 15)
        rows.append(f"{age:.2f},{income:.2f},{'yes' if age + rng.gauss(0, 4) > 42 else 'no'}")
    (root / "train.csv").write_text("\n".join(rows) + "\n")
    (root / "spec.yaml").write_text(SPEC)
    (root / "stdspec.toml").write_text("")
    return root


def stdspec(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stdspec", *arguments]
    whole = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=project, env=whole, capture_output=True, text=True, timeout=600)


def started(project: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command that takes interrupts, whatever the process that starts it does with them."""
    return subprocess.Popen(
        [sys.executable, "-m", "stdspec", *arguments],
        cwd=project,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)

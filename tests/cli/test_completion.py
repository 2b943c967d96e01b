"""``stdspec completion``: the scripts, and what a shell gets when a user presses the tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stdspec.cli.completion import SHELLS


def asked(line: str, shell: str, cwd: Path) -> list[str]:
    variables = {"STDSPEC_LINE": line, "STDSPEC_BREAKS": " \"'><=;|&(:", "_STDSPEC_COMPLETE": f"{shell}_complete"}
    command = [sys.executable, "-m", "stdspec"]
    done = subprocess.run(command, cwd=cwd, env=os.environ | variables, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.split() if shell != "bash" else done.stdout.splitlines()


@pytest.mark.parametrize("shell", list(SHELLS))
def test_every_shell_has_a_script(shell: str) -> None:
    done = subprocess.run([sys.executable, "-m", "stdspec", "completion", shell], capture_output=True, text=True)
    assert done.returncode == 0
    assert f"_STDSPEC_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("stdspec comple", ["completion"]),
        ("stdspec run +experiment=di", ["+experiment=diabetes", "+experiment=digits"]),
        ("stdspec run data=digits training.optimizer.l", ["training.optimizer.lr="]),
        ("stdspec run --mul", ["--multirun"]),
        ("stdspec run --cfg ", ["job", "hydra", "all"]),
        ("stdspec why training.ep", ["training.epochs"]),
        ("stdspec nope wo", []),
        ("stdspec lint con", []),
    ],
)
def test_words_are_completed(tmp_path: Path, shell: str, line: str, expected: list[str]) -> None:
    assert asked(line, shell, tmp_path) == expected


def test_bash_gets_what_stands_behind_its_last_break(tmp_path: Path) -> None:
    assert asked("stdspec run +experiment=di", "bash", tmp_path) == ["diabetes ", "digits "]
    assert asked("stdspec run training.optimizer.l", "bash", tmp_path) == ["training.optimizer.lr="]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_by_the_script(tmp_path: Path) -> None:
    program = tmp_path / "stdspec"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m stdspec "$@"\n')
    program.chmod(0o755)
    script = (
        f"{SHELLS['bash'].source_template}\n"
        "COMP_LINE='stdspec run +experiment=dig training'; COMP_POINT=27\n"
        f"_stdspec_completion {program} dig =\n"
        'printf "<%s>" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "<digits >"


def test_a_folder_of_configs_and_its_primaries_are_completed(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "train.yaml").write_text("model: {depth: 3}\n")
    assert asked("stdspec run -cd configs -cn tr", "zsh", tmp_path) == ["train"]
    assert asked("stdspec run -cd configs -cn train model.", "zsh", tmp_path) == ["model.depth="]

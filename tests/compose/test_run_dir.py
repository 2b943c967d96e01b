"""What a primary config says of Hydra's own running is told to be without effect, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose import run_dir
from stdspec.compose.model import Composed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: a\n", []),
        ("hydra:\n  job: {chdir: false}\n", []),
        ("hydra:\n  sweep: {dir: there}\n", []),  # -m takes it
        (
            "name: a\nhydra:\n  run:\n    dir: there\n",
            ["hydra.run.dir in config.yaml:4 is not acted on; give it on the command line: hydra.run.dir=FOLDER"],
        ),
        (
            "hydra: {mode: MULTIRUN}\n",
            ["hydra.mode in config.yaml:1 is not acted on; a sweep is asked for on the command line: -m"],
        ),
    ],
)
def test_what_only_the_command_line_decides(
    text: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(text)
    assert run_dir.ignored(Composed("a", str(tmp_path / "config.yaml"), {}, {}, {})) == told

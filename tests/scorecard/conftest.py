"""A repository in which three experiments are judged by a standard of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import project


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "stdspec.toml").touch()
    project.standard(tmp_path)
    project.spec(tmp_path, "a", seed=1)
    project.spec(tmp_path, "b", seed=2, stage="candidate", description="b", owner={"team": "blue"})
    project.spec(tmp_path, "c", seed=3)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STDSPEC_TODAY", "2026-11-23")
    return tmp_path

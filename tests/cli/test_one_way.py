"""Every command goes through the pipeline: there is one way through the house."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stdspec import pipeline
from stdspec.cli import main


def test_monitor_goes_through_the_pipeline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Any] = []

    def compare(run_folder: str, batch: Path, settings: Any, delimiter: str = ",") -> Any:
        asked.append((run_folder, batch, delimiter))
        return SimpleNamespace(as_json=lambda: {"decision": "keep"}, exit_code=1)

    monkeypatch.setattr(pipeline, "monitor", compare)
    assert main.run(["monitor", "latest", "--batch", "week.csv", "--delimiter", ";", "--format", "json"]) == 1
    assert asked == [("latest", Path("week.csv"), ";")]
    assert '"decision": "keep"' in capsys.readouterr().out

"""The two files of a report in a run folder: the data for machines and the page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stdspec.report.html import render


def write(report: Mapping[str, Any], folder: Path) -> None:
    """Write `report.json` and `report.html` into a folder."""
    text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render(dict(report)), encoding="utf-8")

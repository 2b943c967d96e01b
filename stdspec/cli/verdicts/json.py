"""Format json: report.json as it is, which holds every language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stdspec.cli.visible import in_json


def render(report: Mapping[str, Any], _: str) -> str:
    """The report."""
    return in_json(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)) + "\n"

"""Format cyclonedx: a bill of materials of CycloneDX 1.6 with standards, claims and attestations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stdspec.cli.visible import in_json
from stdspec.report.bom.document import of_report


def render(report: Mapping[str, Any], lang: str) -> str:
    """The document."""
    return in_json(json.dumps(of_report(report, lang), indent=2, ensure_ascii=False, allow_nan=False)) + "\n"

"""Format json: the scorecard itself, in the shape of schemas/scorecard.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stdspec.cli.visible import in_json


def render(card: Mapping[str, Any], _: str) -> str:
    """The data, indented; the language of its words is that of each key."""
    return in_json(json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False)) + "\n"

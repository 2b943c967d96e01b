"""The code that each keyword of a schema leads to when a value breaks it."""

from __future__ import annotations

from typing import Final

KEYWORDS: Final[dict[str, str]] = {
    "additionalProperties": "SPC001",
    "type": "SPC002",
    "minimum": "SPC003",
    "exclusiveMinimum": "SPC003",
    "maximum": "SPC003",
    "exclusiveMaximum": "SPC003",
    "minItems": "SPC003",
    "maxItems": "SPC003",
    "minLength": "SPC003",
    "maxLength": "SPC003",
    "minProperties": "SPC003",
    "uniqueItems": "SPC003",
    "enum": "SPC004",
    "const": "SPC004",
    "pattern": "SPC005",
    "format": "SPC005",
    "propertyNames": "SPC005",
    "required": "SPC006",
}
"""Every keyword with which a shipped schema may refuse a value, and the code it leads to."""

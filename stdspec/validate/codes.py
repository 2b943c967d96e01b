"""The codes of what the schema finds, and the schema keyword behind each."""

from __future__ import annotations

from typing import Final

SLUGS: Final[dict[str, str]] = {
    "SPC001": "unknown-key",
    "SPC002": "wrong-type",
    "SPC003": "out-of-range",
    "SPC004": "unknown-value",
    "SPC005": "malformed-text",
    "SPC006": "missing-key",
    "SPC007": "unknown-kind",
    "SPC008": "kind-mismatch",
}
"""Code to the name of the fault."""

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
    "propertyNames": "SPC005",
    "required": "SPC006",
}
"""Every keyword with which a shipped schema may refuse a value, and the code it leads to."""

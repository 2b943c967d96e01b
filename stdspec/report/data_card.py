"""The data card of a report: where the rows come from, what they look like, how they were split.

Declared facts come from the spec, found ones from what the data node wrote; a fact without a source stays null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from stdspec.report import origin
from stdspec.report.assets import Assets, Document

_COLUMN: Final = {
    "type": "type",
    "role": "role",
    "unit": "unit",
    "nullable": "nullable",
    "declared": "declared",
    "range": "range",
    "minimum": "min",
    "maximum": "max",
    "mean": "mean",
    "deviation": "std",
    "distinct": "distinct",
    "missing": "missing",
    "violations": "violations",
}
"""What the card keeps of a column, and its name in the contract."""
_DECLARED: Final = ("source", "license", "origin", "modality", "population", "target")
_VIOLATION: Final = ("column", "clause", "count", "first", "declared")


def build(spec: Mapping[str, Any], run: Mapping[str, Any], assets: Assets) -> dict[str, Any] | None:
    """The data card; None when neither the spec nor the run says anything about data."""
    declared = spec.get("data") or {}
    found = run.get("data") or {}
    if not declared and not found:
        return None
    profile, contract = assets.profile or {}, assets.contract or {}
    split = run.get("split") or {}
    card = {
        **{name: declared.get(name) for name in _DECLARED},
        "own": declared.get("_target_"),
        "digest": found.get("digest"),
        "rows": found.get("rows"),
        "shape": profile.get("shape"),
        "value_range": profile.get("value_range"),
        "classes": _classes(profile),
        "splits": _splits(split),
        "overlap": split.get("overlap"),
        "columns": [_column(name, item) for name, item in (contract.get("columns") or {}).items()],
        "violations": found.get("violations"),
        "violated": [{key: item.get(key) for key in _VIOLATION} for item in contract.get("violations") or []],
        "quality": list(_quality(found.get("quality") or {}, declared.get("quality") or {})),
        "pii": found.get("pii"),
    }
    return dict(origin.plain(card))


def _classes(profile: Document) -> list[dict[str, Any]]:
    counts = profile.get("classes") or {}
    total = sum(counts.values())
    return [
        {"name": str(name), "count": count, "share": round(count / total, 6)} for name, count in counts.items() if total
    ]


def _splits(found: Mapping[str, Any]) -> dict[str, Any] | None:
    parts = ("train", "validation", "test")
    return {part: found.get(part) for part in parts} if any(part in found for part in parts) else None


def _column(name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, **{key: item.get(source) for key, source in _COLUMN.items()}}


def _quality(found: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name, value in found.items():
        if name != "within":
            yield {"name": name, "observed": value, "limit": asked.get(name)}

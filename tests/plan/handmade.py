"""Composed specs made by hand, for tests of what comes after composition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stdspec.compose.model import Composed, Origin
from stdspec.finding import Span
from stdspec.paths import ConfigPath

SPEC: dict[str, Any] = {
    "stage": "research",
    "name": "small",
    "version": None,
    "standards": ["stdspec/base@1"],
    "seed": 3,
    "data": {
        "source": {"kind": "csv", "path": "train.csv"},
        "target": {"column": "y"},
        "columns": {"x": {"type": "float32"}},
        "splits": {"kind": "random", "shares": {"train": 0.7, "validation": 0.15, "test": 0.15}},
        "license": "CC0-1.0",
    },
    "compute": {"accelerator": "auto", "devices": "auto", "nodes": 1, "limits": {"memory": "1GiB", "time": None}},
    "model": {"kind": "mlp", "hidden": [4], "card": None},
    "training": {
        "task": "classification",
        "epochs": 2,
        "determinism": "tolerance",
        "batch": {"global": 8, "micro": None},
    },
    "evaluation": {"method": {"kind": "hold-out"}, "metrics": {"accuracy": {}}},
    "deployment": {"exports": {}},
    "monitoring": {"reference": None},
}


def composed(spec: dict[str, Any], entry: Path) -> Composed:
    """A composition in which every leaf is written in the entry file, one line a leaf in document order."""
    value = Composed("spec", str(entry), spec, spec, {})
    origins: dict[ConfigPath, tuple[Origin, ...]] = {}
    for line, (path, leaf) in enumerate(value.leaves(), 1):
        span = Span(str(entry), line, 3, line, 9)
        origins[path] = (Origin(span, span, leaf, "config"),)
    return Composed("spec", str(entry), spec, spec, origins)

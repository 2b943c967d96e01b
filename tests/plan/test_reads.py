"""What each node reads of a spec: which nodes run again when a leaf of it is another one, and that no others do."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from stdspec.compose.history import leaves
from stdspec.paths import MISSING, ConfigPath, dotted, select
from stdspec.plan.build import build
from stdspec.plan.cut import cut
from stdspec.plan.model import Plan

from .handmade import composed

SPEC: Final[dict[str, Any]] = {
    "stage": "candidate",
    "name": "full",
    "version": "1.0.0",
    "industry": None,
    "description": "says what it is for",
    "owner": "somebody",
    "standards": ["stdspec/base@1"],
    "seed": 3,
    "data": {
        "source": {"kind": "csv", "path": "rows.csv", "delimiter": ",", "version": "2", "digest": {"rows.csv": "d"}},
        "license": "CC0-1.0",
        "origin": {"collected": "there"},
        "modality": "tabular",
        "target": {"column": "y", "positive": "yes"},
        "columns": {
            "x": {"type": "float32", "unit": "s", "nullable": False, "range": [0, 1]},
            "y": {"type": "category", "categories": ["no", "yes"]},
            "who": {"type": "category", "role": "group"},
        },
        "quality": {"missing_share": 0.1},
        "transforms": {"scale": {"kind": "impute", "columns": "features", "with": "mean"}},
        "splits": {"kind": "grouped", "group": "who", "shares": {"train": 0.7, "validation": 0.15, "test": 0.15}},
        "privacy": {"scan": True},
        "population": {"described": "all", "reference": {"y": {"yes": 0.5, "no": 0.5}}},
    },
    "compute": {
        "shape": "a",
        "cores": 4,
        "accelerator": "auto",
        "devices": 1,
        "nodes": 1,
        "strategy": "auto",
        "precision": "32-true",
        "memory_format": "contiguous",
        "limits": {"memory": "1GiB", "time": "1h", "retries": 0},
        "resume": {"every": "1min"},
        "cost": {"rate": 1.0},
    },
    "model": {
        "kind": "mlp",
        "hidden": [4],
        "base": None,
        "signature": "derived",
        "card": {"intended_use": "a test", "limits": "small"},
    },
    "training": {
        "task": "classification",
        "epochs": 2,
        "batch": {"global": 8, "micro": None},
        "optimizer": {"kind": "adamw", "lr": 0.1},
        "determinism": "exact",
    },
    "evaluation": {
        "method": {"kind": "hold-out", "group": "who"},
        "metrics": {"accuracy": {"at_least": 0.8}, "auroc": {}},
        "interval": {"level": 0.95, "kind": "auto"},
        "judge": "bound",
        "baseline": {"kind": "majority", "metric": "accuracy", "margin": 0.0},
        "slices": {"long": {"column": "x", "above": 0.5, "at_least_n": 10, "floor": {"accuracy": 0.7}}},
        "shifts": {"noise": {"kind": "gaussian-noise", "severity": 0.1, "floor": {"accuracy": 0.6}}},
    },
    "deployment": {
        "exports": {"onnx": {"opset": 18, "parity": {"atol": 1e-5}}, "safetensors": {}},
        "runtime": "onnxruntime",
    },
    "monitoring": {"reference": "train", "drift": {"tests": {"x": {"kind": "psi", "at_most": 0.2}}}},
    "governance": {"approvals": None},
}

READ_BY: Final[Mapping[str, str]] = {
    "name": "package card",
    "version": "package card",
    "description": "card",
    "owner": "card",
    "seed": "split train evaluate gate",
    "data.source": "data",
    "data.source.kind": "data card",
    "data.source.version": "",
    "data.source.digest": "",
    "data.license": "card",
    "data.origin": "card",
    "data.modality": "data",
    "data.target.column": "data train",
    "data.target.positive": "data gate",
    "data.columns": "data reference",
    "data.columns.who.role": "data split gate reference",
    "data.quality": "data",
    "data.privacy": "data",
    "data.population": "",
    "data.population.reference": "data",
    "data.transforms.scale": "data train",
    "data.transforms.scale.with": "train",
    "data.splits": "split",
    "data.splits.kind": "data split",
    "data.splits.group": "data split gate",
    "compute": "",
    **{
        f"compute.{key}": "train"
        for key in ("accelerator", "devices", "nodes", "strategy", "precision", "memory_format")
    },
    "model": "train",
    "model.base": "card",
    "model.card": "card",
    "model.signature": "",
    "training": "train",
    "training.task": "data train gate card",
    "evaluation": "gate",
    "evaluation.method.group": "data split gate",
    "evaluation.slices.long.column": "data gate",
    "evaluation.shifts.noise.kind": "evaluate gate",
    "evaluation.shifts.noise.severity": "evaluate gate",
    "evaluation.baseline.kind": "evaluate gate",
    "deployment": "",
    "deployment.exports.onnx.opset": "export",
    "deployment.exports.onnx.parity": "parity",
    "deployment.exports.safetensors": "export parity",
    "monitoring": "reference",
    **dict.fromkeys(("stage", "industry", "standards", "governance"), ""),
}
"""A part of the spec to the nodes whose config has it; the longest name that a leaf lies in counts."""

LEAVES: Final = [leaf for leaf in leaves(SPEC) if dotted(leaf[0]) != "evaluation.method.kind"]
"""All but the one that makes another plan."""


def plan(spec: dict[str, Any], tmp_path: Path) -> Plan:
    return build(composed(spec, tmp_path / "conf" / "config.yaml"), tmp_path)


def edited(path: ConfigPath) -> dict[str, Any]:
    """The spec with another value at a path."""
    spec = copy.deepcopy(SPEC)
    holder = select(spec, path[:-1])
    old = holder[path[-1]]
    holder[path[-1]] = [*old, "more"] if isinstance(old, list) else "another"
    return spec


def read_by(path: ConfigPath) -> set[str]:
    name = max((name for name in READ_BY if f"{dotted(path)}.".startswith(f"{name}.")), key=len)
    return set(READ_BY[name].split())


@pytest.mark.parametrize("path", [pytest.param(path, id=dotted(path)) for path, _ in LEAVES])
def test_another_leaf_runs_the_nodes_that_read_it_and_no_others(path: ConfigPath, tmp_path: Path) -> None:
    before, after = plan(SPEC, tmp_path), plan(edited(path), tmp_path)
    assert [node.id for node in before.nodes] == [node.id for node in after.nodes]
    changed = {
        old.id for old, new in zip(before.nodes, after.nodes, strict=True) if old.config_digest != new.config_digest
    }
    assert changed == read_by(path)


def test_the_plan_of_the_table_has_every_kind_of_node(tmp_path: Path) -> None:
    assert [node.id for node in plan(SPEC, tmp_path).nodes] == [
        *("data", "split", "train", "evaluate", "gate", "export", "parity", "reference", "package", "card")
    ]


def test_an_entry_that_lacks_the_part_stays_and_so_does_the_order() -> None:
    spec = {"columns": {"x*": {"unit": "s"}, "xy": {"role": "group", "unit": "m"}, "z": None}}
    kept = cut(spec, ["columns.*.role"])
    assert list(kept["columns"].items()) == [("x*", {}), ("xy", {"role": "group"}), ("z", None)]


def test_what_is_taken_out_may_be_named_for_every_entry_and_put_back() -> None:
    spec = {"a": {"one": {"p": 1, "q": 2}, "two": {"q": 3}, "off": None}, "m": {"kind": "x", "group": "g"}}
    kept = cut(spec, ["a", "-a.*.q", "m", "-m", "m.group"])
    assert kept == {"a": {"one": {"p": 1}, "two": {}, "off": None}, "m": {"group": "g"}}
    assert spec["a"]["one"] == {"p": 1, "q": 2}


def test_what_is_absent_stays_absent() -> None:
    assert cut({"a": {"b": None}}, ["a.b.c", "x.y", "x.*.y", "a.z"]) == {}
    assert cut({"a": {}}, ["a.*.y"]) == {"a": {}}
    assert select(cut({"a": {"b": 1}}, ["a.b", "-a.b.c", "-q.r"]), ("a", "b")) != MISSING

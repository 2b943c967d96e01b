"""The table of what runs: what it leaves out has a runner, and what it names has none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from stdspec.capability import PARTS, READS, TASKS, gaps, own_recipe
from stdspec.lint.composition import lint_composed
from stdspec.paths import dotted
from stdspec.settings import Settings
from stdspec.validate import schemas
from tests.lint.specs import spec


def found(value: dict[str, Any]) -> list[str]:
    return [dotted(gap.path) for gap in gaps(value)]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"data": {"source": {"kind": "parquet"}}}, "data.source.kind"),
        ({"data": {"sources": {"a": {"kind": "csv"}, "b": {"kind": "csv"}}}}, "data.sources"),
        ({"data": {"modality": "audio"}}, "data.modality"),
        ({"data": {"columns": {"a": {"type": "audio"}}}}, "data.columns.a.type"),
        ({"data": {"columns": {"a": {"role": "weight"}}}}, "data.columns.a.role"),
        ({"training": {"task": "multilabel"}}, "training.task"),
        ({"training": {"differential_privacy": {"epsilon": 1.0}}}, "training.differential_privacy"),
        ({"compute": {"engine": "slurm"}}, "compute.engine"),
        ({"compute": {"nodes": 2}}, "compute.nodes"),
        ({"compute": {"strategy": "fsdp"}}, "compute.strategy"),
        ({"compute": {"devices": 2}, "data": {"_target_": "acme.Claims"}}, "compute.devices"),
        ({"evaluation": {"method": {"kind": "hold-out", "repeats": 3}}}, "evaluation.method.repeats"),
        ({"evaluation": {"method": {"kind": "k-fold", "aggregate": "worst"}}}, "evaluation.method.aggregate"),
        ({"evaluation": {"incumbent": {"path": "x"}}}, "evaluation.incumbent"),
        ({"evaluation": {"external": {"path": "x"}}}, "evaluation.external"),
    ],
)
def test_what_does_not_run_is_named(value: dict[str, Any], path: str) -> None:
    assert found(value) == [path]


@pytest.mark.parametrize(
    "value",
    [
        {"data": {"_target_": "acme.Claims", "modality": "text"}},
        {"data": {"columns": {"a": {"type": "audio", "role": "ignore"}}}},
        {"evaluation": {"method": {"kind": "k-fold", "repeats": 3}}},
        {"compute": {"devices": 1, "nodes": 1, "strategy": "auto", "engine": "local"}},
        {"compute": {"devices": 2, "strategy": "ddp"}},
        {"compute": {"devices": "auto"}, "data": {"_target_": "acme.Claims"}},
        {"compute": {"devices": 2}, "model": {"_target_": "acme.Net"}},
        {"compute": {"engine": "${oc.env:ENGINE}"}, "data": {"source": {"kind": "???"}}},
        {"data": 3, "compute": [], "training": None, "evaluation": {"method": "x"}},
    ],
)
def test_what_runs_is_not(value: dict[str, Any]) -> None:
    assert found(value) == []


def test_lint_warns_of_it_and_leaves_an_unknown_kind_to_the_schema(tmp_path: Any) -> None:
    text = "{stdspec: '1', data: {source: {kind: %s, path: a}, target: {column: y}}}"
    known = lint_composed(spec(text % "parquet"), Settings(root=tmp_path))
    assert [(item.code, item.severity) for item in known if item.path == "data.source.kind"] == [("SPC009", "warning")]
    unknown = lint_composed(spec(text % "parket"), Settings(root=tmp_path))
    assert [item.code for item in unknown if item.path == "data.source.kind"] == ["SPC007"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"compute": {"devices": 2}, "model": {"_target_": "acme.Lit"}}, True),
        ({"compute": {"devices": 1}, "model": {"_target_": "acme.Lit"}}, False),
        ({"compute": {"devices": "${n}"}, "model": {"_target_": "acme.Lit"}}, False),
        ({"compute": {"devices": 2}, "model": {"kind": "mlp"}}, False),
        ({"compute": 3, "model": None}, False),
    ],
)
def test_an_own_recipe_is_not_shared(value: dict[str, Any], said: bool) -> None:
    assert (own_recipe(value) is not None) is said


def test_the_schema_knows_every_value_of_the_table() -> None:
    data = schemas.load("data")["$defs"]
    assert set(READS) < set(data["source"]["properties"]["kind"]["enum"])
    assert set(TASKS) < set(schemas.load("training")["$defs"]["fit"]["properties"]["task"]["enum"])
    by_path = {dotted(part.path): set(part.runs) for part in PARTS}
    assert by_path["data.columns.*.type"] < set(data["column"]["properties"]["type"]["enum"])
    assert by_path["data.columns.*.role"] < set(data["column"]["properties"]["role"]["enum"])
    assert by_path["data.modality"] < set(data["main"]["properties"]["modality"]["enum"])


def _kinds(schema: str, *path: str) -> set[str]:
    node: Any = schemas.load(schema)
    for key in path:
        node = node[key]
    listed: Iterable[str] = node["enum"]
    return set(listed)


@pytest.mark.run
def test_every_kind_that_the_table_leaves_out_has_a_runner() -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    from stdspec.run.data import reader, splits
    from stdspec.run.evaluate import baseline, metrics, shifts
    from stdspec.run.train import loss, models, optim, preprocess

    assert set(reader.READERS) == set(READS)
    assert set(loss.TASKS) == set(TASKS)
    fit = ("$defs", "fit", "properties")
    assert set(loss.LOSSES) == _kinds("training", *fit, "loss", "properties", "kind")
    assert set(optim.OPTIMIZERS) == _kinds("training", *fit, "optimizer", "properties", "kind")
    assert set(optim.SCHEDULES) >= _kinds("training", *fit, "schedule", "properties", "kind") - {"constant"}
    assert set(models.MODELS) | {"onnx"} == _kinds("model", "$defs", "shipped", "properties", "kind")
    assert set(preprocess.STEPS) == _kinds("data", "$defs", "transform", "properties", "kind")
    assert set(splits.KINDS) == _kinds("data", "$defs", "main", "properties", "splits", "properties", "kind")
    assert set(metrics.KINDS) == _kinds("evaluation", "$defs", "metric", "properties", "kind")
    assert set(baseline.KINDS) == _kinds("evaluation", "properties", "baseline", "properties", "kind")
    assert set(shifts.SHIFTS) == _kinds("evaluation", "$defs", "shift", "properties", "kind")

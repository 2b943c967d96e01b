"""Parity: within the tolerance for a true export, and a changed weight is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
import onnx
from onnx import numpy_helper

from stdspec.digest import digest_file
from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Feature
from stdspec.run.export import node as export
from stdspec.run.export import parity

pytestmark = pytest.mark.run

ONNX: dict[str, Any] = {
    "deployment": {"exports": {"onnx": {"opset": 18, "parity": {"atol": 1e-5, "rtol": 1e-4, "batches": [1, 5]}}}}
}


def exported(bench: Any, config: dict[str, Any]) -> None:
    bench.run(export.execute, "exports", config)
    bench.inputs["exports"] = bench.root / "exports"


def test_true_exports_compute_what_was_evaluated(bench: Any) -> None:
    config = {"deployment": {"exports": {"onnx": {"opset": 18}, "torch_export": {}, "safetensors": {}}}}
    exported(bench, config)
    records = bench.run(parity.execute, "parity", config)
    assert set(records) == {"run.deployment.parity.onnx", "run.deployment.parity.torch_export"}
    for record in records.values():
        assert record.value["within"] is True
        assert 0 <= record.value["max_abs"] <= 1e-5
        assert record.value["batches"] == [1, 64]
        assert (
            record.value["edges"] == 10
        )  # zeros, all low, all high, two for each of three columns, an unseen category
    assert bench.read("parity/parity.json")["onnx"] == records["run.deployment.parity.onnx"].value


def test_a_changed_weight_is_found(bench: Any) -> None:
    exported(bench, ONNX)
    path = bench.root / "exports" / "model.onnx"
    model = onnx.load(path)
    weight = max(model.graph.initializer, key=lambda item: np.prod(item.dims))
    values = numpy_helper.to_array(weight).copy()
    values.flat[0] += 0.5
    weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    onnx.save(model, path)
    with pytest.raises(RunError, match="has changed since it was exported"):
        bench.run(parity.execute, "parity", ONNX)
    listed = bench.read("exports/exports.json")
    listed["onnx"]["digest"] = digest_file(path)
    (bench.root / "exports" / "exports.json").write_text(json.dumps(listed))
    value = bench.run(parity.execute, "parity", ONNX)["run.deployment.parity.onnx"].value
    assert value["within"] is False
    assert value["max_abs"] > 1e-3


def test_without_a_tolerance_there_is_no_comparison(bench: Any) -> None:
    config = {"deployment": {"exports": {"onnx": {"opset": 18, "parity": None}}}}
    exported(bench, config)
    assert bench.run(parity.execute, "parity", config) == {}


def test_edges_are_the_ends_of_the_declared_range_else_of_the_data(bench: Any) -> None:
    dataset = Dataset.load(bench.inputs["dataset"])
    edges = parity.edge_rows(dataset)
    assert (edges[0] == 0).all()
    assert edges[1] == pytest.approx([0.0, dataset.inputs[:, 1].min(), 0.0])
    assert edges[2] == pytest.approx([300.0, dataset.inputs[:, 1].max(), 1.0])
    assert edges[3][0] == 0.0
    assert edges[3][1] == pytest.approx(dataset.inputs[:, 1].mean(), abs=1e-5)


def test_the_edges_of_an_image_are_black_and_white() -> None:
    dataset = Dataset(
        "image", np.full((3, 1, 2, 2), 5, np.float32), np.arange(3), ("a", "b", "c"), value_range=(0.0, 16.0)
    )
    edges = parity.edge_rows(dataset)
    assert [row.max() for row in edges] == [0.0, 0.0, 16.0]


@pytest.mark.parametrize(
    ("found", "wanted", "within", "max_abs"),
    [
        ([[0.5, 0.5]], [[0.5, 0.5]], True, 0.0),
        ([[0.5, 0.50004]], [[0.5, 0.5]], True, 4e-5),
        ([[0.5, 0.502]], [[0.5, 0.5]], False, 2e-3),
        ([[np.nan, 0.5]], [[np.nan, 0.5]], True, 0.0),
        ([[np.inf, 0.5]], [[np.inf, 0.5]], True, 0.0),
    ],
)
def test_differences(found: Any, wanted: Any, within: bool, max_abs: float) -> None:
    result = parity.difference([np.array(found)], [np.array(wanted)], atol=1e-5, rtol=1e-4)
    assert result.within is within
    assert result.max_abs == pytest.approx(max_abs)


def test_nan_on_one_side_and_another_shape_are_never_within() -> None:
    ones = np.ones((2, 2))
    assert not parity.difference([np.full((2, 2), np.nan)], [ones], 1, 1).within
    assert not parity.difference([ones[:1]], [ones], 1, 1).within


def test_a_program_with_a_pickle_is_not_opened(bench: Any, tmp_path: Path) -> None:
    config = {"deployment": {"exports": {"torch_export": {}}}}
    exported(bench, config)
    path = bench.root / "exports" / "model.pt2"
    torch.save({"weights": torch.ones(2)}, path)
    listed = bench.read("exports/exports.json")
    listed["torch_export"]["digest"] = digest_file(path)
    (bench.root / "exports" / "exports.json").write_text(json.dumps(listed))
    with pytest.raises(RunError, match="holds a pickle and is not opened"):
        bench.run(parity.execute, "parity", config)


def test_a_file_that_onnx_runtime_refuses_is_one_sentence(bench: Any) -> None:
    exported(bench, ONNX)
    path = bench.root / "exports" / "model.onnx"
    path.write_bytes(b"no graph")
    listed = bench.read("exports/exports.json")
    listed["onnx"]["digest"] = digest_file(path)
    (bench.root / "exports" / "exports.json").write_text(json.dumps(listed))
    with pytest.raises(RunError, match="ONNX Runtime does not run the export") as caught:
        bench.run(parity.execute, "parity", ONNX)
    assert "\n" not in str(caught.value)


def test_edges_hold_what_the_model_fills_and_categories_that_nobody_has_seen() -> None:
    inputs = np.array([[1.0, np.nan, 0.0], [3.0, 5.0, 1.0]], np.float32)
    features = (Feature("a", "float32"), Feature("b", "float32"), Feature("c", "category", None, ("p", "q")))
    edges = parity.edge_rows(Dataset("tabular", inputs, np.array([0, 1]), ("x", "y"), features))
    assert np.isnan(edges).any(axis=1).sum() == 1
    np.testing.assert_array_equal(edges[np.isnan(edges).any(axis=1)][0], [2.0, np.nan, 0.0])
    assert edges[-1].tolist() == [2.0, 5.0, 2.0]

"""What scores a batch says what the evaluation said, also of a bought model whose file gives logits."""

import json

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from stdspec.errors import InputError
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.run.monitor import scorer
from stdspec.run.train import bought, predictor
from stdspec.settings import Settings

pytestmark = pytest.mark.run

ROWS = np.random.default_rng(0).normal(size=(1500, 2)).astype(np.float32)


def bought_run(root, width=2):
    """The artefacts of a bought model of one linear layer: its file and its description."""
    weight = numpy_helper.from_array(np.array([[-3.0, 3.0], [0.5, 0.0]], np.float32)[:, -width:], "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["logits"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", width])],
        [weight],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), root / "vendor.onnx"
    )
    config = {
        "model": {"kind": "onnx", "path": "vendor.onnx", "digest": None, "signature": "derived"},
        "training": {"task": "classification"},
        "data": {"target": {"column": "y"}, "columns": {"y": {"type": "category", "categories": ["no", "yes"]}}},
    }
    out = root / "artifacts"
    out.mkdir()
    node = Node("model", "train", "stdspec.run.train.bought:execute", {}, "model", config, {}, {})
    bought.execute(node, {}, out, Context(Plan("t", "research", {}, (), (node,)), Settings(root=root), print))
    return out


@pytest.mark.parametrize("width", [1, 2])
def test_a_bought_model_of_logits_scores_a_batch_as_it_was_evaluated(tmp_path, width):
    artifacts = bought_run(tmp_path, width)
    found = scorer.load(artifacts, Settings(root=tmp_path))(ROWS)
    np.testing.assert_array_equal(found, predictor.load(artifacts).scores(ROWS))
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert found.shape == (1500, 2)


@pytest.mark.parametrize("file", ["model.onnx", "model.json"])
def test_a_damaged_bought_model_is_one_sentence(tmp_path, file):
    artifacts = bought_run(tmp_path)
    (artifacts / file).write_bytes(b"{nothing")
    with pytest.raises(InputError, match="cannot be"):
        scorer.load(artifacts, Settings(root=tmp_path))


def test_a_description_without_a_file_that_runs_needs_no_model(tmp_path):
    assert scorer.load(tmp_path, Settings(root=tmp_path)) is None
    (tmp_path / "metrics.json").write_text(json.dumps({}))
    assert scorer.load(tmp_path, Settings(root=tmp_path)) is None

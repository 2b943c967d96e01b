"""A bought model is opened, checked and asked; what it says is what ONNX Runtime says."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")
onnx = pytest.importorskip("onnx", reason="needs the run extra")
onnxruntime = pytest.importorskip("onnxruntime", reason="needs the run extra")

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from stdspec.digest import digest_file
from stdspec.errors import StdspecError
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.run.train import bought, predictor
from stdspec.settings import Settings

pytestmark = pytest.mark.run

WEIGHT = np.array([[1.0, -2.0, 0.5], [0.3, 0.1, -1.0]], np.float32)


def model(*, softmax=True, batch="batch", width=3, dtype=TensorProto.FLOAT, outputs=("scores",)):
    """One linear layer of two inputs, with or without a softmax."""
    weight = numpy_helper.from_array(WEIGHT[:, :width].astype(helper.tensor_dtype_to_np_dtype(dtype)), "w")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["raw" if softmax else "scores"])]
    if softmax:
        nodes.append(helper.make_node("Softmax", ["raw"], ["scores"], axis=1))
    nodes += [helper.make_node("Identity", ["scores"], [name]) for name in outputs if name != "scores"]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", dtype, [batch, 2])],
        [helper.make_tensor_value_info(name, dtype, [batch, width]) for name in outputs],
        [weight],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.fixture
def buy(tmp_path):
    """Write a model and run its node; gives the output folder and the records."""

    def run(made, task="classification", classes=("a", "b", "c"), **options):
        path = tmp_path / "vendor.onnx"
        if made is not None:
            path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
        config = {
            "model": {"kind": "onnx", "path": "vendor.onnx", "digest": None, "signature": "derived", **options},
            "training": {"task": task},
            "data": {"target": {"column": "y"}, "columns": {"y": {"type": "category", "categories": list(classes)}}},
        }
        out = tmp_path / "out"
        out.mkdir()
        node = Node("model", "train", "stdspec.run.train.bought:execute", {}, "model", config, {}, {})
        context = Context(Plan("t", "research", {}, (), (node,)), Settings(root=tmp_path), lambda event: None)
        return out, {record.path: record for record in bought.execute(node, {}, out, context)}

    return run


ROWS = np.random.default_rng(1).normal(size=(7, 2)).astype(np.float32)


def reference(made, rows=ROWS):
    return onnxruntime.InferenceSession(made.SerializeToString()).run(["scores"], {"x": rows})[0]


def test_scores_are_those_of_onnx_runtime(buy, tmp_path):
    out, records = buy(model())
    found = predictor.load(out)
    np.testing.assert_array_equal(found.scores(ROWS), reference(model()))
    assert (found.kind, found.classes, found.input_name, found.input_shape, found.module) == (
        "onnx",
        ("a", "b", "c"),
        "x",
        (2,),
        None,
    )
    assert records["run.model.parameters"].value == 6
    assert records["run.weights"].value == digest_file(tmp_path / "vendor.onnx")
    assert records["run.model.signature"].value == {
        "inputs": {"x": {"dtype": "float32", "shape": ["batch", 2]}},
        "outputs": {"scores": {"dtype": "float32", "shape": ["batch", 3]}},
    }


def test_logits_get_a_softmax(buy):
    out, _ = buy(model(softmax=False))
    assert json.loads((out / "model.json").read_text())["head"] == "softmax"
    np.testing.assert_allclose(predictor.load(out).scores(ROWS), reference(model()), rtol=1e-6)


def test_one_column_of_logits_is_the_second_class(buy):
    out, _ = buy(model(softmax=False, width=1), classes=("no", "yes"))
    expected = 1 / (1 + np.exp(-ROWS @ WEIGHT[:, 0]))
    np.testing.assert_allclose(predictor.load(out).scores(ROWS)[:, 1], expected, rtol=1e-5)


def test_values_of_a_regression(buy):
    out, _ = buy(model(softmax=False, width=1), task="regression", classes=())
    np.testing.assert_allclose(predictor.load(out).scores(ROWS), ROWS @ WEIGHT[:, 0], rtol=1e-5)


def test_a_fixed_batch_is_filled_up(buy):
    made = model(batch=4)
    out, _ = buy(made)
    np.testing.assert_allclose(predictor.load(out).scores(ROWS), reference(model()), rtol=1e-6)


def test_double_precision_is_served(buy):
    out, records = buy(model(dtype=TensorProto.DOUBLE))
    np.testing.assert_allclose(predictor.load(out).scores(ROWS), reference(model()), rtol=1e-6)
    assert records["run.model.signature"].value["inputs"]["x"]["dtype"] == "float64"


def test_rows_of_another_shape_are_refused(buy):
    out, _ = buy(model())
    with pytest.raises(StdspecError, match=r"takes rows of shape \[2\] and was given \[3\]"):
        predictor.load(out).scores(np.zeros((1, 3), np.float32))


FAULTS = {
    "absent": (None, {}, "model.path", "there is no file"),
    "no model": (b"GIF89a", {}, "model.path", "is no ONNX model"),
    "integers": (
        model(dtype=TensorProto.INT64, softmax=False),
        {},
        "model.path",
        "takes x tensor(int64), and one input of floating numbers is needed",
    ),
    "other classes": (
        model(),
        {"classes": ("a", "b")},
        "model.path",
        "gives 3 scores a row, and the target has 2 categories",
    ),
    "two outputs": (
        model(outputs=("one", "two")),
        {},
        "model.path",
        "it is not clear which are the scores; call one 'scores'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence(name, buy):
    made, options, place, words = FAULTS[name]
    with pytest.raises(StdspecError) as caught:
        buy(made, **options)
    assert caught.value.place == place
    assert words in str(caught.value)


def test_shares_that_do_not_sum_to_one_are_neither_probabilities_nor_logits(buy):
    made = model(softmax=False)
    made.graph.node[0].output[0] = "raw"
    made.graph.node.append(helper.make_node("Sigmoid", ["raw"], ["scores"]))
    with pytest.raises(StdspecError, match="do not sum to 1 in a row") as caught:
        buy(made)
    assert caught.value.place == "model.path"


def test_a_file_that_does_not_run_on_its_own_shape_is_one_sentence(buy):
    made = model()
    made.graph.input[0].type.tensor_type.shape.dim[1].dim_param = "width"
    with pytest.raises(StdspecError, match="does not run on rows of shape") as caught:
        buy(made)
    assert caught.value.place == "model.path"
    assert "\n" not in str(caught.value)

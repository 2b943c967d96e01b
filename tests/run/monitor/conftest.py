"""A run folder in small: a reference and an ONNX model, and a way to write batches for it."""

import json

import pytest


@pytest.fixture
def batch(tmp_path):
    """Write rows as a CSV batch and give its path."""

    def write(values, name="batch.csv", edit=lambda lines: lines):
        names = ("red", "green", "blue")
        lines = ["size,weight,colour"]
        lines += [f"{size:.6f},{weight:.6f},{names[int(code)]}" for size, weight, code in values]
        (tmp_path / name).write_text("\n".join(edit(lines)) + "\n")
        return tmp_path / name

    return write


@pytest.fixture
def run_folder(tmp_path):
    """A finished run whose model is an ONNX file."""
    import onnx
    from onnx import TensorProto, helper
    from toy_run import reference

    from stdspec.run import seal

    weight = [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]  # (3, 2): the second class's logit is the first feature
    nodes = [
        helper.make_node("MatMul", ["features", "w"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "model",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor("w", TensorProto.FLOAT, [3, 2], weight)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    folder = tmp_path / "outputs" / "toy" / "0123456789ab"
    (folder / "artifacts").mkdir(parents=True)
    onnx.save(model, folder / "artifacts" / "model.onnx")
    (folder / "report.json").write_text("{}")
    (folder / "artifacts" / "reference.json").write_text(json.dumps(reference().as_json()))
    seal.write(folder)
    (tmp_path / "outputs" / "latest").write_text("toy/0123456789ab\n")
    (tmp_path / "stdspec.toml").write_text("")
    return folder

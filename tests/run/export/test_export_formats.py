"""Exports of the trained model: dynamic batch, the declared opset, equal bytes, and nothing of this machine inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
import onnx
import onnxruntime
from torch import nn

from stdspec.digest import digest_file
from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset
from stdspec.run.export import node as export
from stdspec.run.export.formats import Source
from stdspec.run.train import predictor

pytestmark = pytest.mark.run

ALL: dict[str, Any] = {"deployment": {"exports": {"onnx": {"opset": 18}, "safetensors": {}, "torch_export": {}}}}


def test_every_format_is_written_with_its_digest(bench: Any) -> None:
    records = bench.run(export.execute, "exports", ALL)
    files = {"onnx": "model.onnx", "safetensors": "model.safetensors", "torch_export": "model.pt2"}
    for name, file in files.items():
        value = records[f"run.deployment.exports.{name}"].value
        path = bench.root / "exports" / file
        assert value["digest"] == digest_file(path)
        assert value["bytes"] == path.stat().st_size
    assert records["run.deployment.exports.onnx"].value["opset"] == 18
    assert files["safetensors"] in {item.name for item in (bench.root / "exports").iterdir()}
    assert digest_file(bench.root / "exports" / "model.safetensors") == digest_file(
        bench.inputs["model"] / "model.safetensors"
    )


def test_the_onnx_graph_takes_raw_rows_in_any_batch(bench: Any) -> None:
    bench.run(export.execute, "exports", ALL)
    session = onnxruntime.InferenceSession(bench.root / "exports" / "model.onnx", providers=["CPUExecutionProvider"])
    assert [item.name for item in session.get_inputs()] == ["features"]
    assert [item.name for item in session.get_outputs()] == ["scores"]
    assert session.get_inputs()[0].shape == ["batch", 3]
    raw = Dataset.load(bench.inputs["dataset"]).inputs
    model = predictor.load(bench.inputs["model"])
    for size in (1, 3, 64):
        rows = np.resize(raw, (size, 3))
        [scores] = session.run(None, {"features": rows})
        assert scores.shape == (size, 3)
        assert scores == pytest.approx(model.scores(rows), abs=1e-6)


def test_two_exports_are_the_same_bytes(bench: Any) -> None:
    first = bench.run(export.execute, "one", ALL)
    second = bench.run(export.execute, "two", ALL)
    assert first == second


def test_no_export_names_a_source_file(bench: Any) -> None:
    bench.run(export.execute, "exports", ALL)
    for path in (bench.root / "exports").iterdir():
        data = path.read_bytes()
        assert b".py" not in data, path.name
        assert str(Path.home()).encode() not in data, path.name


@pytest.mark.parametrize("opset", [17, 20])
def test_the_declared_opset_is_the_one_written(bench: Any, opset: int) -> None:
    bench.run(export.execute, "exports", {"deployment": {"exports": {"onnx": {"opset": opset}}}})
    written = onnx.load(bench.root / "exports" / "model.onnx")
    assert [(item.domain, item.version) for item in written.opset_import] == [("", opset)]


def test_an_opset_that_cannot_be_reached_is_refused_with_the_one_that_can(bench: Any) -> None:
    with pytest.raises(RunError) as caught:
        bench.run(export.execute, "exports", {"deployment": {"exports": {"onnx": {"opset": 7}}}})
    assert caught.value.message == "the model cannot be written in opset 7; torch gave 18"
    assert (caught.value.place, caught.value.remedy) == ("deployment.exports.onnx.opset", "set it to 18")


def test_a_null_takes_a_format_away(bench: Any) -> None:
    records = bench.run(export.execute, "exports", {"deployment": {"exports": {"onnx": None, "safetensors": {}}}})
    assert list(records) == ["run.deployment.exports.safetensors", "run.deployment.dtypes.safetensors"]
    assert list(bench.read("exports/exports.json")) == ["safetensors"]


def test_a_format_that_does_not_exist_is_refused(bench: Any) -> None:
    with pytest.raises(RunError, match="there is no export format 'coreml'"):
        bench.run(export.execute, "exports", {"deployment": {"exports": {"coreml": {}}}})


class Branching(nn.Module):
    """Decides by its values, which no graph can hold."""

    def forward(self, x: Any) -> Any:
        return x if x.sum() > 0 else -x


def test_a_module_that_cannot_be_traced_is_refused_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = Source(Branching(), torch.ones(2, 3), tmp_path / "none", "features", "scores")
    with pytest.raises(RunError) as caught:
        export.write_all({"onnx": {"opset": 18}}, source, tmp_path)
    assert caught.value.message.startswith("the model cannot be traced: Could not guard on data-dependent expression")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


class Images(nn.Module):
    """A convolution with a batch norm, in raw pixels from 0 to 16."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(72, 4))

    def forward(self, x: Any) -> Any:
        return torch.softmax(self.net(x / 16), dim=1)


def test_images_and_values_are_exported_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    value = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0))
    for module, rows, name in ((Images(), torch.rand(2, 1, 8, 8), "image"), (value, torch.rand(2, 3), "features")):
        export.write_all({"onnx": {"opset": 18}}, Source(module, rows, tmp_path / "none", name, "scores"), tmp_path)
        session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
        many = torch.rand(5, *rows.shape[1:])
        [scores] = session.run(None, {name: many.numpy()})
        assert scores == pytest.approx(module.eval()(many).detach().numpy(), abs=1e-5)

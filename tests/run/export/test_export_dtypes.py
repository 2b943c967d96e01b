"""The number formats of exported weights are read from the files, and differ from float32 only as a mismatch."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from safetensors.torch import save_file
from torch import nn

from stdspec.plan.model import Plan
from stdspec.run import records
from stdspec.run.export import node as export
from stdspec.run.export import stored
from stdspec.run.export.formats import Source

pytestmark = pytest.mark.run

FORMATS: dict[str, Any] = {"onnx": {"opset": 18}, "safetensors": {}, "torch_export": {}}


def exported(module: nn.Module, folder: Path) -> list[records.Record]:
    weights = folder / "trained.safetensors"
    save_file(module.state_dict(), weights)
    source = Source(module, torch.zeros(2, 4), weights, "features", "scores")
    return export.write_all(FORMATS, source, folder)


class Halved(nn.Module):
    """Float32 in and out, with weights of half the size between."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = copy.deepcopy(inner).half()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x.half()).float()


def mismatches(found: list[records.Record]) -> Any:
    return records.mismatches(found, Plan("p", "research", {}, (), ()), lambda _: False).value


def test_float32_is_what_was_declared(tmp_path: Path) -> None:
    found = {record.path: record for record in exported(nn.Linear(4, 3), tmp_path)}
    assert found["run.deployment.dtypes.onnx"].observed == ["float32"]
    assert found["run.deployment.dtypes.safetensors"].observed == ["float32"]
    assert "run.deployment.dtypes.torch_export" not in found
    assert mismatches(list(found.values())) == []


def test_other_weights_in_the_files_are_a_mismatch(tmp_path: Path) -> None:
    found = exported(Halved(nn.Linear(4, 3)), tmp_path)
    assert mismatches(found) == ["run.deployment.dtypes.onnx", "run.deployment.dtypes.safetensors"]
    assert {record.observed[0] for record in found if record.path.startswith("run.deployment.dtypes")} == {"float16"}


def test_several_formats_are_all_named(tmp_path: Path) -> None:
    save_file(
        {"a": torch.zeros(2), "b": torch.zeros(2, dtype=torch.bfloat16), "n": torch.zeros(2).long()},
        tmp_path / "m.safetensors",
    )
    assert stored.floats(tmp_path / "m.safetensors") == ["bfloat16", "float32"]
    assert stored.floats(tmp_path / "model.pt2") is None

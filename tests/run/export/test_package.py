"""The package: what is handed out, its digests, and the pickles in it."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.digest import digest_file
from stdspec.errors import RunError
from stdspec.run.export import node as export
from stdspec.run.export import package
from stdspec.run.export.pickles import count_in

pytestmark = pytest.mark.run

CONFIG: dict[str, Any] = {
    "name": "triage",
    "version": "0.1.0",
    "deployment": {"exports": {"onnx": {"opset": 18}, "torch_export": {}}},
}


def test_weights_exports_and_description_are_handed_out_with_digests(bench: Any) -> None:
    bench.run(export.execute, "exports", CONFIG)
    bench.inputs["exports"] = bench.root / "exports"
    records = bench.run(package.execute, "package", CONFIG)
    manifest = bench.read("package/manifest.json")
    assert set(manifest["files"]) == {"model.safetensors", "model.onnx", "model.pt2", "model.json"}
    assert (manifest["name"], manifest["version"], manifest["weights"]) == ("triage", "0.1.0", "model.safetensors")
    for name, item in manifest["files"].items():
        path = bench.root / "package" / name
        assert "sha256:" + item["sha256"] == digest_file(path) == records["run.deployment.artifacts"].value[name]
        assert item["bytes"] == path.stat().st_size
    assert records["run.deployment.pickles"].value == 0
    assert records["run.weights"].value == digest_file(bench.inputs["model"] / "model.safetensors")


def test_an_export_that_has_changed_is_not_handed_out(bench: Any) -> None:
    bench.run(export.execute, "exports", CONFIG)
    bench.inputs["exports"] = bench.root / "exports"
    with open(bench.root / "exports" / "model.onnx", "ab") as stream:
        stream.write(b"x")
    with pytest.raises(RunError, match=r"model\.onnx has changed since it was exported"):
        bench.run(package.execute, "package", CONFIG)


def test_a_bought_model_is_handed_out_as_its_file(bench: Any) -> None:
    folder = bench.folder("bought")
    (folder / "model.onnx").write_bytes(b"\x08\x0a graph")
    (folder / "model.json").write_text('{"kind": "onnx"}')
    bench.inputs = {"model": folder}
    records = bench.run(package.execute, "package", CONFIG)
    assert records["run.weights"].value == digest_file(folder / "model.onnx")
    assert bench.read("package/manifest.json")["kind"] == "onnx"
    assert bench.read("package/manifest.json")["weights"] == "model.onnx"


def test_pickles_are_found_by_content_and_inside_archives(tmp_path: Path) -> None:
    made = {f"plain-{protocol}": pickle.dumps({"a": [1, 2]}, protocol) for protocol in range(6)}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
        assert count_in(tmp_path / name) == 1, name
    torch.save({"weights": torch.ones(2)}, tmp_path / "weights.pt")
    assert count_in(tmp_path / "weights.pt") == 1
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(tmp_path / "weights.pt", "inner/weights.pt")
        archive.writestr("readme.txt", "no pickle")
    assert count_in(tmp_path / "outer.zip") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"N.",
        b"{}",
        json.dumps({"a": 1}).encode(),
        b"# Card\n",
        b"\x80\x02\x00\x00\x00\x00\x00\x00{}",
        b"\x08\x0apytorch",
    ],
)
def test_what_only_looks_like_a_pickle_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data if data != b"N." else b"N.\x00\x00\x00\x00\x00\x00{}")
    assert count_in(path) == 0

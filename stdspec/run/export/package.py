"""Gathers what is handed out: the weights, the exports and how to rebuild the model, with a manifest of digests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stdspec.digest import digest_file
from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.export import pickles

MANIFEST = "manifest.json"


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:  # noqa: ARG001
    """Copy the artefacts and write `manifest.json`.

    Raises:
        RunError: when an export is not the file that its list names, or the model folder holds no weights.
    """
    model = inputs["model"]
    about = json.loads((model / "model.json").read_text(encoding="utf-8"))
    weights = weights_of(model)
    chosen = [weights, model / "model.json"]
    if "exports" in inputs:
        chosen += _exports(inputs["exports"])
    for path in chosen:
        shutil.copyfile(path, out / path.name)
    files = {
        path.name: {"sha256": digest_file(path).removeprefix("sha256:"), "bytes": path.stat().st_size}
        for path in sorted(out.iterdir())
    }
    manifest: dict[str, Any] = {
        "name": node.config.get("name"),
        "version": node.config.get("version"),
        "weights": weights.name,
        "kind": about.get("kind"),
        "files": files,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [
        Record("run.deployment.artifacts", {name: f"sha256:{item['sha256']}" for name, item in files.items()}),
        Record("run.deployment.pickles", sum(pickles.count_in(path) for path in sorted(out.iterdir()))),
        Record("run.weights", digest_file(out / weights.name)),
    ]


def weights_of(model: Path) -> Path:
    """The file that holds the weights: `model.safetensors` of a trained model, the ONNX file of a bought one.

    Raises:
        RunError: when the folder has neither.
    """
    for name in ("model.safetensors", "model.onnx"):
        if (model / name).is_file():
            return model / name
    raise RunError("the model folder holds no weights", place="model", remedy="run again")


def _exports(folder: Path) -> list[Path]:
    """The exported files, each checked against the digest that was noted when it was written."""
    listed = json.loads((folder / "exports.json").read_text(encoding="utf-8"))
    for name, item in listed.items():
        if digest_file(folder / item["file"]) != item["digest"]:
            message = f"{item['file']} has changed since it was exported"
            raise RunError(message, place=f"deployment.exports.{name}", remedy="run again")
    return [folder / item["file"] for item in listed.values()]

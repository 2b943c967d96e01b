"""The artefacts of a run: what the package node collected, and always the weights that everything else refers to."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stdspec.digest import digest_file
from stdspec.errors import Bug
from stdspec.plan.model import Plan

FOLDER: Final = "artifacts"

_KEPT: Final = frozenset({"package", "reference"})
"""The kinds of the nodes whose whole output belongs to the artefacts; `stdspec monitor` reads the reference."""

_WEIGHTS: Final = ("model.safetensors", "model.onnx")
"""The file that holds the weights: of a trained model, of a bought one."""


def collect(plan: Plan, outputs: Mapping[str, Path], run_folder: Path) -> str:
    """Copy the artefacts into a run folder and give the digest of the weights.

    Raises:
        Bug: when the final model has no file of weights.
    """
    folder = run_folder / FOLDER
    folder.mkdir()
    for node in plan.nodes:
        if node.kind in _KEPT:
            shutil.copytree(outputs[node.id], folder, dirs_exist_ok=True)
    model = outputs[final_model(plan)]
    name = next((name for name in _WEIGHTS if (model / name).is_file()), None)
    if name is None:
        raise Bug("the final model has no file of weights")
    if not (folder / name).is_file():
        shutil.copyfile(model / name, folder / name)
    return digest_file(folder / name)


def final_model(plan: Plan) -> str:
    """The id of the node that made the model that is exported: the one fit, or the last under cross-validation."""
    return [node.id for node in plan.nodes if node.output == "model"][-1]

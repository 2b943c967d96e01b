"""Every model behind one face: raw inputs in, scores out, whether it was trained here or bought."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from msgspec import Struct
from safetensors.torch import load_file
from torch import Tensor, nn

from stdspec.errors import RunError
from stdspec.run.train import bought_scores, models, own, preprocess
from stdspec.run.train.exported import Exported
from stdspec.settings import Settings
from stdspec.settings import load as load_settings

Array = npt.NDArray[Any]

_BATCH: Final = 1024


class Predictor(Struct, frozen=True):
    """A model that can be asked.

    Attributes:
        kind: mlp, cnn, own or onnx.
        classes: the class names; empty for regression, and for a bought model that does not say.
        input_name: of the graph's input.
        input_shape: of one raw row; None in it where a bought model leaves a size open.
        features: the names of the raw columns, where there are any.
        module: the torch module from raw inputs to scores; None for a bought model.
        run: the scores of one batch.
        described: what the model's folder says of it.
    """

    kind: str
    classes: tuple[str, ...]
    input_name: str
    input_shape: tuple[int | None, ...]
    features: tuple[str, ...]
    module: nn.Module | None
    run: Callable[[Array], Array]
    described: Mapping[str, Any]

    def scores(self, inputs: Array) -> Array:
        """Probabilities (n, classes) or values (n,), float32, of raw inputs (n, …).

        Raises:
            RunError: when the inputs have another shape than the model takes.
        """
        given = np.ascontiguousarray(inputs, dtype=np.float32)
        wanted = self.input_shape
        fits = given.ndim == len(wanted) + 1 and all(
            w in (None, g) for g, w in zip(given.shape[1:], wanted, strict=True)
        )
        if not fits:
            raise RunError(
                f"the model takes rows of shape {list(wanted)} and was given {list(given.shape[1:])}", "model"
            )
        if not len(given):
            return np.empty((0, len(self.classes)) if self.classes else (0,), dtype=np.float32)
        return np.concatenate([self.run(given[start : start + _BATCH]) for start in range(0, len(given), _BATCH)])


def load(folder: Path, settings: Settings | None = None) -> Predictor:
    """The model that a train node or a bought model's node wrote.

    Args:
        folder: the output folder of that node.
        settings: where own code is found and which is allowed; None for those of the working directory.

    Raises:
        RunError: when own code is not allowed, absent or raises.
    """
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    row = described["input"]
    common = {
        "kind": described["kind"],
        "classes": tuple(described["classes"]),
        "input_name": row["name"],
        "input_shape": tuple(row["shape"]),
        "features": tuple(described["features"]),
        "described": described,
    }
    if described["kind"] == "onnx":
        return Predictor(module=None, run=bought_scores.runner(folder, described), **common)
    module = rebuild(described, load_file(folder / "model.safetensors"), settings)
    return Predictor(module=module, run=_torch(module), **common)


def rebuild(described: Mapping[str, Any], state: Mapping[str, Tensor], settings: Settings | None = None) -> Exported:
    """The module in evaluation mode, from its description and its weights.

    Raises:
        RunError: when own code is not allowed, absent or raises.
    """
    config = described["config"]
    if described["kind"] == "own":
        core = own.model(config, settings or load_settings())
    else:
        outputs = 1 if described["head"] in ("sigmoid", "value") else len(described["classes"])
        core = models.build(config, tuple(described["inner"]), outputs)
    first: nn.Module = nn.Identity()
    if described["preprocess"] is not None:
        prefix = "preprocess."
        own_part = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
        first = preprocess.rebuild(described["preprocess"], own_part)
    whole = Exported(first, core, described["head"])
    whole.load_state_dict(dict(state))
    return whole.eval()


def _torch(module: nn.Module) -> Callable[[Array], Array]:
    @torch.no_grad()
    def run(batch: Array) -> Array:
        scores: Array = module(torch.from_numpy(batch)).numpy()
        return scores

    return run

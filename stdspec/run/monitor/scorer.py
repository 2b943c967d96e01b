"""The model of a run folder, for scoring a batch: its ONNX file, else its weights as they were trained.

An export gives scores by itself; a bought file gives what its maker chose, so it gets the head it was evaluated with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

from stdspec.errors import InputError, RunError
from stdspec.paths import shown
from stdspec.run.data.dataset import Array
from stdspec.run.train import bought_scores
from stdspec.settings import Settings

Scorer = Callable[[Array], Array]

ROWS_AT_ONCE: Final = 1024

_DAMAGED: Final = (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NoModel, state.NotImplemented)
"""What onnxruntime raises for a file that is no model it can run."""


def load(artifacts: Path, settings: Settings) -> Scorer | None:
    """What scores inputs of shape (n, …) float32; None where the folder holds no model that can be run.

    Raises:
        InputError: when the ONNX file is damaged.
    """
    described = artifacts / "model.json"
    try:
        about = json.loads(described.read_text(encoding="utf-8")) if described.is_file() else {}
    except ValueError:
        raise InputError(
            "the description of the model cannot be read", shown(described), "it was changed; run the spec again"
        ) from None
    exported = sorted(artifacts.glob("*.onnx"))
    if about.get("kind") == "onnx":
        return _bought(artifacts, about)
    if exported:
        return _onnx(exported[0])
    if about:
        from stdspec.run.train import predictor  # brings torch, which an exported model does without

        return predictor.load(artifacts, settings).scores
    return None


def _bought(artifacts: Path, about: Mapping[str, Any]) -> Scorer:
    try:
        run = bought_scores.runner(artifacts, about)
    except (RunError, OSError):
        raise InputError(
            "the bought model cannot be loaded", shown(artifacts / bought_scores.FILE), "it was changed; run again"
        ) from None
    return lambda inputs: np.concatenate(
        [run(inputs[start : start + ROWS_AT_ONCE]) for start in range(0, len(inputs), ROWS_AT_ONCE)]
    )


def _onnx(path: Path) -> Scorer:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _DAMAGED:
        raise InputError(
            "the exported model cannot be loaded", shown(path), "it was changed; run the spec again"
        ) from None
    name = session.get_inputs()[0].name
    outputs = [item.name for item in session.get_outputs()]
    wanted = "scores" if "scores" in outputs else outputs[0]

    def scores(inputs: Array) -> Array:
        parts = [
            session.run([wanted], {name: inputs[start : start + ROWS_AT_ONCE].astype(np.float32)})[0]
            for start in range(0, len(inputs), ROWS_AT_ONCE)
        ]
        return np.concatenate(parts)

    return scores

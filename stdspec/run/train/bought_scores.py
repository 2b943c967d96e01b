"""What a bought model says to a batch: its own output, and the head that turns that into scores.

Nothing here needs torch, so that a batch can be compared with a bought model in a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from stdspec.errors import RunError
from stdspec.paths import shown
from stdspec.run.device import threads

Array = npt.NDArray[Any]

FILE: Final = "model.onnx"


def _softmax(raw: Array) -> Array:
    shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _pair(positive: Array) -> Array:
    column = positive.reshape(-1, 1)
    return np.concatenate([1 - column, column], axis=1)


HEADS: Final[dict[str, Callable[[Array], Array]]] = {
    "value": lambda raw: raw.reshape(-1),
    "probabilities": lambda raw: raw.reshape(len(raw), -1),
    "softmax": lambda raw: _softmax(raw.reshape(len(raw), -1)),
    "one-probability": _pair,
    "sigmoid": lambda raw: _pair(0.5 * (1 + np.tanh(0.5 * raw))),  # the logistic function, without its overflow
}
"""The head that `model.json` names to what makes scores of the file's own output."""


def runner(folder: Path, described: Mapping[str, Any]) -> Callable[[Array], Array]:
    """The scores of one batch, from the folder that the bought model's node wrote."""
    output, head = raw(folder / FILE, described), HEADS[described["head"]]
    return lambda batch: head(output(batch).astype(np.float32))


def raw(path: Path, described: Mapping[str, Any]) -> Callable[[Array], Array]:
    """What the file itself says to a batch; one of a fixed size gets its rows in portions, the last one filled up."""
    opened = session(path, path)
    name, output = described["input"]["name"], described["output"]
    dtype, size = np.dtype(described["input"]["dtype"]), described["batch"]

    def run(batch: Array) -> Array:
        rows = batch.astype(dtype)
        if size is None:
            return np.asarray(opened.run([output], {name: rows})[0])
        filled = np.concatenate([rows, np.zeros((-len(rows) % size, *rows.shape[1:]), dtype)])
        parts = [opened.run([output], {name: filled[start : start + size]})[0] for start in range(0, len(filled), size)]
        return np.asarray(np.concatenate(parts)[: len(rows)])

    return run


def session(path: Path, source: Path) -> onnxruntime.InferenceSession:
    """A session of a file on the CPU; `source` is the file that people know.

    Raises:
        RunError: when ONNX Runtime cannot open it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises its own classes, one a status
        said = str(error).strip().splitlines()[0]
        raise RunError(f"ONNX Runtime cannot open {shown(source)}: {said}", "model.path") from error

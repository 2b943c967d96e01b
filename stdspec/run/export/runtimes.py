"""How each export is run again for the comparison: ONNX by ONNX Runtime, torch.export in a process of its own.

Only files whose digest was noted when they were written are opened: `torch.export.load` can be made to unpickle.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from stdspec.digest import digest_file
from stdspec.errors import RunError
from stdspec.run.data.dataset import Array
from stdspec.run.export.pickles import count_in

Runtime = Callable[[Path, list[Array]], list[Array]]
"""An exported file and batches of raw inputs to the scores of each batch."""

_SECONDS = 300


def onnx(path: Path, batches: list[Array]) -> list[Array]:
    """Scores by ONNX Runtime on the CPU, one thread.

    Raises:
        RunError: when it does not know the opset or an operator.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return [np.asarray(session.run(None, {name: rows})[0]) for rows in batches]
    except Exception as error:  # ONNX Runtime has an exception class of its own for every status
        message = f"ONNX Runtime does not run the export: {str(error).strip().splitlines()[0][:300]}"
        remedy = f"choose an opset that onnxruntime {onnxruntime.__version__} knows"
        raise RunError(message, place="deployment.exports.onnx.opset", remedy=remedy) from error


def torch_export(path: Path, batches: list[Array]) -> list[Array]:
    """Scores by the loaded program, in a process of its own.

    Raises:
        RunError: when the file holds a pickle, or the process fails.
    """
    if count_in(path):
        raise RunError("the exported program holds a pickle and is not opened", place="deployment.exports.torch_export")
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder, "inputs.npz"), Path(folder, "scores.npz")
        with open(given, "wb") as stream:
            np.savez(stream, allow_pickle=False, **{str(index): rows for index, rows in enumerate(batches)})
        command = [sys.executable, "-m", "stdspec.run.export.replay", str(path), str(given), str(found)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        if done.returncode != 0:
            said = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no message")
            message = f"the exported program does not run: {said[:300]}"
            raise RunError(message, place="deployment.exports.torch_export")
        with np.load(found, allow_pickle=False) as arrays:
            return [arrays[str(index)] for index in range(len(batches))]


RUNTIMES: Final[Mapping[str, Runtime]] = {"onnx": onnx, "torch_export": torch_export}
"""Format to runtime. Safetensors holds the weights that eager torch itself reads: there is nothing to compare."""


def run(name: str, path: Path, digest: str, batches: list[Array]) -> list[Array]:
    """The scores of an exported file.

    Raises:
        RunError: when the file is not the one that was written.
    """
    if digest_file(path) != digest:
        message = f"{path.name} has changed since it was exported"
        raise RunError(message, place=f"deployment.exports.{name}", remedy="run again")
    return RUNTIMES[name](path, batches)

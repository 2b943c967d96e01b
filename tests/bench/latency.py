"""Latency of the exported graph in ONNX Runtime against eager torch, one thread each, batch 1 and 64."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from models import KINDS, subject
from timing import Row, medians

from stdspec.run.export.formats import Source, write_onnx
from stdspec.run.train.exported import INPUT_NAMES, OUTPUT_NAME

ROUNDS, CALLS = 15, 200


def rows() -> list[Row]:
    """Two models, two batch sizes."""
    torch.set_num_threads(1)
    return [row for kind in KINDS for row in _of(kind)]


def _of(kind: str) -> list[Row]:
    given = subject(kind)
    module, name = given.module(), INPUT_NAMES[given.dataset.modality]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        write_onnx(Source(module, torch.from_numpy(given.dataset.inputs[:2]), path, name, OUTPUT_NAME), {}, path)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    found = []
    for batch in (1, 64):
        inputs = np.ascontiguousarray(given.dataset.inputs[:batch])
        runs = {"onnx": _timed(lambda x=inputs: session.run(None, {name: x})), "eager": _timed(_eager(module, inputs))}
        medians_us = medians(runs, ROUNDS)
        what = f"ONNX Runtime, {kind.upper()}, batch {batch}"
        found.append(Row(what, medians_us["onnx"], "eager torch", medians_us["eager"], "µs", "< 1"))
    return found


def _eager(module: torch.nn.Module, inputs: Any) -> Callable[[], Any]:
    tensor = torch.from_numpy(inputs)

    def call() -> Any:
        with torch.inference_mode():
            return module(tensor)

    return call


def _timed(call: Callable[[], Any]) -> Callable[[], float]:
    """Microseconds of one call, the mean of many."""

    def run() -> float:
        start = time.perf_counter()
        for _ in range(CALLS):
            call()
        return (time.perf_counter() - start) / CALLS * 1e6

    return run

"""Time of a training step on the shipped path against a loop written by hand, with the same loader and the same model.

A step here is what a run pays for one: the time of the longer of two fits less that of the shorter, over the steps in
between. So validation, logging and checkpoints are in it, and starting up is not. The loop by hand validates and keeps
the best weights once an epoch, too.
"""

from __future__ import annotations

import copy
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from models import KINDS, Subject, subject
from timing import Row, medians
from torch import nn

from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.run.train import node as train
from stdspec.run.train.loader import TensorLoader
from stdspec.settings import Settings

BATCH, SHORT = 64, 2
LONG = {"mlp": 22, "cnn": 6}
ROUNDS = 5
BUDGET = {"mlp": "≤ 150 µs over it", "cnn": "≤ 1.05"}

TRAINING: dict[str, Any] = {
    "task": "classification",
    "loss": {"kind": "cross-entropy", "class_weights": None, "label_smoothing": 0},
    "optimizer": {"kind": "adamw", "lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01},
    "schedule": {"kind": "constant", "warmup": 0},
    "batch": {"global": BATCH, "micro": None},
    "checkpoint": {"monitor": "validation/loss", "mode": "min"},
    "determinism": "exact",
}
COMPUTE = {"accelerator": "cpu", "devices": 1, "nodes": 1, "strategy": "auto", "precision": "32-true"}


def rows() -> list[Row]:
    """One line a model."""
    torch.set_num_threads(1)
    found = []
    for kind in KINDS:
        given = subject(kind)
        steps = -(-len(given.splits.folds["holdout"].train) // BATCH) * (LONG[kind] - SHORT)
        with tempfile.TemporaryDirectory() as folder:
            inputs = _saved(given, Path(folder))
            runs = {
                "shipped": lambda x=(given, inputs, steps): _step_time(
                    lambda n: _shipped(x[0], n, x[1]), x[0].kind, x[2]
                ),
                "by hand": lambda x=(given, inputs, steps): _step_time(lambda n: _by_hand(x[0], n), x[0].kind, x[2]),
            }
            found_us = medians(runs, ROUNDS)
        what = f"training step, {kind.upper()}, batch {BATCH}"
        found.append(Row(what, found_us["shipped"], "a loop by hand", found_us["by hand"], "µs", BUDGET[kind]))
    return found


def _step_time(fit: Any, kind: str, steps: int) -> float:
    """Microseconds a step, from a long and a short fit."""
    seconds = []
    for epochs in (SHORT, LONG[kind]):
        start = time.perf_counter()
        fit(epochs)
        seconds.append(time.perf_counter() - start)
    return (seconds[1] - seconds[0]) / steps * 1e6


def _saved(given: Subject, root: Path) -> dict[str, Path]:
    inputs = {"dataset": root / "dataset", "splits": root / "splits"}
    for folder in inputs.values():
        folder.mkdir()
    given.dataset.save(inputs["dataset"])
    given.splits.save(inputs["splits"])
    return inputs


def _shipped(given: Subject, epochs: int, inputs: dict[str, Path]) -> None:
    transforms = {"scale": {"kind": "standardize", "columns": "features"}}
    config = {
        "seed": 1,
        "fold": "holdout",
        "data": {"target": {"column": "digit"}, "transforms": transforms, "modality": "image"},
        "model": given.options,
        "training": {**TRAINING, "epochs": epochs},
        "compute": COMPUTE,
    }
    node = Node("train", "train", "stdspec.run.train.node:execute", {}, "model", config, {}, {})
    with tempfile.TemporaryDirectory() as folder:
        context = Context(Plan("bench", "research", {}, (), (node,)), Settings(root=Path(folder)), lambda _: None)
        train.execute(node, inputs, Path(folder), context)


def _by_hand(given: Subject, epochs: int) -> None:
    module, fold, data = given.module(), given.splits.folds["holdout"], given.dataset
    core = module.core.train()
    with torch.no_grad():
        inputs = module.preprocess(torch.from_numpy(data.inputs))
    target = torch.from_numpy(data.target)
    loader = TensorLoader(inputs[fold.train], target[fold.train], BATCH, seed=1)
    held = inputs[fold.validation], target[fold.validation]
    optimizer = torch.optim.AdamW(core.parameters(), lr=1e-3, weight_decay=0.01)
    loss_of, best = nn.CrossEntropyLoss(), float("inf")
    kept: dict[str, Any] = {}
    for epoch in range(epochs):
        loader.sampler.set_epoch(epoch)
        for batch, wanted in loader:
            optimizer.zero_grad()
            loss = loss_of(core(batch), wanted)
            loss.backward()
            optimizer.step()
        core.eval()
        with torch.no_grad():
            value = float(loss_of(core(held[0]), held[1]))
        core.train()
        if value < best:
            best, kept = value, copy.deepcopy(core.state_dict())
    core.load_state_dict(kept)

"""Time of a training step on the shipped path against a loop written by hand, with the same loader and the same model,
and against Lightning with a DataLoader.

A step here is what a run pays for one: the time of the longer of two fits less that of the shorter, over the steps in
between. So validation, logging and checkpoints are in it, and starting up is not. The loop by hand validates and keeps
the best weights once an epoch, too; Lightning validates and keeps nothing. An epoch of one batch shows what an epoch
costs beside its steps.
"""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import lightning
import torch
from models import KINDS, Subject, subject
from timing import Row, medians
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.run.train import node as train
from stdspec.run.train import trainer as trainers
from stdspec.run.train.loader import TensorLoader
from stdspec.settings import Settings

BATCH, SHORT = 64, 2
LONG = {"mlp": 22, "cnn": 6}
ROUNDS = 5
BUDGET = {"mlp": "≤ 150 µs over it", "cnn": "≤ 1.05"}
EPOCHS = {"mlp": 40, "cnn": 10}

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
            fits = {
                "shipped": partial(_shipped, given, inputs=inputs),
                "by hand": partial(_by_hand, given),
                "Lightning": partial(_lightning, given),
            }
            us = medians({name: partial(_step_time, fit, LONG[kind], steps) for name, fit in fits.items()}, ROUNDS)
            ms = medians(
                {
                    name: partial(_step_time, partial(fits[name], batches=1), SHORT + EPOCHS[kind], EPOCHS[kind] * 1e3)
                    for name in ("shipped", "by hand")
                },
                ROUNDS,
            )
        what = f"training step, {kind.upper()}, batch {BATCH}"
        found.append(Row(what, us["shipped"], "a loop by hand", us["by hand"], "µs", BUDGET[kind]))
        found.append(Row(what, us["shipped"], "Lightning with a DataLoader", us["Lightning"], "µs", "< 1"))
        what = f"epoch of one step and a validation, {kind.upper()}"
        found.append(Row(what, ms["shipped"], "a loop by hand", ms["by hand"], "ms", "≤ 100 ms over it"))
    return found


def _step_time(fit: Callable[[int], None], long: int, parts: float) -> float:
    """The time of a fit of `long` epochs less that of a short one, over so many parts, in microseconds of one CPU."""
    seconds = []
    for epochs in (SHORT, long):
        start = time.process_time()
        fit(epochs)
        seconds.append(time.process_time() - start)
    return (seconds[1] - seconds[0]) / parts * 1e6


def _saved(given: Subject, root: Path) -> dict[str, Path]:
    inputs = {"dataset": root / "dataset", "splits": root / "splits"}
    for folder in inputs.values():
        folder.mkdir()
    given.dataset.save(inputs["dataset"])
    given.splits.save(inputs["splits"])
    return inputs


def _shipped(given: Subject, epochs: int, inputs: dict[str, Path], batches: int | None = None) -> None:
    transforms = {"scale": {"kind": "standardize", "columns": "features"}}
    config = {
        "seed": 1,
        "fold": "holdout",
        "data": {"target": {"column": "digit"}, "transforms": transforms, "modality": "image"},
        "model": given.options,
        "training": {**TRAINING, "epochs": epochs, "trainer": {"limit_train_batches": batches} if batches else {}},
        "compute": COMPUTE,
    }
    node = Node("train", "train", "stdspec.run.train.node:execute", {}, "model", config, {}, {})
    with tempfile.TemporaryDirectory() as folder:
        context = Context(Plan("bench", "research", {}, (), (node,)), Settings(root=Path(folder)), lambda _: None)
        train.execute(node, inputs, Path(folder), context)


def _by_hand(given: Subject, epochs: int, batches: int | None = None) -> None:
    module, fold, data = given.module(), given.splits.folds["holdout"], given.dataset
    core = module.core.train()
    with torch.no_grad():
        inputs = module.preprocess(torch.from_numpy(data.inputs))
    target = torch.from_numpy(data.target)
    loader = TensorLoader(inputs[fold.train], target[fold.train], BATCH, seed=1)
    # laid out in memory as the loader lays them out; the images of the toolkit happen to lie channels last
    held = inputs[fold.validation].clone(memory_format=torch.contiguous_format), target[fold.validation]
    optimizer = torch.optim.AdamW(core.parameters(), lr=1e-3, weight_decay=0.01, fused=True)  # as the shipped path has
    loss_of, best = nn.CrossEntropyLoss(), float("inf")
    kept: dict[str, Any] = {}
    for epoch in range(epochs):
        loader.sampler.set_epoch(epoch)
        for batch, wanted in islice(loader, batches):
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


class _Plain(lightning.LightningModule):
    """The same model as people write it for Lightning."""

    def __init__(self, core: nn.Module) -> None:
        super().__init__()
        self.core = core

    def training_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
        loss: torch.Tensor = nn.functional.cross_entropy(self.core(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.log("val_loss", nn.functional.cross_entropy(self.core(batch[0]), batch[1]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=1e-3, weight_decay=0.01)


def _lightning(given: Subject, epochs: int) -> None:
    module, fold, data = given.module(), given.splits.folds["holdout"], given.dataset
    with torch.no_grad():
        inputs = module.preprocess(torch.from_numpy(data.inputs))
    target = torch.from_numpy(data.target)
    parts = [TensorDataset(inputs[rows], target[rows]) for rows in (fold.train, fold.validation)]
    with trainers.quiet(), tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            max_epochs=epochs,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            default_root_dir=folder,
        )
        trainer.fit(_Plain(module.core.train()), DataLoader(parts[0], BATCH, shuffle=True), DataLoader(parts[1], 1024))

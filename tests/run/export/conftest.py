"""A small model in a model folder, as the train node leaves it, and the folders around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stdspec.evidence import Record
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.settings import Settings


class Bench:
    """Runs the nodes after training, each into a folder of its name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.context = Context(Plan("test", "research", {}, (), ()), Settings(root=root), lambda _: None)
        self.inputs: dict[str, Path] = {}

    def folder(self, name: str) -> Path:
        found = self.root / name
        found.mkdir(exist_ok=True)
        return found

    def run(self, execute: Any, name: str, config: dict[str, Any]) -> dict[str, Record]:
        out = self.folder(name)
        node = Node(name, name, "", {}, name, config, {}, {})
        return {record.path: record for record in execute(node, dict(self.inputs), out, self.context)}

    def read(self, file: str) -> Any:
        return json.loads((self.root / file).read_text())


TRAIN: dict[str, Any] = {
    "seed": 7,
    "fold": "final",
    "data": {"target": {"column": "y"}, "transforms": {"scale": {"kind": "standardize", "columns": "features"}}},
    "model": {"kind": "mlp", "hidden": [8], "activation": "relu", "dropout": 0.0, "signature": "derived"},
    "training": {
        "task": "classification",
        "loss": {"kind": "cross-entropy", "class_weights": None, "label_smoothing": 0},
        "optimizer": {"kind": "adamw", "lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01},
        "schedule": {"kind": "constant", "warmup": 0},
        "batch": {"global": 10, "micro": None},
        "epochs": 1,
        "checkpoint": {"monitor": "validation/loss", "mode": "min"},
        "determinism": "exact",
    },
    "compute": {"accelerator": "cpu", "devices": 1, "nodes": 1, "strategy": "auto", "precision": "32-true"},
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `dataset/`, `splits/` and `model/`: a tiny network on two numbers and a category, three classes."""
    import numpy as np
    import torch

    from stdspec.run.data.dataset import Dataset, Feature, Fold, Splits
    from stdspec.run.train import node as train

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    inputs = np.stack([rng.normal(size=50) * 30 + 100, rng.normal(size=50), np.arange(50) % 2], axis=1)
    features = (
        Feature("pressure", "float32", range=(0.0, 300.0)),
        Feature("offset", "float32"),
        Feature("side", "category", categories=("left", "right")),
    )
    dataset = Dataset("tabular", inputs.astype(np.float32), np.arange(50) % 3, ("a", "b", "c"), features)
    bench = Bench(tmp_path_factory.mktemp("trained"))
    bench.inputs = {"dataset": bench.folder("dataset"), "splits": bench.folder("splits")}
    dataset.save(bench.inputs["dataset"])
    rows = np.arange(50)
    Splits({"final": Fold(rows[:40], rows[40:], rows[:0])}).save(bench.inputs["splits"])
    bench.run(train.execute, "model", TRAIN)
    return bench.root


@pytest.fixture
def bench(trained: Path, tmp_path: Path) -> Bench:
    """The nodes after training, with the trained model as their input."""
    bench = Bench(tmp_path)
    bench.inputs = {name: trained / name for name in ("dataset", "splits", "model")}
    return bench

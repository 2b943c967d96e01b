"""Small data sets made by hand, and a way to run a train node on them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from stdspec.evidence import Record
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context, Event
from stdspec.settings import Settings

CONFIG: dict[str, Any] = {
    "seed": 7,
    "fold": "holdout",
    "data": {"target": {"column": "y"}, "transforms": {"scale": {"kind": "standardize", "columns": "features"}}},
    "model": {"kind": "mlp", "hidden": [8], "activation": "relu", "dropout": 0.0, "signature": "derived"},
    "training": {
        "task": "classification",
        "loss": {"kind": "cross-entropy", "class_weights": None, "label_smoothing": 0},
        "optimizer": {"kind": "adamw", "lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01},
        "schedule": {"kind": "constant", "warmup": 0},
        "batch": {"global": 16, "micro": None},
        "epochs": 3,
        "max_steps": None,
        "stop": None,
        "checkpoint": {"monitor": "validation/loss", "mode": "min"},
        "clip": None,
        "ema": None,
        "compile": False,
        "determinism": "exact",
        "loggers": {},
        "trainer": {},
    },
    "compute": {
        "accelerator": "cpu",
        "devices": 1,
        "nodes": 1,
        "strategy": "auto",
        "precision": "32-true",
        "limits": {"memory": None, "time": None},
    },
}


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with dotted keys replaced; a value is taken whole."""
    out = copy.deepcopy(dict(base))
    for path, value in changes.items():
        *parents, last = path.split(".")
        part = out
        for key in parents:
            part = part.setdefault(key, {})
        part[last] = value
    return out


class Ran:
    """What one execution of a node gave."""

    def __init__(self, out: Path, records: list[Record], events: list[Event]) -> None:
        self.out = out
        self.records = {record.path: record for record in records}
        self.events = events

    def value(self, path: str) -> Any:
        return self.records[path].value

    @property
    def history(self) -> dict[str, Any]:
        return json.loads((self.out / "history.json").read_text())

    @property
    def model(self) -> dict[str, Any]:
        return json.loads((self.out / "model.json").read_text())


Train = Callable[..., Ran]


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Three separable classes in four columns: 96 rows to train, 24 to validate, 24 to test."""
    import numpy as np

    from stdspec.run.data.dataset import Dataset, Feature, Fold, Splits

    rng = np.random.default_rng(3)
    target = np.arange(144) % 3
    centers = np.array([[0, 0, 5, 1], [4, 0, -5, 1], [0, 4, 0, 1]], dtype=np.float32)
    inputs = (centers[target] + rng.normal(scale=0.8, size=(144, 4))).astype(np.float32)
    dataset = Dataset(
        "tabular",
        inputs,
        target.astype(np.int64),
        ("a", "b", "c"),
        tuple(Feature(f"x{i}", "float32") for i in range(4)),
    )
    index = rng.permutation(144)
    fold = Fold(*(np.sort(part).astype(np.int64) for part in (index[:96], index[96:120], index[120:])))
    return save(dataset, Splits({"holdout": fold, "final": fold}), tmp_path)


def save(dataset: Any, splits: Any, root: Path) -> dict[str, Path]:
    """Write a data set and its splits; gives the inputs of a train node."""
    found = {"dataset": root / "dataset", "splits": root / "splits"}
    for folder in found.values():
        folder.mkdir()
    dataset.save(found["dataset"])
    splits.save(found["splits"])
    return found


@pytest.fixture
def train(folders: dict[str, Path], tmp_path: Path) -> Train:
    """Run a train node: ``train({"training.epochs": 1}, debug=True)``."""
    import torch

    from stdspec.run.train import node as train_node

    torch.set_num_threads(1)
    count = 0

    def run(
        changes: Mapping[str, Any] | None = None,
        *,
        inputs: Mapping[str, Path] | None = None,
        settings: Settings | None = None,
        debug: bool = False,
        logs: Path | None = None,
        progress: Path | None = None,
        node: str = "train",
        report: Callable[[Event], None] | None = None,
        trained: float = 0.0,
    ) -> Ran:
        nonlocal count
        count += 1
        out = tmp_path / f"out-{count}"
        out.mkdir()
        config = merged(CONFIG, changes or {})
        made = Node(node, "train", "stdspec.run.train.node:execute", {}, "model", config, {}, {})
        events: list[Event] = []
        plan = Plan("test", "research", {"compute": config["compute"]}, (), (made,))

        def tell(event: Event) -> None:
            events.append(event)
            if report is not None:
                report(event)

        given = settings or Settings(root=tmp_path)
        context = Context(plan, given, tell, debug=debug, logs=logs, progress=progress, trained=trained)
        return Ran(out, train_node.execute(made, inputs or folders, out, context), events)

    return run

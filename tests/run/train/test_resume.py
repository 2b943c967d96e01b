"""A training that is stopped at a save point and begun again ends with the bits of one that was not stopped."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from lightning.pytorch import Trainer
from lightning.pytorch.plugins.precision import MixedPrecision

from stdspec.run.train import checkpoint, steps
from stdspec.run.train import trainer as trainers

from .stopped import every, outcome, stopped_anywhere

pytestmark = pytest.mark.run

DROPOUT = {"model": {"kind": "mlp", "hidden": [8], "activation": "relu", "dropout": 0.3, "signature": "derived"}}
SGD = {"training.optimizer": {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}}
SCHEDULES: dict[str, dict[str, Any]] = {
    "constant": {"kind": "constant", "warmup": 0.3},
    "cosine": {"kind": "cosine", "warmup": 0.1, "floor": 0.1},
    "step": {"kind": "step", "every": 1, "factor": 0.5},
    "one-cycle": {"kind": "one-cycle", "warmup": 0.3, "initial_divisor": 25, "final_divisor": 10000},
    "plateau": {"kind": "plateau", "monitor": "validation/loss", "factor": 0.1, "patience": 0},
    "plateau on train/loss": {"kind": "plateau", "monitor": "train/loss", "factor": 0.1, "patience": 0},
}
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": DROPOUT,
    "sgd": SGD,
    "ema": {"training.ema": 0.9},
    "ema and dropout": {**DROPOUT, "training.ema": 0.5},
    "clip": {"training.clip": 0.1},
    "accumulation": {"training.batch": {"global": 20, "micro": 5}},
    "uneven accumulation": {"training.batch": {"global": 40, "micro": 10}},
    "one batch an epoch": {"training.batch": {"global": 96, "micro": None}, "training.epochs": 6},
    "one step an epoch": {"training.batch": {"global": 96, "micro": 24}, "training.epochs": 6},
    "max_steps": {"training.max_steps": 15, "training.epochs": None},
    "max_steps, last weights": {"training.max_steps": 9, "training.epochs": None, "training.checkpoint": None},
    "early stop": {
        "training.stop": {"monitor": "validation/loss", "mode": "max", "patience": 1},
        "training.epochs": 8,
    },
    "early stop within an epoch": {
        "training.stop": {"monitor": "validation/loss", "mode": "max", "patience": 1},
        "training.trainer": {"min_steps": 16},
        "training.epochs": 5,
    },
    "max_steps in uneven accumulation": {
        "training.batch": {"global": 40, "micro": 10},
        "training.max_steps": 8,
        "training.epochs": None,
    },
    "validation across epochs": {
        "training.trainer": {"check_val_every_n_epoch": None, "val_check_interval": 4},
        "training.ema": 0.7,
    },
    "class weights": {
        "training.loss": {"kind": "cross-entropy", "class_weights": "balanced", "label_smoothing": 0.1},
        "training.batch": {"global": 20, "micro": 5},
    },
    "validation within epochs": {"training.trainer": {"val_check_interval": 2}},
    "validation every other epoch": {"training.trainer": {"check_val_every_n_epoch": 2}, "training.epochs": 4},
    "few batches": {"training.trainer": {"limit_train_batches": 4}},
    "bf16-mixed": {"compute.precision": "bf16-mixed"},
    "clip in bf16-mixed": {"compute.precision": "bf16-mixed", "training.clip": 0.1},
    "64-true": {"compute.precision": "64-true"},
    **{f"schedule {name}": {"training.schedule": options} for name, options in SCHEDULES.items()},
}


@pytest.fixture(autouse=True)
def _all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)


EVERYWHERE = ("plain", "uneven accumulation", "validation within epochs")
"""The cases that are stopped at every save point; the others at every fourth, which is another place in each epoch."""


@pytest.mark.parametrize("name", CASES)
def test_every_feature_is_resumed_with_the_same_bits(name, train, tmp_path):
    changes = every(1, {"training.epochs": 3, **CASES[name]})
    take = slice(None, None, 1 if name in EVERYWHERE or os.environ.get("STDSPEC_EVERY_POINT") else 4)
    assert stopped_anywhere(train, tmp_path / "progress", changes, take) > 1


@pytest.mark.parametrize("name", ["ema and dropout", "uneven accumulation", "schedule plateau", "max_steps"])
def test_batch_by_batch_through_lightning_it_is_resumed_as_well(name, train, tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "fits", lambda *_: False)
    changes = every(1, {"training.epochs": 3, **CASES[name]})
    assert stopped_anywhere(train, tmp_path / "progress", changes, slice(1, None, 3)) > 2


@pytest.mark.parametrize("name", CASES)
def test_many_steps_at_once_have_the_bits_of_lightnings_own_steps(name, train, monkeypatch):
    changes = {"training.epochs": 3, **CASES[name]}
    at_once = outcome(train(changes))
    monkeypatch.setattr(steps, "fits", lambda *_: False)
    one_by_one = outcome(train(changes))
    assert one_by_one == at_once


def test_the_scale_of_float16_gradients_is_resumed(train, tmp_path, monkeypatch):
    """Lightning trains in bfloat16 where a CPU is asked for float16, so that the plugin is given to it here."""

    def trainer(**arguments: Any) -> Trainer:
        del arguments["precision"]
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=2)
        arguments["plugins"].append(MixedPrecision("16-mixed", "cpu", scaler))
        return Trainer(**arguments)

    monkeypatch.setattr(trainers, "Trainer", trainer)
    monkeypatch.setattr(trainers, "extra_arguments", lambda _: {})
    changes = every(1, {"compute.precision": "16-mixed", "training.clip": 1.0})
    assert stopped_anywhere(train, tmp_path / "progress", changes, slice(0, None, 3)) > 3
    kept = [torch.load(path, weights_only=True) for path in sorted((tmp_path / "progress").glob("*.ckpt"))]
    assert len({point["MixedPrecision"]["scale"] for point in kept}) > 3


def test_a_compiled_model_is_resumed(train, tmp_path, monkeypatch):
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))  # C++ takes half a minute
    changes = every(1, {"training.compile": True, **DROPOUT})
    assert stopped_anywhere(train, tmp_path / "progress", changes, slice(4, None, 20)) == 1

"""One fit through the node: what it writes, what it observes, and that equal specs give equal bits."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Splits
from stdspec.run.train import predictor

pytestmark = pytest.mark.run


def test_a_small_network_learns_and_says_what_ran(train, folders):
    ran = train({"training.epochs": 12, "training.optimizer.lr": 0.02})
    data, fold = Dataset.load(folders["dataset"]), Splits.load(folders["splits"]).folds["holdout"]
    scores = predictor.load(ran.out).scores(data.inputs[fold.test])
    assert (scores.argmax(1) == data.target[fold.test]).mean() > 0.9
    assert np.allclose(scores.sum(1), 1, atol=1e-6)
    observed = {path: (ran.records[path].declared, ran.records[path].observed) for path in ran.records}
    assert observed["run.compute.precision"] == ("32-true", "32-true")
    assert observed["run.compute.accelerator"] == ("cpu", "cpu")
    assert observed["run.training.batch"] == (16, 16)
    assert observed["run.training.epochs"] == (12, 12)
    assert observed["run.training.deterministic"] == ("exact", "exact")
    assert ran.value("run.training.steps") == 12 * 6
    assert ran.value("run.model.parameters") == 4 * 8 + 8 + 8 * 3 + 3
    assert ran.value("run.model.signature")["inputs"] == {"features": {"dtype": "float32", "shape": ["batch", 4]}}
    assert ran.value("run.training.loss_finite") is True
    assert [entry["epoch"] for entry in ran.history["epochs"]] == list(range(1, 13))


def test_progress_tells_epoch_metrics_and_time_left(train):
    ran = train({"training.epochs": 2})
    first, last = [event.data for event in ran.events if event.kind == "epoch"]
    assert (first["epoch"], first["epochs"], last["epoch"]) == (1, 2, 2)
    assert first["seconds_left"] > 0
    assert last["seconds_left"] == 0
    assert {"train/loss", "validation/loss", "validation/accuracy", "lr"} <= set(first["metrics"])


def test_the_rule_keeps_the_best_epoch(train):
    ran = train({"training.epochs": 6, "training.optimizer.lr": 0.3, "training.optimizer.kind": "adam"})
    losses = [entry["metrics"]["validation/loss"] for entry in ran.history["epochs"]]
    chosen = ran.value("run.training.checkpoint")
    assert chosen == {
        "monitor": "validation/loss",
        "mode": "min",
        "epoch": 1 + int(np.argmin(losses)),
        "value": min(losses),
    }
    best_alone = train(
        {"training.epochs": chosen["epoch"], "training.optimizer.lr": 0.3, "training.optimizer.kind": "adam"}
    )
    assert (best_alone.out / "model.safetensors").read_bytes() == (ran.out / "model.safetensors").read_bytes()


def test_mode_max_keeps_the_highest(train):
    ran = train({"training.epochs": 4, "training.checkpoint": {"monitor": "validation/accuracy", "mode": "max"}})
    values = [entry["metrics"]["validation/accuracy"] for entry in ran.history["epochs"]]
    assert ran.value("run.training.checkpoint")["epoch"] == 1 + int(np.argmax(values))


def test_without_a_rule_the_last_epoch_is_kept(train):
    ran = train({"training.checkpoint": None})
    assert ran.value("run.training.checkpoint") == {"monitor": None, "mode": "last", "epoch": 3, "value": None}


def test_stops_early_and_says_so(train):
    stop = {"monitor": "validation/loss", "mode": "max", "patience": 2}
    ran = train({"training.epochs": 9, "training.stop": stop})
    assert ran.value("run.training.stopped_early") is True
    assert ran.value("run.training.epochs") == 3  # the loss only falls, so the first epoch stays the best
    assert ran.records["run.training.epochs"].declared is None


def test_max_steps_takes_the_place_of_epochs(train):
    ran = train({"training.max_steps": 8, "training.epochs": 1})
    assert ran.records["run.training.steps"].declared == ran.records["run.training.steps"].observed == 8
    assert ran.value("run.training.epochs") == 2
    assert "validation/loss" in ran.history["epochs"][-1]["metrics"]  # Lightning itself leaves the broken epoch out


def test_fewer_steps_than_an_epoch_still_choose_weights(train):
    ran = train({"training.max_steps": 2})
    assert ran.value("run.training.checkpoint")["epoch"] == 1
    assert ran.value("run.training.checkpoint")["value"] > 0


def test_accumulated_small_batches_equal_large_ones(train):
    """96 rows in steps of 40: the last step of an epoch has 16 rows, its last batch of 24 is not full."""
    whole = train({"training.batch": {"global": 40, "micro": 40}})
    parts = train({"training.batch": {"global": 40, "micro": 10}})
    assert parts.value("run.training.batch") == 40
    assert parts.value("run.training.steps") == whole.value("run.training.steps") == 9
    one, two = (predictor.load(ran.out).module.state_dict() for ran in (whole, parts))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, atol=1e-5, rtol=1e-4)
    assert parts.value("run.training.final_loss") == pytest.approx(whole.value("run.training.final_loss"), rel=1e-4)


def test_a_moving_average_is_what_is_kept(train):
    plain = train({"training.checkpoint": None})
    averaged = train({"training.checkpoint": None, "training.ema": 0.9})
    one, two = (predictor.load(ran.out).module.state_dict() for ran in (plain, averaged))
    moved = [name for name in one if not torch.equal(one[name], two[name])]
    assert any(name.startswith("core.") for name in moved)
    assert not any(name.startswith("preprocess.") for name in moved)
    scores = predictor.load(averaged.out)
    assert scores.module is not None


def test_the_observed_precision_is_measured(train):
    ran = train({"compute.precision": "bf16-mixed", "training.epochs": 1})
    assert ran.records["run.compute.precision"].observed == "bf16-mixed"
    ran = train({"compute.precision": "16-mixed", "training.epochs": 1})
    assert (ran.records["run.compute.precision"].declared, ran.records["run.compute.precision"].observed) == (
        "16-mixed",
        "bf16-mixed",  # what Lightning does on a CPU, and a mismatch that the report shows
    )


def test_a_fold_within_a_cross_validation_leaves_no_records(train, folders):
    split = Splits.load(folders["splits"])
    Splits({**split.folds, "1": split.folds["holdout"]}).save(folders["splits"])
    inner, final = train({"fold": "1"}), train({"fold": "final"})
    assert inner.records == {}
    assert final.value("run.training.seed") == 7
    one, two = (ran.out.joinpath("model.safetensors").read_bytes() for ran in (inner, final))
    assert one != two  # every fold starts from its own weights


def test_regression_gives_values(train, folders):
    data = Dataset.load(folders["dataset"])
    values = (data.inputs @ np.array([0.5, -1.0, 0.2, 0.0])).astype(np.float32)
    Dataset("tabular", data.inputs, values, (), data.features).save(folders["dataset"])
    ran = train(
        {
            "training.task": "regression",
            "training.loss": {"kind": "mse"},
            "training.epochs": 30,
            "training.optimizer.lr": 0.03,
        }
    )
    scores = predictor.load(ran.out).scores(data.inputs)
    assert scores.shape == (144,)
    assert np.corrcoef(scores, values)[0, 1] > 0.95
    assert ran.history["epochs"][-1]["metrics"]["validation/r2"] > 0.8
    assert ran.model["signature"]["outputs"] == {"scores": {"dtype": "float32", "shape": ["batch"]}}


def test_binary_cross_entropy_gives_two_probabilities(train, folders):
    data = Dataset.load(folders["dataset"])
    two = (data.target == 1).astype(np.int64)
    Dataset("tabular", data.inputs, two, ("no", "yes"), data.features).save(folders["dataset"])
    ran = train({"training.loss": {"kind": "binary-cross-entropy", "class_weights": "balanced"}, "training.epochs": 8})
    scores = predictor.load(ran.out).scores(data.inputs)
    assert scores.shape == (144, 2)
    assert (scores.argmax(1) == two).mean() > 0.9


def test_compile_compiles_what_trains_and_changes_no_name(train, monkeypatch):
    called = []

    def compile_(function):
        def compiled(*inputs):
            called.append(function)
            return function(*inputs)

        return compiled

    monkeypatch.setattr(torch, "compile", compile_)
    plain, compiled = train({}), train({"training.compile": True})
    assert len(called) == 3 * (6 + 1)  # six batches to train and one to validate in each of three epochs
    assert (plain.out / "model.safetensors").read_bytes() == (compiled.out / "model.safetensors").read_bytes()


def test_a_compiler_that_fails_is_one_sentence(train, monkeypatch):
    broken = type("InductorError", (RuntimeError,), {"__module__": "torch._inductor.exc"})

    def compile_(function):
        def compiled(*inputs):
            raise broken("no C++ compiler\nand a long log")

        return compiled

    monkeypatch.setattr(torch, "compile", compile_)
    with pytest.raises(RunError) as caught:
        train({"training.compile": True})
    assert str(caught.value) == (
        "training.compile: torch cannot compile the model: no C++ compiler; write compile: false"
    )


def test_debug_runs_two_batches(train):
    ran = train({"training.epochs": 50}, debug=True)
    assert ran.value("run.training.steps") == 2
    assert len(ran.history["epochs"]) == 1


def test_nothing_is_printed(train, capfd):
    train({"training.epochs": 1})
    assert capfd.readouterr() == ("", "")


SCRIPT = """
import sys, json
from pathlib import Path
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.run.train import node as train_node
from stdspec.settings import Settings
config, dataset, splits, out = json.loads(sys.argv[1]), *map(Path, sys.argv[2:])
out.mkdir()
node = Node("train", "train", "x", {}, "model", config, {}, {})
context = Context(Plan("t", "research", {}, (), (node,)), Settings(root=out), lambda event: None)
train_node.execute(node, {"dataset": dataset, "splits": splits}, out, context)
"""


def test_two_fresh_processes_give_the_same_bytes(folders, tmp_path):
    from .conftest import CONFIG, merged

    changes = {
        "model.dropout": 0.2,
        "training.ema": 0.95,
        "training.schedule": {"kind": "cosine", "warmup": 0.2, "floor": 0},
    }
    config = json.dumps(merged(CONFIG, changes))
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        command = [sys.executable, "-c", SCRIPT, config, str(folders["dataset"]), str(folders["splits"]), str(out)]
        subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, timeout=120)
    for name in ("model.safetensors", "model.json", "history.json"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()


def test_the_state_outside_is_left_as_it_was(train):
    torch.manual_seed(5)
    np.random.seed(5)
    expected = torch.rand(1), np.random.rand()
    torch.manual_seed(5)
    np.random.seed(5)
    train({"training.epochs": 1})
    assert (torch.rand(1), np.random.rand()) == expected
    assert not torch.are_deterministic_algorithms_enabled()


FAULTS = {
    "devices": ({"compute.devices": 4096}, "compute.devices", "compute.devices is 4096, and this machine has no GPU"),
    "nodes": ({"compute.nodes": 2}, "compute.nodes", "this release trains on one machine"),
    "strategy": ({"compute.strategy": "ddp"}, "compute.strategy", "the strategy ddp shares work among devices"),
    "cuda": ({"compute.accelerator": "cuda"}, "compute.accelerator", "there is no CUDA device to use here"),
    "clipping by value": (
        {"training.trainer": {"gradient_clip_algorithm": "value"}, "training.clip": 1.0},
        "training.trainer.gradient_clip_algorithm",
        "use training.clip, which bounds the norm",
    ),
    "less than a batch": (
        {"training.trainer": {"limit_val_batches": 0.5}},
        "training.trainer",
        "Lightning cannot train with these arguments: You requested to check 0.5",
    ),
    "batch": (
        {"training.batch": {"global": 20, "micro": 16}},
        "training.batch",
        "which 1 device x micro 16 does not divide; write global: 16",
    ),
    "large batch": (
        {"training.batch.global": 200},
        "training.batch.global",
        "is 200, and the training split has 96 rows",
    ),
    "monitor": (
        {"training.checkpoint": {"monitor": "validation/acuracy", "mode": "max"}},
        "training.checkpoint.monitor",
        "classification does not produce 'validation/acuracy'; did you mean 'validation/accuracy'",
    ),
    "stop": (
        {"training.stop": {"monitor": "validation/mae", "mode": "min", "patience": 1}},
        "training.stop.monitor",
        "does not produce",
    ),
    "task": (
        {"training.task": "regression"},
        "training.task",
        "the target 'y' is a category of 3 classes; choose classification",
    ),
    "multilabel": ({"training.task": "multilabel"}, "training.task", "cannot be trained by this release"),
    "loss": (
        {"training.loss": {"kind": "mse"}},
        "training.loss.kind",
        "the loss mse does not fit classification; choose cross-entropy",
    ),
    "two classes": (
        {"training.loss": {"kind": "binary-cross-entropy"}},
        "training.loss.kind",
        "takes two classes and the data has 3",
    ),
    "weights": (
        {"training.loss.class_weights": {"d": 2}},
        "training.loss.class_weights",
        "there is no class 'd'",
    ),
    "nan": (
        {"training.optimizer": {"kind": "sgd", "lr": 1e30}, "training.epochs": 5},
        "training",
        "the loss is not finite at epoch 1, step 2; lower training.optimizer.lr",
    ),
    "images": ({"model": {"kind": "cnn", "channels": [4]}}, "model.kind", "takes images"),
    "privacy": (
        {"training.differential_privacy": {"epsilon": 1, "delta": 0.1}},
        "training.differential_privacy",
        "not supported yet",
    ),
    "time": (
        {"compute.limits": {"time": "0ms"}},
        "compute.limits.time",
        "the training has used up the 0 s that compute.limits.time allows",
    ),
    "memory": ({"compute.limits": {"memory": "1MiB"}}, "compute.limits.memory", "compute.limits.memory allows 1 MiB"),
    "trainer": (
        {"training.trainer": {"log_every_n_step": 1}},
        "training.trainer.log_every_n_step",
        "did you mean 'log_every_n_steps'",
    ),
    "named": (
        {"training.trainer": {"max_epochs": 1}},
        "training.trainer.max_epochs",
        "has its own place in the language; use training.epochs",
    ),
    "refused": (
        {"training.trainer": {"limit_train_batches": -3}},
        "training.trainer",
        "Lightning's Trainer refuses these arguments",
    ),
    "column": (
        {"data.transforms": {"scale": {"kind": "standardize", "columns": ["y0"]}}},
        "data.transforms.scale.columns",
        "no feature is called 'y0'; did you mean 'x0'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence_with_its_place(name, train):
    changes, place, words = FAULTS[name]
    with pytest.raises(RunError) as caught:
        train(changes)
    assert caught.value.place == place
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_fault_leaves_nothing_behind(train, tmp_path):
    with pytest.raises(RunError):
        train({"training.optimizer": {"kind": "sgd", "lr": 1e30}})
    assert list((tmp_path / "out-1").iterdir()) == []
    assert not torch.are_deterministic_algorithms_enabled()


def test_the_trainer_takes_what_the_language_does_not_name(train):
    ran = train(
        {
            "training.trainer": {"check_val_every_n_epoch": 2, "detect_anomaly": True},
            "training.clip": 1.0,
            "training.epochs": 4,
        }
    )
    validated = ["validation/loss" in entry["metrics"] for entry in ran.history["epochs"]]
    assert validated == [False, True, False, True]


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({"limit_train_batches": 2}, {"train": 2, "validation": 1}),
        ({"limit_val_batches": 0}, {"train": 6, "validation": 0}),
        ({"overfit_batches": 3}, {"train": 3, "validation": 1}),
        ({}, {"train": 6, "validation": 1}),
    ],
)
def test_batches_that_the_trainer_leaves_out_are_observed(train, given, seen):
    ran = train({"training.trainer": given, "training.checkpoint": None})
    record = ran.records["run.training.batches"]
    assert record.declared == {"train": 6, "validation": 1}
    assert record.observed == seen


def test_a_rule_that_min_epochs_outlasts_has_stopped_nothing(train):
    stop = {"monitor": "validation/accuracy", "mode": "max", "patience": 1}
    changes = {"training.stop": stop, "training.optimizer.lr": 1e-12, "training.epochs": 4}
    assert train(changes).value("run.training.stopped_early") is True
    ran = train({**changes, "training.trainer": {"min_epochs": 4}})
    assert ran.value("run.training.stopped_early") is False
    assert (ran.records["run.training.epochs"].declared, ran.value("run.training.epochs")) == (4, 4)


@pytest.mark.parametrize("weights", [None, {"a": 1.0, "b": 5.0, "c": 0.2}])
def test_a_smaller_micro_batch_takes_the_same_steps_also_with_class_weights(train, weights):
    from safetensors.torch import load_file

    changes = {
        "training.loss": {"kind": "cross-entropy", "class_weights": weights, "label_smoothing": 0},
        "training.optimizer": {"kind": "sgd", "lr": 0.1},
        "training.checkpoint": None,
    }
    whole, parts = (train({**changes, "training.batch": {"global": 40, "micro": micro}}) for micro in (None, 8))
    one, other = (load_file(ran.out / "model.safetensors") for ran in (whole, parts))
    for name, value in one.items():
        torch.testing.assert_close(other[name], value, rtol=1e-4, atol=1e-5)

"""The training methods that a spec can name, each against numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Fold, Splits
from stdspec.run.train import layout, models, optim, predictor

from .conftest import save

pytestmark = pytest.mark.run


def stepped(options: dict[str, Any], gradients: list[float], start: float = 1.0) -> float:
    """One weight after a step for each of the gradients."""
    weight = torch.nn.Parameter(torch.tensor([[start]], dtype=torch.float64))
    optimizer = optim.optimizer(options, [weight], fused=False)
    for gradient in gradients:
        weight.grad = torch.tensor([[gradient]], dtype=torch.float64)
        optimizer.step()
    return weight.item()


class TestOptimizers:
    def test_sgd_adds_the_decay_to_the_gradient_and_gathers_momentum(self):
        first = 0.5 + 0.1 * 1.0
        one = 1.0 - 0.2 * first
        second = 0.9 * first + (-0.25 + 0.1 * one)
        options = {"kind": "sgd", "lr": 0.2, "momentum": 0.9, "weight_decay": 0.1}
        assert stepped(options, [0.5, -0.25]) == pytest.approx(one - 0.2 * second)

    def test_nesterov_looks_ahead(self):
        options = {"kind": "sgd", "lr": 0.2, "momentum": 0.9, "nesterov": True}
        assert stepped(options, [0.5]) == pytest.approx(1.0 - 0.2 * (0.5 + 0.9 * 0.5))

    def adam(self, gradients: list[float], l2: float, decoupled: float) -> float:
        """Kingma and Ba (2015), with the decay as Loshchilov and Hutter (2019) have it, or as an L2 term."""
        weight, m, v = 1.0, 0.0, 0.0
        for step, plain in enumerate(gradients, 1):
            gradient = plain + l2 * weight
            weight -= 0.01 * decoupled * weight
            m, v = 0.8 * m + 0.2 * gradient, 0.9 * v + 0.1 * gradient**2
            weight -= 0.01 * (m / (1 - 0.8**step)) / (math.sqrt(v / (1 - 0.9**step)) + 1e-6)
        return weight

    @pytest.mark.parametrize(("kind", "l2", "decoupled"), [("adam", 0.3, 0.0), ("adamw", 0.0, 0.3)])
    def test_adam_and_adamw_differ_in_where_the_decay_acts(self, kind, l2, decoupled):
        gradients = [0.5, -2.0, 0.25]
        options = {"kind": kind, "lr": 0.01, "betas": [0.8, 0.9], "eps": 1e-6, "weight_decay": 0.3}
        assert stepped(options, gradients) == pytest.approx(self.adam(gradients, l2, decoupled), rel=1e-9)

    @pytest.mark.parametrize("kind", ["adamw", "adam", "sgd"])
    def test_the_decay_can_act_on_weights_alone(self, kind):
        core = models.build({"kind": "cnn", "channels": [4], "norm": "batch", "hidden": [3]}, (1, 4, 4), 2)
        options = {"kind": kind, "lr": 0.1, "weight_decay": 0.5}
        (every,) = optim.optimizer(options, core.parameters(), fused=False).param_groups
        assert len(every["params"]) == len(list(core.parameters()))
        chosen = optim.optimizer({**options, "weight_decay_on": "weights"}, core.parameters(), fused=False)
        decayed = {id(item): group["weight_decay"] for group in chosen.param_groups for item in group["params"]}
        found = {name: decayed[id(item)] for name, item in core.named_parameters()}
        assert {name for name, decay in found.items() if decay == 0.5} == {"0.weight", "4.weight", "6.weight"}
        assert {name for name, decay in found.items() if decay == 0} == {
            *("1.weight", "1.bias", "4.bias", "6.bias"),
        }

    def test_the_decay_of_weights_alone_reaches_the_training(self, train):
        """With no gradient to speak of only the decay moves: (1 - lr x decay) a step, and biases stay as they were."""
        changes = {
            "training.optimizer": {"kind": "adamw", "lr": 0.1, "weight_decay": 0.5, "eps": 1e9},
            "training.checkpoint": None,
            "training.max_steps": 4,
        }
        on = {**changes["training.optimizer"], "weight_decay_on": "weights"}
        still = {**changes["training.optimizer"], "weight_decay": 0.0}
        start = predictor.load(train({**changes, "training.optimizer": still}).out).module.state_dict()
        moved = predictor.load(train({**changes, "training.optimizer": on}).out).module.state_dict()
        for name in ("core.0.weight", "core.2.weight"):
            torch.testing.assert_close(moved[name], start[name] * 0.95**4)
        for name in ("core.0.bias", "core.2.bias"):
            torch.testing.assert_close(moved[name], start[name], atol=1e-7, rtol=0)


def first_step(train: Any, folders: Any, changes: dict[str, Any]) -> tuple[Any, Any]:
    """The weights of a linear model before and after one step of SGD over all rows, at a rate of 1."""
    linear = {
        "model": {"kind": "mlp", "hidden": [], "activation": "relu", "dropout": 0.0},
        "training.batch": {"global": 96, "micro": None},
        "training.max_steps": 1,
        "training.checkpoint": None,
    }
    found = []
    for rate in (1e-30, 1.0):
        ran = train({**linear, "training.optimizer": {"kind": "sgd", "lr": rate}, **changes})
        state = predictor.load(ran.out).module.state_dict()
        found.append(torch.cat([state["core.0.weight"].flatten(), state["core.0.bias"]]))
    return found[0], found[1]


def test_clipping_shortens_the_gradient_to_the_norm_and_keeps_its_direction(train, folders):
    start, free = first_step(train, folders, {})
    whole = free - start
    assert whole.norm() > 0.2
    _, clipped = first_step(train, folders, {"training.clip": 0.1})
    torch.testing.assert_close(clipped - start, whole * (0.1 / whole.norm()), atol=1e-6, rtol=1e-4)
    _, loose = first_step(train, folders, {"training.clip": 100.0})
    torch.testing.assert_close(loose, free)


def test_the_moving_average_is_that_of_the_weights_after_each_step(train):
    """Begins with the weights after the first step, then ``decay x average + (1 - decay) x weights``."""
    changes = {"training.batch": {"global": 96, "micro": None}, "training.checkpoint": None}
    after = [
        predictor.load(train({**changes, "training.epochs": count}).out).module.state_dict() for count in (1, 2, 3)
    ]
    averaged = predictor.load(train({**changes, "training.epochs": 3, "training.ema": 0.75}).out).module.state_dict()
    for name in (item for item in averaged if item.startswith("core.")):
        expected = after[0][name]
        for later in after[1:]:
            expected = 0.75 * expected + 0.25 * later[name]
        torch.testing.assert_close(averaged[name], expected)


def test_accumulated_batches_make_the_step_of_one(train, folders):
    _, whole = first_step(train, folders, {})
    _, parts = first_step(train, folders, {"training.batch": {"global": 96, "micro": 8}})
    torch.testing.assert_close(parts, whole, atol=1e-6, rtol=1e-5)


def test_one_cycle_and_cosine_at_their_turning_points():
    horizon = optim.Horizon(100, 10)
    cycle = {"kind": "one-cycle", "warmup": 0.2, "initial_divisor": 10, "final_divisor": 100}
    rates = [optim.factor(cycle, horizon, step) for step in (0, 10, 20, 99)]
    assert rates == pytest.approx([0.1, (0.1 + 1) / 2, 1.0, 0.001])
    cosine = {"kind": "cosine", "warmup": 0.1, "floor": 0.2}
    rates = [optim.factor(cosine, horizon, step) for step in (0, 4, 10, 55, 100)]
    assert rates == pytest.approx([0.1, 0.5, 1.0, 0.6, 0.2])


CNN = {"kind": "cnn", "channels": [4, 8], "norm": "batch", "hidden": [8], "pool": 2}


class TestChannelsLast:
    @pytest.fixture
    def images(self, tmp_path):
        rng = np.random.default_rng(1)
        target = np.arange(64) % 2
        pixels = rng.normal(size=(64, 3, 8, 8)).astype(np.float32) + target[:, None, None, None]
        index = np.arange(64)
        fold = Fold(index[:40], index[40:52], index[52:])
        (tmp_path / "images").mkdir()
        data = Dataset("image", pixels, target.astype(np.int64), ("a", "b"), value_range=(-5.0, 5.0))
        return save(data, Splits({"holdout": fold}), tmp_path / "images")

    def test_weights_and_activations_lie_pixel_by_pixel(self):
        core = models.build(CNN, (3, 8, 8), 2)
        assert layout.observed(core) == "contiguous"
        layout.arrange(core, (3, 8, 8), "channels-last")
        assert layout.observed(core) == "channels-last"
        assert core[0](torch.zeros(2, 3, 8, 8)).is_contiguous(memory_format=torch.channels_last)
        layout.plain(core)
        assert layout.observed(core) == "contiguous"

    def test_it_learns_the_same_and_is_observed(self, train, images):
        changes = {
            "model": CNN,
            "data.transforms": {},
            "training.batch": {"global": 20, "micro": None},
            "training.epochs": 2,
        }
        plain = train(changes, inputs=images)
        other = train({**changes, "compute.memory_format": "channels-last"}, inputs=images)
        assert plain.value("run.compute.memory_format") == "contiguous"
        record = other.records["run.compute.memory_format"]
        assert (record.declared, record.observed) == ("channels-last", "channels-last")
        one, two = (predictor.load(ran.out).module.state_dict() for ran in (plain, other))
        for name, value in one.items():
            torch.testing.assert_close(two[name], value, atol=1e-4, rtol=1e-3)

    def test_a_model_without_images_is_refused(self, train):
        with pytest.raises(RunError) as caught:
            train({"compute.memory_format": "channels-last"})
        assert caught.value.place == "compute.memory_format"
        assert "has no convolution over images; write contiguous" in str(caught.value)

"""The parts of a fit by themselves, against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Feature
from stdspec.run.train import loss, models, optim, preprocess, units
from stdspec.run.train.loader import TensorLoader, step_weights
from stdspec.run.train.names import canonical

pytestmark = pytest.mark.run


def table(*columns: tuple[list[float], Feature]) -> Dataset:
    inputs = np.array([values for values, _ in columns], dtype=np.float32).T
    return Dataset("tabular", inputs, np.zeros(len(inputs), np.int64), ("a",), tuple(feature for _, feature in columns))


FIRST_THREE = np.array([0, 1, 2])


def apply(fitted, data) -> list[list[float]]:
    return fitted(torch.from_numpy(data.inputs)).tolist()


class TestPreprocess:
    def test_standardize_is_fitted_on_the_training_rows_only(self):
        data = table(([1.0, 2.0, 3.0, 1000.0], Feature("x", "float32")))
        fitted = preprocess.fit(data, FIRST_THREE, {"scale": {"kind": "standardize", "columns": "features"}})
        deviation = math.sqrt(2 / 3)
        expected = [[-1 / deviation], [0.0], [1 / deviation], [998 / deviation]]
        np.testing.assert_allclose(apply(fitted, data), expected, rtol=1e-6)

    def test_a_constant_column_is_only_shifted(self):
        data = table(([5.0, 5.0, 5.0, 6.0], Feature("x", "float32")))
        fitted = preprocess.fit(data, FIRST_THREE, {"scale": {"kind": "standardize"}})
        assert apply(fitted, data) == [[0.0], [0.0], [0.0], [1.0]]

    def test_minmax_takes_the_declared_range_and_else_the_rows(self):
        data = table(
            ([2.0, 4.0, 6.0, 10.0], Feature("declared", "float32", range=(0.0, 20.0))),
            ([2.0, 4.0, 6.0, 10.0], Feature("half", "float32", range=(0.0, None))),
            ([2.0, 4.0, 6.0, 10.0], Feature("open", "float32")),
        )
        fitted = preprocess.fit(data, FIRST_THREE, {"scale": {"kind": "minmax"}})
        np.testing.assert_allclose(apply(fitted, data)[3], [0.5, 10 / 6, 2.0], rtol=1e-6)

    def test_transforms_act_in_order(self):
        data = table(([1.0, float("nan"), 3.0, float("nan")], Feature("x", "float32")))
        transforms = {
            "fill": {"kind": "impute", "with": "mean"},
            "scale": {"kind": "minmax"},
        }
        fitted = preprocess.fit(data, FIRST_THREE, transforms)
        assert apply(fitted, data) == [[0.0], [0.5], [1.0], [0.5]]

    def test_a_category_that_no_training_row_holds_gets_no_column(self):
        data = table(([0.0, 2.0, 2.0, 1.0], Feature("c", "category", categories=("p", "q", "r"))))
        fitted = preprocess.fit(data, FIRST_THREE, {})
        assert apply(fitted, data) == [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
        again = preprocess.rebuild(fitted.description, fitted.state_dict())
        assert apply(again, data) == apply(fitted, data)

    def test_categories_become_one_hot_and_an_unknown_code_gives_zeros(self):
        data = table(
            ([0.0, 2.0, 1.0, -1.0], Feature("c", "category", categories=("p", "q", "r"))),
            ([7.0, 8.0, 9.0, 10.0], Feature("x", "float32")),
        )
        fitted = preprocess.fit(data, FIRST_THREE, {})
        assert apply(fitted, data) == [[7, 1, 0, 0], [8, 0, 0, 1], [9, 0, 1, 0], [10, 0, 0, 0]]

    def test_codes_are_not_scaled(self):
        data = table(
            ([0.0, 1.0, 1.0, 0.0], Feature("c", "category", categories=("p", "q"))),
            ([0.0, 1.0, 2.0, 4.0], Feature("x", "float32")),
        )
        fitted = preprocess.fit(data, FIRST_THREE, {"scale": {"kind": "minmax", "columns": "features"}})
        assert apply(fitted, data) == [[0, 1, 0], [0.5, 0, 1], [1, 0, 1], [2, 1, 0]]

    def test_images_are_scaled_from_the_range_of_the_source(self):
        images = np.full((4, 1, 2, 2), 8.0, np.float32)
        data = Dataset("image", images, np.zeros(4, np.int64), ("a",), value_range=(0.0, 16.0))
        fitted = preprocess.fit(data, FIRST_THREE, {"scale": {"kind": "minmax"}})
        assert set(fitted(torch.from_numpy(images)).flatten().tolist()) == {0.5}

    def test_images_are_standardized_by_channel(self):
        rng = np.random.default_rng(0)
        images = rng.normal([[[[3.0]], [[-8.0]]]], [[[[1.0]], [[5.0]]]], (50, 2, 4, 4)).astype(np.float32)
        data = Dataset("image", images, np.zeros(50, np.int64), ("a",), value_range=(0.0, 255.0))
        fitted = preprocess.fit(data, np.arange(50), {"scale": {"kind": "standardize"}})
        out = fitted(torch.from_numpy(images))
        torch.testing.assert_close(out.mean((0, 2, 3)), torch.zeros(2), atol=1e-5, rtol=0)
        torch.testing.assert_close(out.std((0, 2, 3), correction=0), torch.ones(2), atol=1e-4, rtol=0)

    def test_it_is_rebuilt_from_its_description_and_buffers(self):
        data = table(
            ([0.0, 1.0, 1.0, 0.0], Feature("c", "category", categories=("p", "q"))),
            ([0.0, float("nan"), 2.0, 4.0], Feature("x", "float32")),
        )
        fitted = preprocess.fit(
            data, FIRST_THREE, {"fill": {"kind": "impute"}, "scale": {"kind": "standardize"}, "out": None}
        )
        again = preprocess.rebuild(fitted.description, fitted.state_dict())
        assert apply(again, data) == apply(fitted, data)

    @pytest.mark.parametrize(
        ("transforms", "place", "words"),
        [
            ({"s": {"kind": "standardise"}}, "data.transforms.s.kind", "did you mean 'standardize'"),
            ({"s": {"kind": "minmax", "columns": ["z*"]}}, "data.transforms.s.columns", "no feature is called 'z*'"),
            (
                {"s": {"kind": "minmax", "columns": ["c"]}},
                "data.transforms.s.columns",
                "does not fit 'c', which holds categories",
            ),
            (
                {"s": {"kind": "one-hot", "columns": ["x"]}},
                "data.transforms.s.columns",
                "does not fit 'x', which holds numbers",
            ),
        ],
    )
    def test_what_does_not_fit_is_said(self, transforms, place, words):
        data = table(
            ([0.0, 1.0, 1.0], Feature("c", "category", categories=("p", "q"))),
            ([0.0, 1.0, 2.0], Feature("x", "float32")),
        )
        with pytest.raises(RunError) as caught:
            preprocess.fit(data, FIRST_THREE, transforms)
        assert caught.value.place == place
        assert words in str(caught.value)


class TestLoader:
    def loader(self, seed):
        return TensorLoader(torch.arange(10).float()[:, None], torch.arange(10), 4, seed)

    def test_every_row_comes_once_and_none_is_dropped(self):
        batches = list(self.loader(1))
        assert [len(target) for _, target in batches] == [4, 4, 2] == self.loader(1).sizes()
        assert sorted(int(item) for _, target in batches for item in target) == list(range(10))
        assert all(torch.equal(inputs[:, 0].long(), target) for inputs, target in batches)

    def test_the_order_follows_from_seed_and_epoch(self):
        one, two = self.loader(1), self.loader(1)
        torch.manual_seed(99)  # no other stream has a say
        assert torch.equal(one.order(0), two.order(0))
        assert not torch.equal(one.order(0), one.order(1))
        assert not torch.equal(one.order(0), self.loader(2).order(0))
        one.sampler.set_epoch(3)
        assert torch.equal(torch.cat([target for _, target in one]), two.order(3))

    def test_without_a_seed_rows_keep_their_order(self):
        assert [target.tolist() for _, target in self.loader(None)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]

    def test_weights_of_a_short_step(self):
        assert step_weights([[4], [4], [4], [4]], 2) is None
        assert step_weights([[4], [4], [2]], 2) == [1.0, 1.0, 2.0]  # a lone batch: halved, and needs no halving
        assert step_weights([[4], [2]], 2) == [4 * 2 / 6, 2 * 2 / 6]


class TestLoss:
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    target = torch.tensor([0, 1, 0])

    def each(self) -> list[float]:
        return [math.log(1 + math.exp(-2)), math.log(1 + math.exp(-1)), math.log(2)]

    def of(self, options, weights=None) -> float:
        return loss.build(options, options["kind"], weights)(self.logits, self.target).item()

    def test_cross_entropy(self):
        assert self.of({"kind": "cross-entropy"}) == pytest.approx(sum(self.each()) / 3)

    def test_balanced_weights_are_n_over_classes_times_count(self):
        weights = loss.class_weights("balanced", self.target, ("a", "b"))
        assert weights.tolist() == pytest.approx([3 / 4, 3 / 2])
        one, two, three = self.each()
        expected = (0.75 * one + 1.5 * two + 0.75 * three) / (0.75 + 1.5 + 0.75)
        assert self.of({"kind": "cross-entropy"}, weights) == pytest.approx(expected)

    def test_weights_by_class_name(self):
        assert loss.class_weights({"b": 3}, self.target, ("a", "b")).tolist() == [1, 3]

    def test_label_smoothing_spreads_the_target(self):
        smooth = 0.2  # each class gets 0.1 of it
        rows = [(0, [2.0, 0.0]), (1, [0.0, 1.0]), (0, [0.0, 0.0])]
        total = 0.0
        for label, row in rows:
            norm = math.log(sum(math.exp(value) for value in row))
            share = [smooth / 2 + (1 - smooth) * (index == label) for index in range(2)]
            total += sum(part * (norm - value) for part, value in zip(share, row, strict=True))
        assert self.of({"kind": "cross-entropy", "label_smoothing": smooth}) == pytest.approx(total / 3)

    def test_binary_cross_entropy_is_that_of_the_second_class(self):
        found = loss.build({}, "binary-cross-entropy", None)(torch.tensor([[0.0], [1.0]]), torch.tensor([1, 0]))
        assert found.item() == pytest.approx((math.log(2) + math.log(1 + math.e)) / 2)

    @pytest.mark.parametrize(
        ("options", "expected"),
        [({"kind": "mse"}, 5.0), ({"kind": "l1"}, 2.0), ({"kind": "huber", "delta": 2.0}, (0.5 + 4.0) / 2)],
    )
    def test_losses_of_values(self, options, expected):
        found = loss.build(options, options["kind"], None)(torch.tensor([[1.0], [5.0]]), torch.tensor([0.0, 2.0]))
        assert found.item() == pytest.approx(expected)


class TestSchedules:
    horizon = optim.Horizon(steps=100, steps_per_epoch=10)

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"kind": "constant", "warmup": 0}, {0: 1.0, 99: 1.0}),
            ({"kind": "constant", "warmup": 0.1}, {0: 0.1, 4: 0.5, 9: 1.0, 50: 1.0}),
            ({"kind": "cosine", "warmup": 0, "floor": 0}, {0: 1.0, 50: 0.5, 25: 0.5 + math.sqrt(0.5) / 2, 100: 0.0}),
            ({"kind": "cosine", "warmup": 0.2, "floor": 0.1}, {9: 0.5, 20: 1.0, 60: 0.55, 100: 0.1}),
            ({"kind": "step", "every": 2, "factor": 0.1}, {0: 1.0, 19: 1.0, 20: 0.1, 40: 0.01}),
            (
                {"kind": "one-cycle", "warmup": 0.5, "initial_divisor": 25, "final_divisor": 10000},
                {0: 0.04, 25: 0.52, 50: 1.0, 99: 0.04 / 10000},
            ),
        ],
    )
    def test_factors(self, options, expected):
        for step, value in expected.items():
            assert optim.factor(options, self.horizon, step) == pytest.approx(value, abs=1e-12)

    def test_the_rate_reaches_the_optimizer(self):
        weight = torch.nn.Parameter(torch.zeros(1))
        chosen = optim.optimizer({"kind": "sgd", "lr": 0.5, "momentum": 0.9, "nesterov": True}, [weight], fused=False)
        assert (chosen.defaults["momentum"], chosen.defaults["nesterov"]) == (0.9, True)
        found = optim.schedule({"kind": "cosine", "warmup": 0.02, "floor": 0}, chosen, self.horizon)
        assert found["interval"] == "step"
        assert chosen.param_groups[0]["lr"] == 0.25
        assert optim.schedule({"kind": "constant", "warmup": 0}, chosen, self.horizon) is None

    def test_plateau_reads_what_it_monitors(self):
        weight = torch.nn.Parameter(torch.zeros(1))
        chosen = optim.optimizer({"kind": "adam", "lr": 1.0, "betas": [0.8, 0.9], "eps": 1e-6}, [weight], fused=False)
        assert (chosen.defaults["betas"], chosen.defaults["eps"]) == ((0.8, 0.9), 1e-6)
        options = {"kind": "plateau", "monitor": "validation/loss", "mode": "min", "factor": 0.5, "patience": 1}
        found = optim.schedule(options, chosen, self.horizon)
        assert (found["interval"], found["monitor"]) == ("epoch", "validation/loss")
        for value in (1.0, 1.0, 1.0):
            found["scheduler"].step(value)
        assert chosen.param_groups[0]["lr"] == 0.5

    @pytest.mark.parametrize(("call", "word"), [(optim.optimizer, "adamw"), (optim.schedule, "cosine")])
    def test_an_unknown_kind_gets_a_suggestion(self, call, word):
        misspelt = {"kind": word + word[-1], "lr": 1}
        arguments = ([],) if call is optim.optimizer else (None, self.horizon)
        with pytest.raises(RunError, match=f"did you mean '{word}'"):
            call(misspelt, *arguments, **({"fused": False} if call is optim.optimizer else {}))


class TestModels:
    def test_cnn_follows_the_shape_of_the_data(self):
        options = {
            "kind": "cnn",
            "channels": [4, 8],
            "kernel": 3,
            "pool": 2,
            "norm": "batch",
            "hidden": [16],
            "dropout": 0.5,
        }
        built = models.build(options, (3, 9, 8), 5).eval()
        assert built(torch.zeros(2, 3, 9, 8)).shape == (2, 5)
        assert [layer.__class__.__name__ for layer in built][:4] == ["Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"]

    def test_even_kernels_fit_as_well(self):
        built = models.build({"kind": "cnn", "channels": [2], "kernel": 4, "pool": 1, "norm": "none"}, (1, 5, 5), 3)
        assert built(torch.zeros(1, 1, 5, 5)).shape == (1, 3)

    def test_an_image_that_is_pooled_away_is_refused(self):
        with pytest.raises(RunError, match=r"pooled away.*use fewer blocks"):
            models.build({"kind": "cnn", "channels": [2, 2, 2, 2], "kernel": 3, "pool": 2}, (1, 8, 8), 3)

    def test_mlp_without_hidden_layers_is_linear_and_flattens_images(self):
        built = models.build({"kind": "mlp", "hidden": []}, (1, 4, 4), 2)
        assert sum(item.numel() for item in built.parameters()) == 16 * 2 + 2
        assert built(torch.zeros(3, 1, 4, 4)).shape == (3, 2)

    @pytest.mark.parametrize("name", models.ACTIVATIONS)
    def test_every_activation_is_built(self, name):
        built = models.build({"kind": "mlp", "hidden": [3], "activation": name}, (2,), 2)
        assert torch.isfinite(built(torch.ones(1, 2))).all()

    def test_an_unknown_activation_gets_a_suggestion(self):
        with pytest.raises(RunError, match="did you mean 'relu'"):
            models.build({"kind": "mlp", "hidden": [3], "activation": "rellu"}, (2,), 2)


@pytest.mark.parametrize(
    ("logged", "known"),
    [
        ("val_loss", "validation/loss"),
        ("val/acc", "validation/acc"),
        ("valid-F1 Score", "validation/f1_score"),
        ("train_loss_epoch", "train/loss"),
        ("train_loss_step", None),
        ("validation/loss", "validation/loss"),
        ("training_loss", "train/loss"),
        ("loss", None),
        ("value_loss", None),
    ],
)
def test_names_of_what_modules_log(logged, known):
    assert canonical(logged) == known


def test_units():
    assert units.amount("1.5h", units.SECONDS) == 5400
    assert units.amount("4GiB", units.BYTES) == 4 * 2**30
    with pytest.raises(ValueError, match="'4GB' is not a number and one of B, KiB"):
        units.amount("4GB", units.BYTES)

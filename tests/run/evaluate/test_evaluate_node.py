"""The evaluate node: the model, the baseline and the shifts on the test rows of one fold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
from sklearn.linear_model import LogisticRegression

from stdspec.errors import RunError
from stdspec.plan.model import Node
from stdspec.run.context import Context, Event
from stdspec.run.data.dataset import Dataset, Feature, Fold, Splits
from stdspec.run.evaluate import baseline
from stdspec.run.evaluate import node as evaluate
from stdspec.run.evaluate.pool import Predictions
from stdspec.run.evaluate.shifts import SHIFTS, scene

pytestmark = pytest.mark.run

FEATURES = (Feature("x", "float32"), Feature("y", "float32"), Feature("kind", "category", categories=("k", "l", "m")))


@dataclass(frozen=True)
class Handmade:
    """Stands for a predictor: `scores` as given."""

    scores: Callable[[Any], Any]
    classes: tuple[str, ...] = ("a", "b")


def dataset(classes: tuple[str, ...] = ("a", "b")) -> Dataset:
    rng = np.random.default_rng(0)
    inputs = np.stack([rng.normal(size=60), rng.normal(size=60) * 5, np.arange(60) % 3], axis=1).astype(np.float32)
    target = (inputs[:, 0] > 0).astype(np.int64) if classes else inputs[:, 0] * 2
    return Dataset("tabular", inputs, target, classes, FEATURES)


FOLD = Fold(np.arange(0, 60, 2), np.arange(0), np.arange(1, 60, 2))


def logistic(inputs: Any) -> Any:
    positive = 1 / (1 + np.exp(-inputs[:, 0]))
    return np.stack([1 - positive, positive], axis=1).astype(np.float32)


@pytest.fixture
def run(tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Predictions]:
    def run(data: Dataset, scores: Callable[[Any], Any], fold: Fold = FOLD, **evaluation: Any) -> Predictions:
        folders = {name: tmp_path / name for name in ("dataset", "splits", "model")}
        out = tmp_path / "out"
        for folder in (*folders.values(), out):
            folder.mkdir(exist_ok=True)
        data.save(folders["dataset"])
        Splits({"2": fold}).save(folders["splits"])
        monkeypatch.setattr(evaluate.predictor, "load", lambda *_: Handmade(scores, data.classes))
        config = {"seed": 5, "fold": "2", "evaluation": evaluation}
        assert evaluate.execute(Node("evaluate-2", "evaluate", "", {}, "", config, {}, {}), folders, out, context) == []
        return Predictions.load(out)

    return run


def test_the_test_rows_of_the_fold_are_scored(run: Callable[..., Predictions]) -> None:
    data = dataset()
    found = run(data, logistic)
    assert np.array_equal(found.index, FOLD.test)
    assert np.array_equal(found.target, data.target[FOLD.test])
    assert found.scores == pytest.approx(logistic(data.inputs[FOLD.test]))
    assert found.folds == ["2"]
    assert found.classes == ("a", "b")
    assert found.baseline is None


def test_the_baseline_learns_from_the_training_rows_only(run: Callable[..., Predictions]) -> None:
    data = dataset()
    found = run(data, logistic, baseline={"kind": "logistic", "margin": 0.0})
    assert found.baseline is not None
    assert (found.baseline.argmax(axis=1) == found.target).mean() > 0.85
    changed = data.inputs.copy()
    target = data.target.copy()
    target[FOLD.test] = 1 - target[FOLD.test]
    again = run(replace(data, inputs=changed, target=target), logistic, baseline={"kind": "logistic", "margin": 0.0})
    assert np.array_equal(again.baseline, found.baseline)


def test_a_baseline_that_does_not_converge_is_reported(
    run: Callable[..., Predictions], events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = baseline.Baseline("classification", lambda: LogisticRegression(max_iter=1))
    monkeypatch.setitem(baseline.KINDS, "logistic", hasty)  # type: ignore[arg-type]
    found = run(dataset(), logistic, baseline={"kind": "logistic", "margin": 0.0})
    assert found.baseline is not None
    [event] = events
    assert (event.kind, event.node) == ("warning", "evaluate-2")
    assert "logistic baseline did not converge" in event.data["text"]


def test_each_shift_is_scored_and_repeats(run: Callable[..., Predictions]) -> None:
    shifts = {
        "noise": {"kind": "gaussian-noise", "severity": 0.5},
        "half": {"kind": "scale", "severity": -0.5},
        "no": None,
    }
    found = run(dataset(), logistic, shifts=shifts)
    assert set(found.shifts) == {"noise", "half"}
    assert not np.array_equal(found.shifts["noise"], found.scores)
    assert found.shifts["half"] == pytest.approx(logistic(dataset().inputs[FOLD.test] * 0.5))
    assert np.array_equal(run(dataset(), logistic, shifts=shifts).shifts["noise"], found.shifts["noise"])
    alone = run(dataset(), logistic, shifts={"noise": shifts["noise"]})
    assert np.array_equal(alone.shifts["noise"], found.shifts["noise"])


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (lambda rows: np.full((len(rows), 2), np.nan), "not finite for 30 of 30 test rows"),
        (lambda rows: np.full((len(rows), 2), 0.7), "no probabilities"),
        (lambda rows: np.full((len(rows), 3), 1 / 3), "the target needs (30, 2)"),
    ],
)
def test_scores_that_cannot_be_are_refused(run: Callable[..., Predictions], scores: Any, words: str) -> None:
    with pytest.raises(RunError) as caught:
        run(dataset(), scores)
    assert words in caught.value.message


def test_a_fold_without_test_rows_is_refused(run: Callable[..., Predictions]) -> None:
    with pytest.raises(RunError, match="no test rows"):
        run(dataset(), logistic, Fold(FOLD.train, FOLD.test, np.arange(0)))


def test_noise_is_relative_to_the_spread_and_leaves_categories_alone() -> None:
    data = dataset()
    here = scene(data, FOLD.train, FOLD.test)
    noisy = SHIFTS["gaussian-noise"](here, 0.5, np.random.default_rng(0))
    moved = (noisy - here.inputs).std(axis=0)
    assert moved[:2] == pytest.approx(0.5 * data.inputs[FOLD.train, :2].std(axis=0), rel=0.4)
    assert moved[2] == 0


def test_lost_cells_hold_the_training_mean() -> None:
    data = dataset()
    here = scene(data, FOLD.train, FOLD.test)
    lost = SHIFTS["missing"](here, 0.4, np.random.default_rng(0))
    changed = lost[:, :2] != here.inputs[:, :2]
    assert 0.2 < changed.mean() < 0.6
    mean = np.broadcast_to(data.inputs[FOLD.train, :2].mean(axis=0), changed.shape)
    assert lost[:, :2][changed] == pytest.approx(mean[changed], rel=1e-5)


def test_a_shifted_image_stays_in_its_range() -> None:
    image = np.random.default_rng(0).random((20, 1, 4, 4)).astype(np.float32) * 16
    data = Dataset("image", image, np.arange(20) % 2, ("a", "b"), value_range=(0.0, 16.0))
    here = scene(data, np.arange(10), np.arange(10, 20))
    for kind in SHIFTS:
        shifted = SHIFTS[kind](here, 2.0 if kind != "missing" else 0.5, np.random.default_rng(0))
        assert shifted.dtype == np.float32
        assert shifted.min() >= 0
        assert shifted.max() <= 16
        assert not np.array_equal(shifted, here.inputs)


@pytest.mark.parametrize(("kind", "classes"), [("majority", 2), ("mean", 0), ("linear", 0)])
def test_simple_baselines_know_the_training_target(kind: str, classes: int) -> None:
    data = dataset(("a", "b") if classes else ())
    fitted = baseline.fit(kind, data.inputs, data.target, FEATURES, classes)
    scores = fitted.scores(data.inputs)
    if kind == "majority":
        assert scores[0] == pytest.approx(np.bincount(data.target) / 60)
    elif kind == "mean":
        assert scores == pytest.approx(np.full(60, data.target.mean()), rel=1e-5)
    else:
        assert np.corrcoef(scores, data.target)[0, 1] > 0.99


def test_a_class_that_training_lacks_gets_no_probability() -> None:
    data = dataset()
    scores = baseline.fit("logistic", data.inputs, data.target * 2, FEATURES, 3).scores(data.inputs)
    assert scores.shape == (60, 3)
    assert (scores[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [("linear", None, "'linear' is no baseline of classification"), ("logistic", 0, "one class only")],
)
def test_a_baseline_that_cannot_be_fitted_is_refused(kind: str, target: int | None, words: str) -> None:
    data = dataset()
    values = data.target if target is None else np.full_like(data.target, target)
    with pytest.raises(RunError) as caught:
        baseline.fit(kind, data.inputs, values, FEATURES, 2)
    assert words in caught.value.message
    assert caught.value.place == "evaluation.baseline.kind"


def test_an_own_data_module_is_judged_on_its_test_loader(
    tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handmade_claims.py").write_text(
        "import torch\nfrom lightning.pytorch import LightningDataModule\n"
        "from torch.utils.data import DataLoader, TensorDataset\n"
        "class Claims(LightningDataModule):\n"
        "    def __init__(self, n):\n        super().__init__()\n        self.n = n\n"
        "    def _of(self, start):\n"
        "        x = torch.arange(self.n).float()[:, None] + start\n"
        "        return DataLoader(TensorDataset(x, (torch.arange(self.n) % 2)), batch_size=4)\n"
        "    def train_dataloader(self):\n        return self._of(0)\n"
        "    def test_dataloader(self):\n        return self._of(100)\n"
    )
    settings = replace(context.settings, allow_targets=("handmade_claims",))
    folders = {name: tmp_path / name for name in ("dataset", "model")}
    out = tmp_path / "out"
    for folder in (*folders.values(), out):
        folder.mkdir()
    about = {"target": "handmade_claims.Claims", "args": {"n": 10}, "loaders": {"train": {}, "test": {}}}
    (folders["dataset"] / "own.json").write_text(json.dumps(about))
    even = lambda rows: np.stack([rows[:, 0] % 2 == 0, rows[:, 0] % 2 == 1], axis=1).astype(np.float32)  # noqa: E731
    monkeypatch.setattr(evaluate.predictor, "load", lambda *_: Handmade(even, ("0", "1")))
    node = Node("evaluate", "evaluate", "", {}, "", {"seed": 1, "fold": "holdout", "evaluation": {}}, {}, {})
    evaluate.execute(node, folders, out, replace(context, settings=settings))
    found = Predictions.load(out)
    assert len(found.index) == 10
    assert (found.scores.argmax(axis=1) == found.target).all()
    monkeypatch.setattr(evaluate.predictor, "load", lambda *_: Handmade(even, ("0",)))
    with pytest.raises(RunError, match="gives the label 1, and the classes of the model are 0"):
        evaluate.execute(node, folders, out, replace(context, settings=settings))
    about["loaders"] = {"train": {}}
    (folders["dataset"] / "own.json").write_text(json.dumps(about))
    with pytest.raises(RunError, match="has no test_dataloader"):
        evaluate.execute(node, folders, out, replace(context, settings=settings))

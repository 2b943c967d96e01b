"""The gate: limits judged on the bound or the point, folds pooled, slices, shifts and the baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
from sklearn import metrics as sk

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Feature
from stdspec.run.evaluate.pool import Predictions, pooled

pytestmark = pytest.mark.run

Gate = Callable[..., tuple[dict[str, Any], dict[str, Any]]]
CLASSES = ("benign", "malignant")
POSITIVE = {"data": {"target": {"column": "diagnosis", "positive": "malignant"}}}


def two_classes(wrong: int, n: int = 100, baseline_wrong: int | None = None) -> tuple[Dataset, Predictions]:
    """`n` rows of two classes, half and half; the first `wrong` of them predicted wrongly."""
    target = np.arange(n) % 2
    inputs = np.stack([np.arange(n), np.arange(n) % 7], axis=1).astype(np.float32)
    city = np.array(["Wien", "Graz"])[(np.arange(n) < n // 10).astype(int)]
    features = (Feature("size", "float32"), Feature("weight", "float32"))
    dataset = Dataset("tabular", inputs, target, CLASSES, features, {"city": city, "patient": np.arange(n) // 4})
    baseline = None if baseline_wrong is None else scored(target, baseline_wrong)
    index = np.arange(n)
    return dataset, Predictions(index, target, scored(target, wrong), baseline, {}, np.full(n, "holdout"), CLASSES)


def scored(target: Any, wrong: int) -> Any:
    """Probabilities, all a little different, that decide wrongly for the first `wrong` rows."""
    sure = 0.6 + 0.3 * (np.arange(len(target)) * 37 % 101) / 101
    right = np.where(np.arange(len(target)) < wrong, 1 - sure, sure)
    positive = np.where(target == 1, right, 1 - right)
    return np.stack([1 - positive, positive], axis=1)


def test_the_bound_decides_unless_the_point_is_asked_for(gate: Gate) -> None:
    dataset, part = two_classes(wrong=5)
    wanted = {"accuracy": {"at_least": 0.93}}
    strict, records = gate({"metrics": wanted, "judge": "bound"}, [part], dataset)
    assert strict["metrics"]["accuracy"]["estimate"] == 0.95
    assert strict["metrics"]["accuracy"]["lower"] == pytest.approx(0.8872, abs=1e-4)
    assert strict["metrics"]["accuracy"]["passed"] is False
    assert strict["failed"] == ["metrics.accuracy"]
    assert records["run.evaluation.gate"].value is False
    lenient, records = gate({"metrics": wanted, "judge": "point"}, [part], dataset)
    assert lenient["metrics"]["accuracy"]["passed"] is True
    assert records["run.evaluation.gate"].value is True


def test_at_most_reads_the_upper_end(gate: Gate) -> None:
    dataset, part = two_classes(wrong=5)
    [limit] = [gate({"metrics": {"log_loss": {}}}, [part], dataset)[0]["metrics"]["log_loss"]["upper"]]
    for at_most, passed in ((limit + 1e-6, True), (limit - 1e-6, False)):
        found, _ = gate({"metrics": {"log_loss": {"at_most": at_most}}}, [part], dataset)
        assert found["metrics"]["log_loss"]["passed"] is passed
        assert found["metrics"]["log_loss"]["side"] == "at_most"


def test_without_a_limit_nothing_is_judged(gate: Gate) -> None:
    dataset, part = two_classes(wrong=5)
    found, records = gate({"metrics": {"accuracy": {}}}, [part], dataset)
    assert found["passed"] is None
    assert "run.evaluation.gate" not in records
    assert "passed" not in records["run.evaluation.metrics.accuracy"].value
    assert records["run.evaluation.metrics.accuracy"].value["n"] == 100


def test_folds_are_pooled_in_the_order_of_the_rows(gate: Gate) -> None:
    dataset, part = two_classes(wrong=9)
    order = np.random.default_rng(0).permutation(100)
    parts = [
        replace(
            part,
            index=part.index[rows],
            target=part.target[rows],
            scores=part.scores[rows],
            fold=np.full(len(rows), str(number + 1)),
        )
        for number, rows in enumerate(np.array_split(order, 3))
    ]
    together = pooled(parts)
    assert np.array_equal(together.index, np.arange(100))
    assert np.array_equal(together.scores, part.scores)
    config = {"metrics": {"accuracy": {"at_least": 0.8}, "auroc": {"at_least": 0.8}}}
    found, records = gate(config, parts, dataset, **POSITIVE)
    whole, _ = gate(config, [part], dataset, **POSITIVE)
    assert found["metrics"] == whole["metrics"]
    assert found["folds"] == records["run.evaluation.folds"].value == 3
    assert found["fold_names"] == ["1", "2", "3"]
    by_fold = found["per_fold"]["accuracy"]
    expected = [sk.accuracy_score(item.target, item.scores.argmax(axis=1)) for item in parts]
    assert list(by_fold["values"].values()) == pytest.approx(expected)
    assert by_fold["mean"] == pytest.approx(np.mean(expected))
    assert by_fold["spread"] == pytest.approx(np.std(expected, ddof=1))
    assert whole["per_fold"]["accuracy"]["spread"] is None


def test_rows_that_were_predicted_repeatedly_are_not_independent(gate: Gate) -> None:
    dataset, part = two_classes(wrong=9)
    twice = [replace(part, fold=np.full(100, name)) for name in ("1", "2")]
    found, _ = gate({"metrics": {"accuracy": {}}}, twice, dataset)
    assert found["metrics"]["accuracy"]["method"] == "bootstrap BCa, 2000 resamples, by group"


def test_rows_of_a_declared_group_are_resampled_together(gate: Gate) -> None:
    dataset, part = two_classes(wrong=9)
    columns = {"data": {"target": {}, "columns": {"pat*": {"role": "group"}, "size": {}}}}
    found, _ = gate({"metrics": {"accuracy": {}}}, [part], dataset, **columns)
    assert found["metrics"]["accuracy"]["method"].endswith("by group")


def test_a_slice_is_judged_on_its_rows_and_says_when_they_are_too_few(gate: Gate) -> None:
    dataset, part = two_classes(wrong=9)
    slices = {
        "large": {"column": "size", "above": 49, "at_least_n": 50, "floor": {"accuracy": 0.9}},
        "small": {"column": "size", "above": 9, "below": 49, "at_least_n": 50, "floor": {"accuracy": 0.9}},
        "bad": {"column": "size", "below": 20, "at_least_n": 10, "floor": {"accuracy": 0.9}},
        "graz": {"column": "city", "equals": "Graz", "at_least_n": 11, "floor": {"accuracy": 0.9}},
        "gone": None,
    }
    found, records = gate({"metrics": {"accuracy": {"at_least": 0.5}}, "slices": slices}, [part], dataset)
    status = {name: item["metrics"]["accuracy"]["status"] for name, item in found["slices"].items()}
    assert status == {"large": "pass", "small": "insufficient", "bad": "fail", "graz": "insufficient"}
    assert found["slices"]["large"]["condition"] == "above 49"
    assert found["slices"]["large"]["rows"] == 50
    assert found["slices"]["bad"]["metrics"]["accuracy"]["estimate"] == 0.55
    assert found["insufficient"] == ["slices.small.accuracy", "slices.graz.accuracy"]
    assert found["failed"] == ["slices.bad.accuracy"]
    assert records["run.evaluation.slices.graz.accuracy"].value["status"] == "insufficient"
    assert records["run.evaluation.gate"].value is False


def test_too_few_rows_fail_nothing_and_are_listed(gate: Gate) -> None:
    dataset, part = two_classes(wrong=0)
    slices = {"graz": {"column": "city", "equals": "Graz", "at_least_n": 11, "floor": {"accuracy": 0.1}}}
    found, _ = gate({"metrics": {"accuracy": {"at_least": 0.5}}, "slices": slices}, [part], dataset)
    assert found["passed"] is True
    assert found["insufficient"] == ["slices.graz.accuracy"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"column": "texture", "above": 1, "floor": {}}, "no column 'texture'; the columns are size, weight, city"),
        ({"column": "city", "above": 1, "floor": {}}, "'above' needs numbers, and the column 'city' holds text"),
        ({"column": "size", "above": 1, "floor": {"mcc": 0.5}}, "no metric 'mcc'"),
    ],
)
def test_a_slice_that_cannot_be_is_refused_in_its_place(gate: Gate, entry: dict[str, Any], words: str) -> None:
    dataset, part = two_classes(wrong=9)
    with pytest.raises(RunError) as caught:
        gate({"metrics": {"accuracy": {}}, "slices": {"odd": entry}}, [part], dataset)
    assert words in str(caught.value)
    assert str(caught.value.place).startswith("evaluation.slices.odd")


def test_a_shift_is_judged_on_its_own_scores(gate: Gate) -> None:
    dataset, part = two_classes(wrong=2)
    part = replace(part, shifts={"noise": scored(part.target, 30), "scale": scored(part.target, 3)})
    shifts = {
        "noise": {"kind": "gaussian-noise", "severity": 0.1, "floor": {"accuracy": 0.8}},
        "scale": {"kind": "scale", "severity": 0.2},
    }
    found, records = gate({"metrics": {"accuracy": {"at_least": 0.9}}, "shifts": shifts}, [part], dataset)
    assert found["shifts"]["noise"]["metrics"]["accuracy"]["estimate"] == 0.7
    assert found["failed"] == ["shifts.noise.accuracy"]
    assert records["run.evaluation.shifts.noise.accuracy"].value["passed"] is False
    assert found["shifts"]["scale"]["metrics"]["accuracy"]["passed"] is None
    assert found["shifts"]["scale"]["metrics"]["accuracy"]["estimate"] == 0.97


@pytest.mark.parametrize(
    ("wrong", "simple", "margin", "passed"),
    [(10, 10, 0.02, True), (20, 5, 0.02, False), (20, 5, 0.3, True), (5, 30, 0.0, True)],
)
def test_the_baseline_must_not_be_better_by_more_than_the_margin(
    gate: Gate, wrong: int, simple: int, margin: float, passed: bool
) -> None:
    dataset, part = two_classes(wrong, baseline_wrong=simple)
    found, records = gate(
        {"metrics": {"accuracy": {"at_least": 0.1}}, "baseline": {"kind": "logistic", "margin": margin}},
        [part],
        dataset,
    )
    result = records["run.evaluation.baseline"].value
    assert result["difference"] == pytest.approx((simple - wrong) / 100)
    assert result["lower"] <= result["difference"] <= result["upper"]
    assert result["passed"] is passed
    assert found["passed"] is passed


def test_a_lower_loss_than_the_baselines_is_a_positive_difference(gate: Gate) -> None:
    dataset, part = two_classes(5, baseline_wrong=30)
    found, _ = gate({"metrics": {"log_loss": {}}, "baseline": {"kind": "logistic", "margin": 0.0}}, [part], dataset)
    assert found["baseline"]["metric"] == "log_loss"
    assert found["baseline"]["difference"] == pytest.approx(found["baseline"]["estimate"] - found["baseline"]["model"])
    assert found["baseline"]["difference"] > 0


def test_the_baseline_is_compared_on_the_first_metric_with_a_limit_or_the_named_one(gate: Gate) -> None:
    dataset, part = two_classes(5, baseline_wrong=10)
    metrics = {"mcc": {}, "accuracy": {"at_least": 0.1}}
    found, _ = gate({"metrics": metrics, "baseline": {"kind": "logistic", "margin": 0.5}}, [part], dataset)
    assert found["baseline"]["metric"] == "accuracy"
    named = {"kind": "logistic", "metric": "mcc", "margin": 0.5}
    assert gate({"metrics": metrics, "baseline": named}, [part], dataset)[0]["baseline"]["metric"] == "mcc"


def test_the_confusion_matrix_and_the_curves_are_those_of_the_pooled_rows(gate: Gate) -> None:
    dataset, part = two_classes(wrong=4)
    found, _ = gate({"metrics": {"accuracy": {}}}, [part], dataset, **POSITIVE)
    assert found["confusion"] == {"labels": ["benign", "malignant"], "counts": [[48, 2], [2, 48]], "threshold": None}
    [roc] = found["curves"]["roc"]
    assert roc["label"] == "malignant"
    assert roc["points"][0] == [0.0, 0.0]
    assert roc["points"][-1] == [1.0, 1.0]
    area = np.trapezoid([y for _, y in roc["points"]], [x for x, _ in roc["points"]])
    assert area == pytest.approx(sk.roc_auc_score(part.target, part.scores[:, 1]), abs=1e-4)
    assert sum(count for _, _, count in found["curves"]["calibration"][0]["points"]) == 100


def test_regression_is_judged_and_drawn(gate: Gate) -> None:
    rng = np.random.default_rng(0)
    target = rng.normal(size=80).astype(np.float32)
    scores = target + rng.normal(scale=0.1, size=80)
    dataset = Dataset("tabular", np.zeros((80, 1), np.float32), target, (), (Feature("x", "float32"),))
    part = Predictions(np.arange(80), target, scores, np.zeros(80), {}, np.full(80, "holdout"))
    config = {"metrics": {"mae": {"at_most": 0.2}, "r2": {"at_least": 0.9}}, "baseline": {"kind": "mean", "margin": 0}}
    found, _ = gate(config, [part], dataset)
    assert found["passed"] is True
    assert found["metrics"]["mae"]["estimate"] == pytest.approx(sk.mean_absolute_error(target, scores))
    assert found["metrics"]["mae"]["method"].endswith("by row")
    assert found["confusion"] is None
    assert found["baseline"]["metric"] == "mae"
    assert len(found["curves"]["predicted"]["points"]) == 80


@pytest.mark.parametrize("key", ["incumbent", "external"])
def test_what_is_not_covered_is_refused_and_not_ignored(gate: Gate, key: str) -> None:
    dataset, part = two_classes(wrong=4)
    with pytest.raises(RunError, match="not covered yet") as caught:
        gate({"metrics": {"accuracy": {}}, key: {"path": "old.onnx", "margin": 0.01}}, [part], dataset)
    assert caught.value.place == f"evaluation.{key}"


def test_the_tools_are_named_with_their_versions(gate: Gate) -> None:
    dataset, part = two_classes(wrong=4)
    _, records = gate({"metrics": {"accuracy": {}}}, [part], dataset)
    assert {"numpy", "scikit-learn", "stdspec"} <= set(records["run.evaluation.tools"].value)


def test_a_repeated_cross_validation_counts_each_row_once(gate: Gate) -> None:
    dataset, part = two_classes(wrong=10)
    again = replace(part, fold=np.full(100, "2"), scores=scored(part.target, 12))
    first = replace(part, fold=np.full(100, "1"))
    slices = {"graz": {"column": "city", "equals": "Graz", "at_least_n": 15, "floor": {"accuracy": 0.1}}}
    evaluation = {"metrics": {"accuracy": {}}, "interval": {"kind": "exact"}, "slices": slices}
    found, _ = gate(evaluation, [first, again], dataset)
    assert (found["n"], found["metrics"]["accuracy"]["n"]) == (100, 100)
    assert found["metrics"]["accuracy"]["method"].endswith("by group")  # one row twice is no two rows
    assert found["slices"]["graz"]["rows"] == 10
    assert found["slices"]["graz"]["metrics"]["accuracy"]["status"] == "insufficient"


@pytest.mark.parametrize("where", ["splits", "method"])
def test_the_group_that_splits_or_method_name_is_resampled_whole(gate: Gate, where: str) -> None:
    dataset, part = two_classes(wrong=5)
    data = {**POSITIVE["data"], "splits": {"group": "patient"} if where == "splits" else {}}
    method = {"kind": "hold-out"} if where == "splits" else {"kind": "grouped-k-fold", "k": 2, "group": "patient"}
    found, _ = gate({"metrics": {"accuracy": {}}, "method": method}, [part], dataset, data=data)
    assert found["metrics"]["accuracy"]["method"].endswith("by group")

"""The worst group against the best: what the intervals of all groups leave open bounds the disparity."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")
torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Feature
from stdspec.run.evaluate.fairness import _disparity, _within
from stdspec.run.evaluate.intervals import Interval, clopper_pearson
from stdspec.run.evaluate.measure import Measured
from stdspec.run.evaluate.pool import Predictions

pytestmark = pytest.mark.run

Gate = Callable[..., tuple[dict[str, Any], dict[str, Any]]]
CLAIM = {"groups": ["sex"], "metric": "accuracy", "as": "ratio", "tolerance": 0.8, "at_least_n": 50}


def groups(*sizes_and_errors: tuple[str, int, int]) -> tuple[Dataset, Predictions]:
    """Rows of some groups: (name, rows, how many of them are predicted wrongly)."""
    names = np.concatenate([np.full(n, name) for name, n, _ in sizes_and_errors])
    wrong = np.concatenate([np.arange(n) < errors for _, n, errors in sizes_and_errors])
    target = np.arange(len(names)) % 2
    sure = np.where(wrong, 0.2, 0.8)
    positive = np.where(target == 1, sure, 1 - sure)
    scores = np.stack([1 - positive, positive], axis=1)
    inputs = np.arange(len(names), dtype=np.float32)[:, None]
    dataset = Dataset("tabular", inputs, target, ("no", "yes"), (Feature("size", "float32"),), {"sex": names})
    index = np.arange(len(names))
    return dataset, Predictions(index, target, scores, None, {}, np.full(len(names), "holdout"), ("no", "yes"))


def fairness(gate: Gate, claim: dict[str, Any], data: tuple[Dataset, Predictions], judge: str = "bound") -> Any:
    dataset, part = data
    evaluation = {"metrics": {"accuracy": {}, "rmse" if not dataset.classes else "recall": {}}, "judge": judge}
    found, records = gate(evaluation, [part], dataset, governance={"fairness": claim})
    return found["fairness"]["sex"], records["run.governance.fairness.sex"].value


def test_a_ratio_is_bounded_by_the_intervals_of_the_groups(gate: Gate) -> None:
    found, record = fairness(gate, CLAIM, groups(("f", 200, 20), ("m", 300, 15)))
    worst, best = clopper_pearson(180, 200, 0.975), clopper_pearson(285, 300, 0.975)
    assert found["estimate"] == pytest.approx(0.9 / 0.95)
    assert found["lower"] == pytest.approx(worst[0] / best[1])
    assert found["upper"] == 1.0  # the groups may be alike
    assert (found["within"], found["n"]) == (True, 200)
    assert found["groups"]["f"]["estimate"] == 0.9
    assert record["within"] is True
    assert record["tolerance"] == 0.8


def test_a_difference_is_bounded_on_the_other_side(gate: Gate) -> None:
    claim = {**CLAIM, "as": "difference", "tolerance": 0.1}
    found, _ = fairness(gate, claim, groups(("f", 200, 60), ("m", 300, 15)))
    f, m = clopper_pearson(140, 200, 0.975), clopper_pearson(285, 300, 0.975)
    assert found["estimate"] == pytest.approx(0.25)
    assert found["lower"] == pytest.approx(m[0] - f[1])
    assert found["upper"] == pytest.approx(m[1] - f[0])
    assert found["within"] is False


def test_few_rows_cannot_show_that_groups_are_treated_alike(gate: Gate) -> None:
    few = groups(("f", 10, 0), ("m", 300, 0))
    found, _ = fairness(gate, CLAIM, few)
    assert (found["estimate"], found["within"], found["n"]) == (1.0, False, 10)
    by_point, _ = fairness(gate, CLAIM, few, judge="point")
    assert by_point["within"] is True


def test_more_groups_need_surer_intervals(gate: Gate) -> None:
    two, _ = fairness(gate, CLAIM, groups(("a", 200, 20), ("b", 200, 20)))
    four, _ = fairness(gate, CLAIM, groups(("a", 200, 20), ("b", 200, 20), ("c", 200, 20), ("d", 200, 20)))
    assert four["lower"] < two["lower"]
    assert four["method"] == "from the intervals of 4 groups, each at 98.75 %"


def test_rows_without_a_group_are_one(gate: Gate) -> None:
    found, _ = fairness(gate, CLAIM, groups(("f", 200, 20), ("", 30, 25)))
    assert list(found["groups"]) == ["(no value)", "f"]
    assert (found["n"], found["within"]) == (30, False)


def test_one_group_has_nothing_to_be_compared_with(gate: Gate) -> None:
    found, record = fairness(gate, CLAIM, groups(("f", 200, 20)))
    assert found["within"] is None
    assert "within" not in record
    assert record["lower"] == "nan"


def test_a_group_that_is_always_wrong_is_treated_worst(gate: Gate) -> None:
    found, _ = fairness(gate, CLAIM, groups(("f", 60, 60), ("m", 60, 0)))
    assert (found["estimate"], found["lower"], found["within"]) == (0.0, 0.0, False)


def test_where_every_group_is_always_wrong_there_is_no_ratio(gate: Gate) -> None:
    found, record = fairness(gate, CLAIM, groups(("f", 60, 60), ("m", 60, 60)))
    assert found["within"] is None
    assert "within" not in record


def measured(estimate: float, lower: float, upper: float) -> Measured:
    return Measured(estimate, Interval(lower, upper, "given"), 100, 0.95)


NONE = math.nan
ALIKE = (measured(0.90, 0.85, 0.95), measured(0.88, 0.84, 0.94))


@pytest.mark.parametrize(("kind", "tolerance"), [("ratio", 0.8), ("difference", 0.2)])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_group_of_which_nothing_is_known_is_not_left_out(kind: str, tolerance: float, order: tuple[int, ...]) -> None:
    claim = {"as": kind, "tolerance": tolerance}

    def judged(third: Measured) -> list[bool | None]:
        found = _disparity(kind, [(*ALIKE, third)[index] for index in order])
        return [_within(claim, found, judge) for judge in ("bound", "point")]

    assert judged(ALIKE[0]) == [True, True]
    assert judged(measured(NONE, NONE, NONE)) == [None, None]
    assert judged(measured(0.1, NONE, NONE)) == [None, False]  # an estimate, and resamples that do not vary


@pytest.mark.parametrize("kind", ["ratio", "difference"])
def test_estimates_without_intervals_bound_nothing(kind: str) -> None:
    found = _disparity(kind, [measured(0.5, NONE, NONE), measured(1.0, NONE, NONE)])
    assert found[0] == 0.5
    assert all(math.isnan(end) for end in found[1:])


@pytest.mark.parametrize(
    ("claim", "words", "place"),
    [
        ({"groups": ["race"]}, "has no column 'race'", "governance.fairness.groups"),
        ({"groups": ["size"]}, "more than 100 values", "governance.fairness.groups"),
        ({"metric": "auroc"}, "has no metric 'auroc'", "governance.fairness.metric"),
    ],
)
def test_a_claim_that_cannot_be_tested_is_refused(gate: Gate, claim: Any, words: str, place: str) -> None:
    with pytest.raises(RunError, match=words) as caught:
        fairness(gate, {**CLAIM, **claim}, groups(("f", 200, 20), ("m", 300, 15)))
    assert caught.value.place == place


def test_without_a_claim_nothing_is_compared(gate: Gate) -> None:
    dataset, part = groups(("f", 20, 2), ("m", 30, 1))
    found, records = gate({"metrics": {"accuracy": {}}}, [part], dataset)
    assert found["fairness"] == {}
    assert not [path for path in records if path.startswith("run.governance")]

"""The estimate is scikit-learn's; what is resampled must agree with it, and its counts must mean repeated rows."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
from sklearn import metrics as sk

from stdspec.errors import RunError
from stdspec.run.evaluate.declared import declared
from stdspec.run.evaluate.measure import Policy, measure
from stdspec.run.evaluate.metrics import KINDS, Case, Metric, proportion

pytestmark = pytest.mark.run

CLASSES = {2: ("benign", "malignant"), 4: ("a", "b", "c", "d")}


def some(classes: int, n: int = 150) -> Case:
    """Scores that know something of the target, rounded so that there are ties."""
    rng = np.random.default_rng(classes)
    target = rng.integers(0, classes, n)
    scores = rng.dirichlet(np.ones(classes), n) * 0.7
    scores[np.arange(n), target] += 0.3
    scores = np.round(scores, 1) + 0.01
    return Case(target, scores / scores.sum(axis=1, keepdims=True))


def every(task: str, classes: int) -> list[Metric]:
    config = {
        f"{kind}_{average}": {"kind": kind} | ({"average": average} if average else {})
        for kind, item in KINDS.items()
        if item.task == task
        for average in item.averages or (None,)
    }
    return declared(config, CLASSES.get(classes, ()), task, CLASSES[classes][1] if classes else None)


@pytest.mark.parametrize("metric", every("classification", 2), ids=lambda item: item.name)
def test_two_classes_resampled_and_estimated_agree(metric: Metric) -> None:
    agree(metric, some(2))


@pytest.mark.parametrize("metric", every("classification", 4), ids=lambda item: item.name)
def test_four_classes_resampled_and_estimated_agree(metric: Metric) -> None:
    agree(metric, some(4))


@pytest.mark.parametrize("metric", every("regression", 0), ids=lambda item: item.name)
def test_values_resampled_and_estimated_agree(metric: Metric) -> None:
    rng = np.random.default_rng(0)
    target = rng.normal(size=150).astype(np.float32) * 3 + 50
    agree(metric, Case(target, target + rng.normal(size=150)))


def agree(metric: Metric, case: Case) -> None:
    """The statistic on plain rows is the estimate, and on counted rows the estimate on the rows so repeated."""
    kind = KINDS[metric.kind]
    statistic = kind.statistic(case, metric)
    assert statistic(np.ones((len(case), 1)))[0] == pytest.approx(kind.estimate(case, metric), abs=1e-9)
    counts = np.random.default_rng(1).integers(0, 4, (len(case), 3)).astype(float)
    repeated = [case.take(np.repeat(np.arange(len(case)), counts[:, column].astype(int))) for column in range(3)]
    assert statistic(counts) == pytest.approx([kind.estimate(item, metric) for item in repeated], abs=1e-9)


def test_estimates_are_scikit_learns() -> None:
    case = some(2)
    decided = case.scores.argmax(axis=1)
    known = {
        "accuracy": sk.accuracy_score(case.target, decided),
        "balanced_accuracy": sk.balanced_accuracy_score(case.target, decided),
        "precision": sk.precision_score(case.target, decided),
        "recall": sk.recall_score(case.target, decided),
        "specificity": sk.recall_score(case.target, decided, pos_label=0),
        "f1": sk.f1_score(case.target, decided),
        "mcc": sk.matthews_corrcoef(case.target, decided),
        "auroc": sk.roc_auc_score(case.target, case.scores[:, 1]),
        "average_precision": sk.average_precision_score(case.target, case.scores[:, 1]),
        "log_loss": sk.log_loss(case.target, case.scores),
        "brier": sk.brier_score_loss(case.target, case.scores[:, 1]),
    }
    metrics = declared({name: {} for name in known}, CLASSES[2], "classification", "malignant")
    assert {item.name: KINDS[item.kind].estimate(case, item) for item in metrics} == pytest.approx(known)


def test_the_brier_score_of_many_classes_is_scikit_learns() -> None:
    case = some(4)
    [metric] = declared({"brier": {}}, CLASSES[4], "classification", None)
    assert KINDS["brier"].estimate(case, metric) == pytest.approx(sk.brier_score_loss(case.target, case.scores))


def test_a_threshold_moves_the_decision_and_is_met_by_equality() -> None:
    case = Case(np.array([1, 1, 0, 0]), np.array([[0.7, 0.3], [0.4, 0.6], [0.8, 0.2], [0.1, 0.9]]))
    entry = {"kind": "recall", "average": "binary", "positive": "malignant"}
    metrics = declared(
        {"half": entry, "low": entry | {"threshold": 0.3}, "above": entry | {"threshold": 0.31}},
        CLASSES[2],
        "classification",
        None,
    )
    assert [KINDS["recall"].estimate(case, item) for item in metrics] == [0.5, 1.0, 0.5]


def test_the_first_class_can_be_the_positive_one() -> None:
    case = Case(np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]))
    entry = {"kind": "recall", "average": "binary", "positive": "benign"}
    [plain, low] = declared({"plain": entry, "low": entry | {"threshold": 0.2}}, CLASSES[2], "classification", None)
    assert KINDS["recall"].estimate(case, plain) == 0.5
    assert KINDS["recall"].estimate(case, low) == 1.0


def test_the_trials_of_a_proportion_are_the_rows_that_it_rests_on() -> None:
    target = np.array([1] * 30 + [0] * 70)
    score = np.where(np.arange(100) < 25, 0.9, 0.1)
    case = Case(target, np.stack([1 - score, score], axis=1))
    metrics = declared(
        {"recall": {}, "specificity": {}, "precision": {}, "accuracy": {}, "f1": {}},
        CLASSES[2],
        "classification",
        "malignant",
    )
    assert [proportion(case, item) for item in metrics] == [(25, 30), (70, 70), (25, 25), (95, 100), None]


def test_a_class_that_is_never_predicted_pulls_macro_precision_down() -> None:
    case = Case(np.array([0, 1, 2]), np.array([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.8, 0.2, 0.0]]))
    [metric] = declared({"precision": {"average": "macro"}}, ("a", "b", "c"), "classification", None)
    assert KINDS["precision"].estimate(case, metric) == pytest.approx((0.5 + 1 + 0) / 3)


def test_a_recall_without_a_positive_row_is_undefined_and_meets_no_limit() -> None:
    case = Case(np.array([0, 0]), np.array([[0.9, 0.1], [0.2, 0.8]]))
    [metric] = declared({"recall": {"at_least": 0.0}}, CLASSES[2], "classification", "malignant")
    measured = measure(metric, case, None, Policy())
    assert math.isnan(measured.estimate)
    assert measured.n == 0
    assert not measured.meets(0.0, "at_least", "point")


def test_proportions_get_the_exact_interval_and_groups_a_bootstrap() -> None:
    case = some(2)
    [metric] = declared({"accuracy": {}}, CLASSES[2], "classification", None)
    exact = measure(metric, case, None, Policy())
    assert exact.interval.method == "exact (Clopper-Pearson)"
    grouped = measure(metric, case, np.arange(len(case)) // 10, Policy())
    assert grouped.interval.method == "bootstrap BCa, 2000 resamples, by group"
    forced = measure(metric, case, np.arange(len(case)) // 10, Policy(kind="exact"))
    assert forced.interval == grouped.interval  # there is no exact interval for rows that depend on each other


def test_a_perfect_auroc_of_few_rows_is_not_certain() -> None:
    score = np.array([0.1, 0.2, 0.3, 0.8, 0.9])
    case = Case(np.array([0, 0, 0, 1, 1]), np.stack([1 - score, score], axis=1))
    [metric] = declared({"auroc": {}}, CLASSES[2], "classification", "malignant")
    measured = measure(metric, case, None, Policy())
    assert measured.estimate == 1.0
    assert measured.interval.lower == pytest.approx(0.025**0.5)  # two of two
    assert measured.interval.method == "exact for 2 of 2 (no error seen)"


@pytest.mark.parametrize(
    ("config", "task", "positive", "words"),
    [
        ({"auroc": {}}, "regression", None, "'auroc' is no metric of regression"),
        ({"recall": {"average": "binary"}}, "classification", None, "needs its positive class"),
        ({"recall": {"positive": "malign"}}, "classification", None, "'malign' is no class of the target"),
        ({"accuracy": {"threshold": 0.3}}, "classification", None, "a threshold decides for one class"),
        ({"accuracy": {"at_least": 0.1, "at_most": 0.9}}, "classification", None, "one gate, and this one has two"),
        ({"hits": {}}, "classification", None, "there is no metric 'hits'"),
    ],
)
def test_a_metric_that_cannot_be_is_refused_in_its_place(
    config: dict[str, dict[str, object]], task: str, positive: str | None, words: str
) -> None:
    with pytest.raises(RunError) as caught:
        declared(config, CLASSES[2], task, positive)
    assert words in caught.value.message
    assert caught.value.place == f"evaluation.metrics.{next(iter(config))}"


def test_a_null_takes_a_metric_away() -> None:
    assert [item.name for item in declared({"accuracy": None, "mcc": {}}, CLASSES[2], "classification", None)] == [
        "mcc"
    ]


@pytest.mark.parametrize("kind", ["log-loss", "brier"])
def test_an_interval_covers_the_chance_in_the_number_of_rows_of_each_class(kind: str) -> None:
    rng, covered, rounds = np.random.default_rng(1), 0, 80

    def drawn(n: int) -> Case:
        target = (rng.random(n) < 0.1).astype(np.int64)
        score = 1 / (1 + np.exp(2.5 - rng.normal(size=n) - 2 * target))
        return Case(target, np.stack([1 - score, score], axis=1))

    metric = Metric("it", kind)
    truth = KINDS[kind].estimate(drawn(400_000), metric)
    for seed in range(rounds):
        interval = measure(metric, drawn(300), None, Policy(seed=seed, resamples=300)).interval
        covered += interval.lower <= truth <= interval.upper
    assert covered / rounds >= 0.88  # resampled within the classes it is 0.78 and 0.71


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"auroc": {}}, "stratified by class"),
        ({"balanced_accuracy": {}}, "stratified by class"),
        ({"recall": {"average": "macro"}}, "stratified by class"),
        ({"recall": {"average": "weighted"}}, "by row"),
        ({"f1": {"average": "macro"}}, "by row"),
        ({"average_precision": {}}, "by row"),
    ],
)
def test_rows_are_drawn_within_their_class_only_where_frequency_does_not_matter(
    entry: dict[str, dict[str, object]], words: str
) -> None:
    [metric] = declared(entry, CLASSES[2], "classification", "malignant")
    assert measure(metric, some(2), None, Policy(resamples=100)).interval.method.endswith(words)


def test_no_width_is_no_certainty() -> None:
    one = measure(Metric("mae", "mae", side="at_most"), Case(np.array([1.0]), np.array([1.5])), None, Policy())
    assert one.estimate == 0.5
    assert not one.meets(1.0, "at_most", "bound")
    assert one.meets(1.0, "at_most", "point")
    constant = Case(np.arange(40) % 2, np.tile([0.6, 0.4], (40, 1)))  # always says the first class
    measured = measure(Metric("balanced", "balanced-accuracy"), constant, None, Policy())
    assert (measured.estimate, measured.as_json()["lower"]) == (0.5, None)
    assert measured.interval.method == "none: the resamples do not vary"

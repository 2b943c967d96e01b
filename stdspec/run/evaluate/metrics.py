"""The table of metrics: how each is estimated, resampled, and which of them are proportions.

The estimate is scikit-learn's. What is resampled thousands of times is computed here on counts of rows; tests hold the
two to the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct
from sklearn import metrics as sk

from stdspec.run.data.dataset import Array
from stdspec.run.evaluate import confusion, ranking
from stdspec.run.evaluate.intervals import Statistic


class Metric(Struct, frozen=True):
    """One metric as the spec declares it, with everything decided.

    Attributes:
        name: its key in the spec.
        kind: a key of `KINDS`.
        average: binary, macro, micro or weighted; None where the kind has no classes to average over.
        positive: the index of the positive class, or None.
        threshold: the score from which a row is called positive, or None: the class with the highest score.
        limit: the number asked for, or None.
        side: at_least or at_most: which way the limit points, by default the kind's good direction.
    """

    name: str
    kind: str
    average: str | None = None
    positive: int | None = None
    threshold: float | None = None
    limit: float | None = None
    side: str = "at_least"

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger value is the better one."""
        return KINDS[self.kind].higher_is_better


class Case(Struct, frozen=True):
    """Scores beside the truth: target (n,) and scores (n, C) probabilities, or values (n,) for regression."""

    target: Array
    scores: Array

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.target)

    def take(self, rows: Array) -> Case:
        """The case of some rows, by position or mask."""
        return Case(self.target[rows], self.scores[rows])


class Kind(Struct, frozen=True):
    """A kind of metric.

    Attributes:
        task: classification or regression.
        higher_is_better: which way is good.
        averages: the averages that it knows; empty where there is nothing to average.
        estimate: its value on a case.
        statistic: the same as a function of counts of rows.
        ceiling: the best value there is, or None.
    """

    task: str
    higher_is_better: bool
    averages: tuple[str, ...]
    estimate: Callable[[Case, Metric], float]
    statistic: Callable[[Case, Metric], Statistic]
    ceiling: float | None = None


ALL_AVERAGES: Final = ("binary", "macro", "micro", "weighted")


def decisions(case: Case, metric: Metric) -> tuple[Array, Array, int]:
    """(true class, decided class, number of classes); for a binary average 1 is the positive class and 0 all others."""
    positive = metric.positive
    decided = np.argmax(case.scores, axis=1)
    if metric.threshold is not None and positive is not None:
        called = case.scores[:, positive] >= metric.threshold
        if metric.average != "binary":  # two classes: what is not positive is the other one
            return case.target, np.where(called, positive, 1 - positive), 2
        return (case.target == positive).astype(np.int64), called.astype(np.int64), 2
    if metric.average == "binary":
        return (case.target == positive).astype(np.int64), (decided == positive).astype(np.int64), 2
    return case.target, decided, case.scores.shape[1]


def one_against_rest(case: Case, metric: Metric) -> Case:
    """For a binary average the case of the positive class (column 1) against all others (column 0)."""
    if metric.average != "binary" or metric.positive is None:
        return case
    score = case.scores[:, metric.positive]
    return Case((case.target == metric.positive).astype(np.int64), np.stack([1 - score, score], axis=1))


def _decided(kind: str, library: Callable[..., Any]) -> Kind:
    """A metric of decisions; `library` is the scikit-learn function for (target, decided, average)."""

    def estimate(case: Case, metric: Metric) -> float:
        target, decided, classes = decisions(case, metric)
        return float(library(target, decided, metric.average, range(classes)))

    def statistic(case: Case, metric: Metric) -> Statistic:
        target, decided, classes = decisions(case, metric)
        return lambda counts: confusion.value(
            kind, metric.average or "macro", confusion.resampled(target, decided, classes, counts)
        )

    averages = ALL_AVERAGES if kind in confusion.PER_CLASS else ()
    return Kind("classification", True, averages, estimate, statistic, ceiling=1.0)


def _averaged(function: Callable[..., Any], undefined: float) -> Callable[..., Any]:
    """A scikit-learn function of (target, decided) with our averages; `undefined` is the value of 0/0."""

    def call(target: Array, decided: Array, average: str, labels: range) -> Any:
        if average == "binary":
            return function(target, decided, average="binary", pos_label=1, zero_division=undefined)
        if average == "macro" and np.isnan(undefined):  # scikit-learn averages the defined classes only without labels
            values = function(target, decided, average=None, labels=labels, zero_division=undefined)
            return np.nanmean(values)
        return function(target, decided, average=average, labels=labels, zero_division=undefined)

    return call


def _specificity(target: Array, decided: Array, average: str, labels: range) -> Any:
    """The recall of "not this class", averaged over classes as declared; scikit-learn has no function of this name."""
    if average == "binary":
        return sk.recall_score(target == 0, decided == 0, zero_division=np.nan)
    rest = [(target != label, decided != label) for label in labels]
    if average == "micro":
        return sk.recall_score(
            np.concatenate([t for t, _ in rest]), np.concatenate([d for _, d in rest]), zero_division=np.nan
        )
    values = np.array([sk.recall_score(t, d, zero_division=np.nan) for t, d in rest])
    weights = np.bincount(target, minlength=len(labels)) if average == "weighted" else np.ones(len(labels))
    defined = np.isfinite(values)
    return np.average(values[defined], weights=weights[defined]) if defined.any() else np.nan


def _ranked(kind: str, library: Callable[..., Any]) -> Kind:
    def estimate(case: Case, metric: Metric) -> float:
        if metric.average == "binary":
            pair = one_against_rest(case, metric)
            defined = 0 < pair.target.sum() < len(pair)
            return float(library(pair.target, pair.scores[:, 1])) if defined else float("nan")
        hits = case.target[:, None] == np.arange(case.scores.shape[1])
        if metric.average != "micro" and not hits.any(axis=0).all():
            return float("nan")  # a class without a row has no curve
        return float(library(hits.astype(np.int64), case.scores, average=metric.average))

    def statistic(case: Case, metric: Metric) -> Statistic:
        pair = one_against_rest(case, metric)
        return ranking.averaged(kind, metric.average or "macro", pair.target, pair.scores)

    return Kind("classification", True, ALL_AVERAGES, estimate, statistic, ceiling=1.0)


def _mean_of(rows: Callable[[Case], Array], library: Callable[[Case], Any], task: str, *, root: bool = False) -> Kind:
    """A mean of one number a row, or its square root; smaller is better."""

    def statistic(case: Case, metric: Metric) -> Statistic:  # noqa: ARG001  the same for every declaration
        values = rows(case)

        def mean(counts: Array) -> Array:
            found = (values @ counts) / counts.sum(axis=0)
            return np.asarray(np.sqrt(found) if root else found)

        return mean

    return Kind(task, False, (), lambda case, _: float(library(case)), statistic)


def _log_loss_rows(case: Case) -> Array:
    scores = case.scores.astype(np.float64)
    chosen = scores[np.arange(len(case)), case.target] / scores.sum(axis=1)
    return np.asarray(-np.log(np.clip(chosen, np.finfo(np.float64).eps, None)))


def _log_loss(case: Case) -> Any:
    scores = case.scores.astype(np.float64)
    return sk.log_loss(case.target, scores / scores.sum(axis=1, keepdims=True), labels=range(scores.shape[1]))


def _brier_rows(case: Case) -> Array:
    hits = case.target[:, None] == np.arange(case.scores.shape[1])
    total = np.sum((case.scores.astype(np.float64) - hits) ** 2, axis=1)
    return np.asarray(total / 2 if case.scores.shape[1] == 2 else total)


def _brier(case: Case) -> Any:
    """Brier, "Verification of forecasts expressed in terms of probability", 1950; for two classes its half."""
    hits = (case.target[:, None] == np.arange(case.scores.shape[1])).astype(np.float64)
    summed = sk.mean_squared_error(hits, case.scores.astype(np.float64)) * case.scores.shape[1]
    return summed / 2 if case.scores.shape[1] == 2 else summed


def _errors(case: Case) -> Array:
    return np.asarray(case.scores.astype(np.float64) - case.target)


def _r2_statistic(case: Case, metric: Metric) -> Statistic:  # noqa: ARG001
    centred = case.target.astype(np.float64) - np.mean(case.target, dtype=np.float64)
    squared = _errors(case) ** 2

    def statistic(counts: Array) -> Array:
        total = counts.sum(axis=0)
        spread = (centred**2) @ counts - (centred @ counts) ** 2 / total
        return np.asarray(1 - np.divide(squared @ counts, spread, out=np.full(total.shape, np.nan), where=spread > 0))

    return statistic


def _r2(case: Case, metric: Metric) -> float:  # noqa: ARG001
    return float(sk.r2_score(case.target, case.scores)) if len(case) > 1 else float("nan")


KINDS: Final[Mapping[str, Kind]] = {
    "accuracy": _decided("accuracy", lambda t, d, average, labels: sk.accuracy_score(t, d)),  # noqa: ARG005
    "balanced-accuracy": _decided(
        "balanced-accuracy",
        lambda t, d, average, labels: _averaged(sk.recall_score, np.nan)(t, d, "macro", labels),  # noqa: ARG005
    ),
    "precision": _decided("precision", _averaged(sk.precision_score, 0.0)),
    "recall": _decided("recall", _averaged(sk.recall_score, np.nan)),
    "specificity": _decided("specificity", _specificity),
    "f1": _decided("f1", _averaged(sk.f1_score, np.nan)),
    "mcc": _decided("mcc", lambda t, d, average, labels: sk.matthews_corrcoef(t, d)),  # noqa: ARG005
    "auroc": _ranked("auroc", sk.roc_auc_score),
    "average-precision": _ranked("average-precision", sk.average_precision_score),
    "log-loss": _mean_of(_log_loss_rows, _log_loss, "classification"),
    "brier": _mean_of(_brier_rows, _brier, "classification"),
    "mae": _mean_of(
        lambda case: np.abs(_errors(case)), lambda case: sk.mean_absolute_error(case.target, case.scores), "regression"
    ),
    "mse": _mean_of(
        lambda case: _errors(case) ** 2, lambda case: sk.mean_squared_error(case.target, case.scores), "regression"
    ),
    "rmse": _mean_of(
        lambda case: _errors(case) ** 2,
        lambda case: sk.root_mean_squared_error(case.target, case.scores),
        "regression",
        root=True,
    ),
    "r2": Kind("regression", True, (), _r2, _r2_statistic, ceiling=1.0),
}
"""Kind to how it is computed."""


def within_classes(metric: Metric) -> bool:
    """Whether the metric stays the same when the rows of a class become more frequent."""
    if metric.kind in ("recall", "specificity"):
        return metric.average in ("binary", "macro")
    return metric.kind in ("auroc", "balanced-accuracy")


def proportion(case: Case, metric: Metric) -> tuple[int, int] | None:
    """(successes, trials) where the metric is a proportion of rows, else None."""
    if metric.kind not in ("accuracy", *confusion.PER_CLASS):
        return None
    target, decided, classes = decisions(case, metric)
    return confusion.trials(metric.kind, metric.average or "macro", confusion.counts_of(target, decided, classes))

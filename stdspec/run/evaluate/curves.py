"""The points that a report draws: ROC, precision-recall, calibration, and predicted against true values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn import metrics as sk

from stdspec.run.data.dataset import Array
from stdspec.run.evaluate.metrics import Case

POINTS: Final = 200
"""The most points of a curve; a report is looked at, not measured."""
_BINS: Final = 10
_MOST_CLASSES: Final = 10


def _thinned(points: Array, most: int = POINTS) -> list[list[float]]:
    """At most `most` points, the first and the last among them, rounded for the eye."""
    if len(points) > most:
        points = points[np.unique(np.linspace(0, len(points) - 1, most).round().astype(np.int64))]
    return [[round(float(value), 5) for value in point] for point in points]


def calibration(hit: Array, score: Array) -> list[list[float]]:
    """Mean score, observed share and number of rows in each of ten bins of equal width; empty bins are left out.

    The reliability diagram of DeGroot and Fienberg, "The comparison and evaluation of forecasters" (1983).
    """
    bins = np.minimum((score * _BINS).astype(np.int64), _BINS - 1)
    rows = [(score[bins == b].mean(), hit[bins == b].mean(), int(np.sum(bins == b))) for b in np.unique(bins)]
    return [[round(float(mean), 5), round(float(share), 5), count] for mean, share, count in rows]


def of_classification(case: Case, classes: tuple[str, ...], positive: int | None) -> dict[str, Any]:
    """The curves of each class against the rest: only the positive one of two classes, at most ten otherwise."""
    chosen = range(min(len(classes), _MOST_CLASSES))
    if len(classes) == 2:
        chosen = range(1, 2) if positive is None else range(positive, positive + 1)
    curves: dict[str, list[dict[str, Any]]] = {"roc": [], "precision_recall": [], "calibration": []}
    for index in chosen:
        hit, score = case.target == index, case.scores[:, index]
        if not 0 < hit.sum() < len(hit):
            continue  # one class only: there is no curve
        false_positive, true_positive, _ = sk.roc_curve(hit, score)
        precision, recall, _ = sk.precision_recall_curve(hit, score)
        label = classes[index]
        curves["roc"].append({"label": label, "points": _thinned(np.stack([false_positive, true_positive], axis=1))})
        by_recall = np.stack([recall, precision], axis=1)[::-1]
        curves["precision_recall"].append({"label": label, "points": _thinned(by_recall)})
        curves["calibration"].append({"label": label, "points": calibration(hit, score)})
    return curves


def of_regression(case: Case) -> dict[str, Any]:
    """True and predicted values, by the true one."""
    order = np.argsort(case.target, kind="stable")
    return {"predicted": {"points": _thinned(np.stack([case.target, case.scores], axis=1)[order])}}

"""Metrics of decisions: everything that can be computed from a confusion matrix, for one matrix or thousands at once.

Matrices have shape (..., C, C), true class by predicted class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from stdspec.run.data.dataset import Array


def counts_of(target: Array, predicted: Array, classes: int) -> Array:
    """The confusion matrix, shape (C, C) int64."""
    cells = np.bincount(target * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def resampled(target: Array, predicted: Array, classes: int, counts: Array) -> Array:
    """One confusion matrix a resample, shape (b, C, C), from counts of shape (n, b)."""
    cells, cell_of = np.unique(target * classes + predicted, return_inverse=True)
    member = np.zeros((len(cells), len(target)))
    member[cell_of, np.arange(len(target))] = 1.0
    matrices = np.zeros((counts.shape[1], classes * classes))
    matrices[:, cells] = (member @ counts).T
    return matrices.reshape(-1, classes, classes)


def _ratio(top: Array, bottom: Array, undefined: float) -> Array:
    return np.divide(top, bottom, out=np.full(np.shape(top), undefined, dtype=np.float64), where=np.asarray(bottom) > 0)


def _parts(matrix: Array) -> tuple[Array, Array, Array, Array]:
    """True positives, false positives, false negatives and true negatives of each class, each of shape (..., C)."""
    hit = np.diagonal(matrix, axis1=-2, axis2=-1).astype(np.float64)
    false_positive = matrix.sum(axis=-2) - hit
    missed = matrix.sum(axis=-1) - hit
    return hit, false_positive, missed, matrix.sum(axis=(-2, -1))[..., None] - hit - false_positive - missed


# A recall without a case of its class is undefined; a precision without a prediction is 0, so that a class that is
# never predicted pulls the average down and does not vanish from it.
Parts = tuple[Array, Array, Array, Array]
PER_CLASS: Final[Mapping[str, Callable[[Parts], tuple[Array, Array, float]]]] = {
    "recall": lambda p: (p[0], p[0] + p[2], np.nan),
    "precision": lambda p: (p[0], p[0] + p[1], 0.0),
    "specificity": lambda p: (p[3], p[3] + p[1], np.nan),
    "f1": lambda p: (2 * p[0], 2 * p[0] + p[1] + p[2], np.nan),
}
"""Kind to (numerator, denominator, value where the denominator is 0) of each class."""


def _mean(values: Array, weights: Array | None = None) -> Array:
    """The mean over classes of what is defined, NaN where nothing is."""
    defined = np.isfinite(values)
    weight = defined * (1.0 if weights is None else weights)
    return _ratio(np.sum(np.where(defined, values, 0.0) * weight, axis=-1), np.sum(weight, axis=-1), np.nan)


def _micro(parts: Parts, kind: str) -> Array:
    summed = tuple(part.sum(axis=-1) for part in parts)
    return _ratio(*PER_CLASS[kind]((summed[0], summed[1], summed[2], summed[3])))


AVERAGES: Final[Mapping[str, Callable[[Parts, str], Array]]] = {
    "binary": lambda parts, kind: _ratio(*PER_CLASS[kind](parts))[..., 1],
    "macro": lambda parts, kind: _mean(_ratio(*PER_CLASS[kind](parts))),
    "weighted": lambda parts, kind: _mean(_ratio(*PER_CLASS[kind](parts)), parts[0] + parts[2]),
    "micro": _micro,
}
"""How the classes become one number. ``binary`` is class 1 of a matrix of two."""


def _mcc(matrix: Array) -> Array:
    """The correlation of true and predicted class; 0 where either never varies.

    Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient" (2004).
    """
    total = matrix.sum(axis=(-2, -1)).astype(np.float64)
    true, called = matrix.sum(axis=-1).astype(np.float64), matrix.sum(axis=-2).astype(np.float64)
    covariance = np.trace(matrix, axis1=-2, axis2=-1) * total - np.sum(true * called, axis=-1)
    spread = (total**2 - np.sum(true**2, axis=-1)) * (total**2 - np.sum(called**2, axis=-1))
    return _ratio(covariance, np.sqrt(spread), 0.0)


def value(kind: str, average: str, matrix: Array) -> Array:
    """A metric of decisions, one number a matrix, shape (...)."""
    if kind == "accuracy":
        return _ratio(np.trace(matrix, axis1=-2, axis2=-1).astype(np.float64), matrix.sum(axis=(-2, -1)), np.nan)
    if kind == "mcc":
        return _mcc(matrix)
    if kind == "balanced-accuracy":
        return AVERAGES["macro"](_parts(matrix), "recall")
    return AVERAGES[average](_parts(matrix), kind)


def trials(kind: str, average: str, matrix: Array) -> tuple[int, int] | None:
    """(successes, trials) where the metric is a proportion of independent rows; None where it is not.

    A precision is one given the predicted positives. Over classes only the micro averages are: each row has one class,
    so micro recall, precision and F1 are the accuracy.
    """
    if kind == "accuracy" or (average == "micro" and kind in ("recall", "precision", "f1")):
        return int(np.trace(matrix)), int(matrix.sum())
    if average == "binary" and kind in ("recall", "precision", "specificity"):
        top, bottom, _ = PER_CLASS[kind](_parts(matrix))
        return int(top[1]), int(bottom[1])
    return None

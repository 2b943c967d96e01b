"""Ranking metrics under resampling: AUROC and average precision of thousands of resamples at once.

Rows are sorted once; a resample only changes how often each row counts, so every resample is a cumulative sum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from stdspec.run.data.dataset import Array


def _tied(values: Array, starts: Array) -> Array:
    """Sums of the rows that share a score, shape (groups, b)."""
    return values if len(starts) == len(values) else np.add.reduceat(values, starts, axis=0)


def _sorted_groups(scores: Array, order: Array) -> Array:
    ranked = scores[order]
    return np.concatenate([[0], np.flatnonzero(ranked[1:] != ranked[:-1]) + 1])


def _divided(top: Array, bottom: Array) -> Array:
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0))


def auroc(hit: Array, scores: Array) -> Callable[[Array], Array]:
    """The area under the ROC curve of one class against the rest, as a function of counts (n, b); ties count half.

    It is the probability that a positive ranks above a negative (Hanley and McNeil, Radiology 143, 1982).
    NaN where a resample lacks positives or negatives.
    """
    order = np.argsort(scores, kind="stable")
    starts = _sorted_groups(scores, order)
    positive = hit[order].astype(np.float64)[:, None]

    def statistic(counts: Array) -> Array:
        ranked = counts[order]
        up = _tied(ranked * positive, starts)
        down = _tied(ranked * (1 - positive), starts)
        below = np.cumsum(down, axis=0)
        below -= 0.5 * down
        wins = np.einsum("ij,ij->j", up, below)
        return _divided(wins, up.sum(axis=0) * down.sum(axis=0))

    return statistic


def average_precision(hit: Array, scores: Array) -> Callable[[Array], Array]:
    """Average precision as a function of counts: precision times the step in recall, summed down the scores.

    The form of scikit-learn's `average_precision_score`, without interpolation.
    """
    order = np.argsort(-scores, kind="stable")
    starts = _sorted_groups(scores, order)
    positive = hit[order].astype(np.float64)[:, None]

    def statistic(counts: Array) -> Array:
        ranked = counts[order]
        up = _tied(ranked * positive, starts)
        found = np.cumsum(up, axis=0)
        seen = np.cumsum(_tied(ranked, starts), axis=0)
        precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
        return _divided(np.einsum("ij,ij->j", up, precision), up.sum(axis=0))

    return statistic


CURVES: Final[Mapping[str, Callable[[Array, Array], Callable[[Array], Array]]]] = {
    "auroc": auroc,
    "average-precision": average_precision,
}


def _parted(counts: Array, parts: int) -> list[Array]:
    """The counts, a few columns at a time: with pooled decisions every row appears once for each class."""
    return np.array_split(counts, min(parts, counts.shape[1]), axis=1)


def averaged(kind: str, average: str, target: Array, scores: Array) -> Callable[[Array], Array]:
    """One of `CURVES` over several classes, one against the rest; ``binary`` is class 1 of two columns.

    Args:
        kind: a key of `CURVES`.
        average: binary, macro, weighted (by the number of rows of the class) or micro (all decisions pooled).
        target: shape (n,), class indices.
        scores: shape (n, C).
    """
    classes = scores.shape[1]
    hits = target[:, None] == np.arange(classes)
    if average == "micro":
        pooled = CURVES[kind](hits.ravel(), scores.ravel())
        return lambda counts: np.concatenate(
            [pooled(np.repeat(part, classes, axis=0)) for part in _parted(counts, classes)]
        )
    if average == "binary":
        return CURVES[kind](hits[:, 1], scores[:, 1])
    parts = [CURVES[kind](hits[:, index], scores[:, index]) for index in range(classes)]

    def statistic(counts: Array) -> Array:
        values = np.stack([part(counts) for part in parts])
        if average == "macro":
            return np.asarray(values.mean(axis=0))
        weights = hits.T.astype(np.float64) @ counts
        return np.asarray((values * weights).sum(axis=0) / weights.sum(axis=0))

    return statistic

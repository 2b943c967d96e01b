"""The drift statistics: how far the distribution of a batch is from that of the reference.

Distances alert when they are great, tests when their p-value is small. Sources: PSI, Siddiqi, Credit Risk Scorecards
(2006); Jensen-Shannon, Lin, IEEE Trans. Inf. Theory 37 (1991); KS, chi-squared and Wasserstein as SciPy computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from scipy import stats

from stdspec.run.data.dataset import Array

EPSILON: Final = 1e-4
"""The share that an empty bin counts as in PSI."""

DRAWS: Final = 5000
"""How many pairs of samples without drift `by_chance` draws."""


def psi(reference: Array, batch: Array) -> Array:
    """Population stability index of counts, bins on the last axis: sum of (b - r) ln(b / r) over the shares."""
    expected, actual = np.maximum(_shares(reference), EPSILON), np.maximum(_shares(batch), EPSILON)
    return np.asarray(np.sum((actual - expected) * np.log(actual / expected), axis=-1))


def jensen_shannon(reference: Array, batch: Array) -> Array:
    """Jensen-Shannon distance of counts, bins on the last axis, in [0, 1]: the root of the divergence in bits."""
    left, right = _shares(reference), _shares(batch)
    middle: Array = (left + right) / 2
    return np.sqrt(np.maximum(0.0, (_bits(left, middle) + _bits(right, middle)) / 2))


def by_chance(distance: Callable[[Array, Array], Array], reference: Array, batch: int, level: float) -> float:
    """The distance that a batch of this size exceeds with probability `level` though nothing drifted.

    Simulated (a parametric bootstrap; the chi-squared approximation of PSI fails where bins are empty): reference and
    batch are both drawn from the shares of the reference, always with the same random numbers.

    Args:
        distance: psi or jensen_shannon.
        reference: counts of the reference, shape (bins,).
        batch: the number of values in the batch.
        level: the probability.
    """
    random, shares = np.random.default_rng(0), _shares(reference)
    drawn = distance(
        random.multinomial(int(reference.sum()), shares, size=DRAWS), random.multinomial(batch, shares, size=DRAWS)
    )
    return float(np.quantile(drawn, 1 - level, method="higher"))


def chi_squared(reference: Array, batch: Array) -> tuple[float, float]:
    """Statistic and p-value of the chi-squared test that two vectors of counts have equal shares."""
    table = np.stack([reference, batch])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return 0.0, 1.0
    result = stats.chi2_contingency(table, correction=False)
    return float(result.statistic), float(result.pvalue)


def ks(reference: Array, batch: Array) -> tuple[float, float]:
    """Statistic and p-value of the two-sided two-sample Kolmogorov-Smirnov test."""
    result = stats.ks_2samp(reference, batch)
    return float(result.statistic), float(result.pvalue)


def wasserstein(reference: Array, batch: Array) -> float:
    """The first Wasserstein distance in standard deviations of the reference; in its unit where that is constant."""
    spread = float(np.std(reference))
    return float(stats.wasserstein_distance(reference, batch)) / (spread or 1.0)


def _shares(counts: Array) -> Array:
    shares: Array = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _bits(left: Array, right: Array) -> Array:
    """Kullback-Leibler divergence in bits; 0 log 0 is 0."""
    ratio = np.divide(left, right, out=np.ones_like(left), where=left > 0)
    return np.asarray(np.sum(left * np.log2(ratio), axis=-1))


def _unadjusted(values: Array) -> Array:
    return values


def _bonferroni(values: Array) -> Array:
    grown: Array = np.minimum(1.0, values * len(values))
    return grown


def _holm(values: Array) -> Array:
    """Holm, Scand. J. Statist. 6 (1979): stepwise down from the smallest."""
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * (len(values) - np.arange(len(values))))
    return _placed(np.minimum(1.0, steps), order)


def _benjamini_hochberg(values: Array) -> Array:
    """Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995): stepwise up from the largest."""
    order = np.argsort(values, kind="stable")
    ranks = np.arange(1, len(values) + 1)
    steps = np.minimum.accumulate((values[order] * len(values) / ranks)[::-1])[::-1]
    return _placed(np.minimum(1.0, steps), order)


def _placed(ordered: Array, order: Array) -> Array:
    out: Array = np.empty_like(ordered)
    out[order] = ordered
    return out


CONTROLS: Final[Mapping[str, Callable[[Array], Array]]] = {
    "none": _unadjusted,
    "bonferroni": _bonferroni,
    "holm": _holm,
    "benjamini-hochberg": _benjamini_hochberg,
}
"""How p-values are adjusted for many tests at once."""


def adjusted(values: Sequence[float], control: str) -> list[float]:
    """The p-values adjusted for their number, in their own order."""
    if not values:
        return []
    return [float(value) for value in CONTROLS[control](np.array(values, dtype=np.float64))]

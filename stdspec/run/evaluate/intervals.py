"""Confidence intervals: exact for proportions, BCa bootstrap for everything else.

A statistic sees resamples as a matrix of counts, one column a resample, so that two thousand of them are a few matrix
operations and not two thousand calls. The same counts serve every metric of one run, which makes differences paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct
from scipy.special import betaincinv, ndtr, ndtri

from stdspec.run.data.dataset import Array

RESAMPLES = 2000
_BLOCK_CELLS = 2_000_000  # counts held at once: 16 MB of float64
_JACKKNIFE_BLOCKS = 1000  # beyond this many units the jackknife leaves out groups of units
_MOST_UNDEFINED = 0.05  # share of resamples in which a statistic may be undefined

Statistic = Callable[[Array], Array]
"""Counts of shape (n rows, b resamples) to b values; NaN where the statistic is undefined."""


class Interval(Struct, frozen=True):
    """A two-sided interval and how it was made. Both ends are NaN where no interval exists."""

    lower: float
    upper: float
    method: str


class Units(Struct, frozen=True):
    """What is drawn independently: rows, or groups of rows that belong together.

    Attributes:
        of_row: shape (n,), the unit of each row, numbered from 0.
        stratum: shape (units,), the stratum of each unit; the number of units drawn from each stratum is fixed.
        grouped: whether a unit may hold several rows.
        words: how to say it: ``stratified by class``.
    """

    of_row: Array
    stratum: Array
    grouped: bool
    words: str

    @staticmethod
    def rows(n: int, strata: Array | None = None) -> Units:
        """Every row by itself, drawn within the classes that `strata` gives, shape (n,)."""
        if strata is None:
            return Units(np.arange(n), np.zeros(n, dtype=np.int64), False, "by row")
        _, stratum = np.unique(strata, return_inverse=True)
        return Units(np.arange(n), stratum, False, "stratified by class")

    @staticmethod
    def groups(labels: Array, words: str) -> Units:
        """Rows with the same label, shape (n,), stay together."""
        _, of_row = np.unique(labels, return_inverse=True)
        count = int(of_row.max(initial=-1)) + 1
        return Units(of_row, np.zeros(count, dtype=np.int64), True, words)

    @property
    def strata(self) -> list[Array]:
        """The unit numbers of each stratum."""
        return [np.flatnonzero(self.stratum == value) for value in np.unique(self.stratum)]

    def spread(self, counts: Array) -> Array:
        """Counts of units, shape (units, b), as counts of rows, shape (n, b)."""
        return counts[self.of_row] if self.grouped else counts


def clopper_pearson(successes: int, trials: int, level: float) -> tuple[float, float]:
    """The exact interval of a binomial proportion.

    Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934), in the form by quantiles of the beta distribution. No trials give (0, 1).
    """
    tail = (1 - level) / 2
    failures = trials - successes
    lower = 0.0 if successes == 0 else float(betaincinv(successes, failures + 1, tail))
    upper = 1.0 if failures == 0 else float(betaincinv(successes + 1, failures, 1 - tail))
    return lower, upper


def resampled_counts(units: Units, resamples: int, seed: int) -> Iterator[Array]:
    """Blocks of bootstrap counts (n, b), together `resamples` columns; the same seed gives the same counts."""
    rng = np.random.default_rng(seed)
    width = max(1, min(resamples, _BLOCK_CELLS // max(1, len(units.of_row))))
    strata = units.strata
    for start in range(0, resamples, width):
        columns = min(width, resamples - start)
        counts = np.empty((len(units.stratum), columns))
        for members in strata:
            size = len(members)
            drawn = rng.integers(0, size, (size, columns)) * columns + np.arange(columns)
            counts[members] = np.bincount(drawn.ravel(), minlength=size * columns).reshape(size, columns)
        yield units.spread(counts)


def _left_out_counts(units: Units) -> Iterator[tuple[int, int, Array]]:
    """Jackknife counts: (stratum, number of left-out groups in it, counts of shape (n, b)) in blocks."""
    total = len(units.stratum)
    width = max(1, _BLOCK_CELLS // max(1, len(units.of_row)))
    for number, members in enumerate(units.strata):
        if len(members) < 2:
            continue
        groups = max(2, min(len(members), _JACKKNIFE_BLOCKS * len(members) // total))
        group_of = np.arange(len(members)) % groups
        for start in range(0, groups, width):
            columns = min(width, groups - start)
            counts = np.ones((total, columns))
            mine = (group_of >= start) & (group_of < start + columns)
            counts[members[mine], group_of[mine] - start] = 0.0
            yield number, groups, units.spread(counts)


def _acceleration(statistic: Statistic, units: Units) -> float:
    """The acceleration constant of BCa from the jackknife, over several strata.

    Efron, "Better bootstrap confidence intervals", JASA 82 (1987), equation 6.6; for several samples the sums run over
    all of them, each influence divided by its sample's size (Davison and Hinkley, *Bootstrap Methods and their
    Application*, 1997, section 5.3.2). Zero where the jackknife does not vary.
    """
    found: dict[int, list[Array]] = {}
    for stratum, _, counts in _left_out_counts(units):
        found.setdefault(stratum, []).append(statistic(counts))
    cubes = squares = 0.0
    for blocks in found.values():
        values = np.concatenate(blocks)
        size = len(values)
        influence = (size - 1) * (np.mean(values) - values) / size
        cubes += float(np.sum(influence**3))
        squares += float(np.sum(influence**2))
    return cubes / (6 * squares**1.5) if squares > 0 and np.isfinite(cubes) else 0.0


def bootstrap(
    statistic: Statistic, units: Units, level: float, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float, float]:
    """The bias-corrected and accelerated (BCa) bootstrap interval: (estimate, lower, upper).

    Efron 1987 (see `_acceleration`); the bias correction counts ties by half. Both ends are NaN when the statistic is
    undefined in more than a twentieth of the resamples. Equal values in all resamples give an interval without width:
    whoever calls must not take it for certainty.
    """
    estimate = float(statistic(np.ones((len(units.of_row), 1)))[0])
    values = np.concatenate([statistic(counts) for counts in resampled_counts(units, resamples, seed)])
    values = values[np.isfinite(values)]
    if not np.isfinite(estimate) or len(values) < (1 - _MOST_UNDEFINED) * resamples:
        return estimate, float("nan"), float("nan")
    below = (np.sum(values < estimate) + 0.5 * np.sum(values == estimate)) / len(values)
    half = 0.5 / len(values)
    shift = ndtri(np.clip(below, half, 1 - half))
    tail = (1 - level) / 2
    z = shift + ndtri(np.array([tail, 1 - tail]))
    shares = ndtr(shift + z / (1 - _acceleration(statistic, units) * z))
    lower, upper = np.quantile(values, shares)
    return estimate, float(lower), float(upper)

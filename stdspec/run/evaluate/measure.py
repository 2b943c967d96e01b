"""One metric on some rows: its estimate, its interval, and whether that meets a limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct

from stdspec.run.data.dataset import Array
from stdspec.run.evaluate.intervals import RESAMPLES, Interval, Units, bootstrap, clopper_pearson
from stdspec.run.evaluate.metrics import KINDS, Case, Metric, proportion, within_classes


class Policy(Struct, frozen=True):
    """How intervals are made and limits are judged.

    Attributes:
        level: the two-sided confidence level.
        kind: auto, exact or bootstrap.
        judge: bound (the end of the interval on the bad side) or point (the estimate).
        seed: the seed of the resamples.
        resamples: how many there are.
    """

    level: float = 0.95
    kind: str = "auto"
    judge: str = "bound"
    seed: int = 0
    resamples: int = RESAMPLES

    @staticmethod
    def of(evaluation: Mapping[str, Any], seed: int) -> Policy:
        """The policy that `evaluation` declares."""
        interval = evaluation.get("interval") or {}
        return Policy(
            level=float(interval.get("level", 0.95)),
            kind=str(interval.get("kind", "auto")),
            judge=str(evaluation.get("judge", "bound")),
            seed=seed,
            resamples=int(interval.get("resamples", RESAMPLES)),
        )


class Measured(Struct, frozen=True):
    """An estimate with its interval.

    Attributes:
        estimate: the metric; NaN where it is undefined.
        interval: its interval.
        n: what the interval rests on: the trials of a proportion, otherwise the rows; each row once, however often
            repeats of a cross-validation predicted it.
        level: the level of the interval.
    """

    estimate: float
    interval: Interval
    n: int
    level: float

    def meets(self, limit: float, side: str, judge: str) -> bool:
        """Whether the limit is met; what is undefined meets no limit."""
        worst = self.interval.lower if side == "at_least" else self.interval.upper
        value = worst if judge == "bound" else self.estimate
        return math.isfinite(value) and (value >= limit if side == "at_least" else value <= limit)

    def as_json(self) -> dict[str, Any]:
        """The numbers as plain data, null for what is not finite."""
        return {
            "estimate": finite(self.estimate),
            "lower": finite(self.interval.lower),
            "upper": finite(self.interval.upper),
            "n": self.n,
            "level": self.level,
            "method": self.interval.method,
        }


def finite(value: float) -> float | None:
    """The number, or None for NaN and the infinities, which JSON lacks."""
    return float(value) if math.isfinite(value) else None


def units_of(case: Case, metric: Metric, groups: Array | None) -> Units:
    """What is resampled: groups that belong together, else rows.

    Rows are drawn within their class only where the metric does not depend on how frequent the classes are. Elsewhere
    that would hide the chance in how many rows of each class there are, and the interval would be too short.
    """
    if groups is not None and len(np.unique(groups)) < len(groups):
        return Units.groups(groups, "by group")
    return Units.rows(len(case), case.target if within_classes(metric) else None)


def measure(metric: Metric, case: Case, groups: Array | None, policy: Policy, repeats: float = 1) -> Measured:
    """A metric on some rows with its interval.

    Proportions of independent rows get the exact interval; rows that belong together (`groups`, shape (n,)) are not
    independent, so there the groups are resampled, whatever the policy says. `repeats` is how often each row stands in
    the case.
    """
    kind = KINDS[metric.kind]
    if len(case) == 0:
        return Measured(math.nan, Interval(math.nan, math.nan, "no rows"), 0, policy.level)
    estimate = kind.estimate(case, metric)
    units = units_of(case, metric, groups)
    counted = proportion(case, metric)
    if counted and policy.kind in ("auto", "exact") and not units.grouped:
        lower, upper = clopper_pearson(*counted, policy.level)
        return Measured(estimate, Interval(lower, upper, "exact (Clopper-Pearson)"), counted[1], policy.level)
    _, lower, upper = bootstrap(kind.statistic(case, metric), units, policy.level, policy.seed, policy.resamples)
    interval = Interval(lower, upper, f"bootstrap BCa, {policy.resamples} resamples, {units.words}")
    if lower == upper:
        interval = _faultless(case, units, policy.level) if estimate == kind.ceiling else _UNVARIED
    n = round((counted[1] if counted else len(case)) / repeats)
    return Measured(estimate, interval, n, policy.level)


_UNVARIED: Final = Interval(math.nan, math.nan, "none: the resamples do not vary")
"""No width is no certainty: a single row, or the same wrong answer everywhere, says nothing of other rows."""


def _faultless(case: Case, units: Units, level: float) -> Interval:
    """The interval of a perfect score, which no resample can vary.

    With m rows (or groups) of the rarest class, m disjoint comparisons were all right; a proportion of m in m has the
    exact lower bound. For AUROC, the probability that a pair is ranked rightly, this is exact and conservative.
    """
    classes = np.issubdtype(case.target.dtype, np.integer)
    rarest = int(np.unique(case.target, return_counts=True)[1].min()) if classes else len(case)
    trials = min(rarest, len(units.stratum))
    lower, _ = clopper_pearson(trials, trials, level)
    return Interval(lower, 1.0, f"exact for {trials} of {trials} (no error seen)")

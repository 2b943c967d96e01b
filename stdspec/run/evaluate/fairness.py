"""Disparities between groups, as `governance.fairness` declares them: the worst group against the best on one metric.

Each group has its own interval, at a level that lets all of them hold together (Bonferroni). What the intervals leave
open bounds the disparity, so that no choice of which group is worst can flatter it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec.structs import replace

from stdspec.errors import RunError
from stdspec.run.data.dataset import Array, Dataset
from stdspec.run.evaluate.judgement import Bench
from stdspec.run.evaluate.measure import Measured, finite, measure

MOST_GROUPS: Final = 100
"""A column with more values than this names no groups."""

NO_VALUE: Final = "(no value)"


def of_fairness(declared: Mapping[str, Any], bench: Bench, dataset: Dataset | None) -> dict[str, dict[str, Any]]:
    """Each group column: the disparity with its bounds, the groups, and whether it lies inside the tolerance.

    `within` is None where there is but one group, or the metric, or the interval that is judged, is missing in one.

    Raises:
        RunError: when the data have no such column or too many values in it, or `evaluation.metrics` lacks the metric.
    """
    if not declared:
        return {}
    metric = bench.named(declared["metric"], "governance.fairness.metric")
    found = {}
    for column in declared["groups"]:
        labels = _labels(column, bench, dataset)
        names = sorted(set(labels.tolist()))
        policy = replace(bench.policy, level=1 - (1 - bench.policy.level) / len(names))
        measured, rows = {}, {}
        for name in names:
            held = labels == name
            groups = None if bench.groups is None else bench.groups[held]
            case = bench.predictions.case.take(held)
            measured[name] = measure(metric, case, groups, policy, bench.predictions.repeats)
            rows[name] = round(int(held.sum()) / bench.predictions.repeats)
        disparity = _disparity(declared["as"], list(measured.values()))
        found[column] = {
            "metric": metric.name,
            "as": declared["as"],
            **{key: finite(value) for key, value in zip(("estimate", "lower", "upper"), disparity, strict=True)},
            "level": bench.policy.level,
            "method": f"from the intervals of {len(names)} groups, each at {100 * policy.level:.4g} %",
            "n": min(rows.values()),
            "tolerance": float(declared["tolerance"]),
            "within": _within(declared, disparity, bench.policy.judge),
            "groups": {name: {"rows": rows[name], **item.as_json()} for name, item in measured.items()},
        }
    return found


Disparity = tuple[float, float, float]
"""The estimate, the lower and the upper bound."""


def _disparity(kind: str, groups: Sequence[Measured]) -> Disparity:
    """A ratio or a difference, as far as it exists: no group is left out because nothing is known of it."""
    estimate, lower, upper = math.nan, math.nan, math.nan
    if all(math.isfinite(item.estimate) for item in groups):
        estimate, lower, upper = _DISPARITIES[kind](groups)
    if not all(math.isfinite(end) for item in groups for end in (item.interval.lower, item.interval.upper)):
        lower = upper = math.nan
    return estimate, lower, upper


def _ratio(groups: Sequence[Measured]) -> Disparity:
    """The least of all ratios of one group to another, from 0 to 1.

    Where the bounds of all groups hold, a ratio is between (lower / upper) and (upper / lower). It does not exist where
    a metric is below 0, as R2 can be, or is 0 for all.
    """
    pairs = list(itertools.permutations(groups, 2))
    if not pairs or not min(item.estimate for item in groups) >= 0 or not max(item.estimate for item in groups) > 0:
        return math.nan, math.nan, math.nan
    estimate = min(one.estimate / other.estimate for one, other in pairs if other.estimate > 0)
    lowest = [max(0.0, one.interval.lower) / other.interval.upper for one, other in pairs if other.interval.upper > 0]
    highest = [one.interval.upper / other.interval.lower for one, other in pairs if other.interval.lower > 0]
    return estimate, min(lowest, default=math.nan), min([1.0, *highest])


def _difference(groups: Sequence[Measured]) -> Disparity:
    """The greatest of all differences between two groups, at least 0."""
    pairs = list(itertools.permutations(groups, 2))
    if not pairs:
        return math.nan, math.nan, math.nan
    lower = max(0.0, *(one.interval.lower - other.interval.upper for one, other in pairs))
    upper = max(one.interval.upper - other.interval.lower for one, other in pairs)
    return max(one.estimate - other.estimate for one, other in pairs), lower, upper


_DISPARITIES: Final = {"ratio": _ratio, "difference": _difference}


def _within(declared: Mapping[str, Any], disparity: Disparity, judge: str) -> bool | None:
    """Whether the bound on the bad side, or the estimate where points are judged, keeps the tolerance."""
    estimate, lower, upper = disparity
    ratio = declared["as"] == "ratio"
    value = estimate if judge == "point" else (lower if ratio else upper)
    if not math.isfinite(value):
        return None
    tolerance = float(declared["tolerance"])
    return value >= tolerance if ratio else value <= tolerance


def _labels(column: str, bench: Bench, dataset: Dataset | None) -> Array:
    """The group of each prediction, shape (m,) of texts."""
    place = "governance.fairness.groups"
    if dataset is None:
        message = "groups need columns, and a DataModule of your own has none that stdspec knows"
        raise RunError(message, place, "write governance.fairness: null")
    try:
        values = dataset.column(column)[bench.predictions.index]
    except KeyError:
        known = ", ".join([*(item.name for item in dataset.features), *dataset.extra])
        remedy = f"the columns are {known}" if known else "this data set has no columns"
        raise RunError(f"the data set has no column '{column}'", place, remedy) from None
    texts = values.astype(str)
    texts = np.where((texts == "") | (texts == "nan"), NO_VALUE, texts)
    if len(set(texts.tolist())) > MOST_GROUPS:
        raise RunError(
            f"the column '{column}' has more than {MOST_GROUPS} values, which are no groups",
            place,
            "name a column of categories",
        )
    return np.asarray(texts)

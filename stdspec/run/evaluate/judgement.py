"""Judges each part of `evaluation`: metrics, slices, shifts, the baseline.

Each function gives plain data in the shape that the docstring of `gate` shows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from stdspec.errors import RunError
from stdspec.run.data.dataset import Array, Dataset
from stdspec.run.evaluate import slices as conditions
from stdspec.run.evaluate.intervals import bootstrap
from stdspec.run.evaluate.measure import Policy, finite, measure, units_of
from stdspec.run.evaluate.metrics import KINDS, Case, Metric
from stdspec.run.evaluate.pool import Predictions


class Bench(Struct, frozen=True):
    """What everything is judged with.

    Attributes:
        metrics: the declared metrics.
        predictions: the predictions of all folds.
        groups: shape (m,), rows with the same label are not independent; None where every row is.
        policy: how intervals are made and limits judged.
    """

    metrics: Sequence[Metric]
    predictions: Predictions
    groups: Array | None
    policy: Policy

    def named(self, name: str, place: str) -> Metric:
        """The declared metric of a floor.

        Raises:
            RunError: when `evaluation.metrics` has none of this name.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        listed = ", ".join(metric.name for metric in self.metrics)
        remedy = f"declare it there, or use one of {listed}"
        raise RunError(f"evaluation.metrics has no metric '{name}'", place=place, remedy=remedy)

    @property
    def leading(self) -> Metric | None:
        """The first metric with a limit, else the first one: what a baseline is compared on."""
        return next((metric for metric in self.metrics if metric.limit is not None), next(iter(self.metrics), None))


def of_metrics(bench: Bench) -> dict[str, dict[str, Any]]:
    """Every declared metric with its interval, judged where it has a limit."""
    found = {}
    for metric in bench.metrics:
        measured = measure(metric, bench.predictions.case, bench.groups, bench.policy, bench.predictions.repeats)
        gated = metric.limit is not None
        classes = bench.predictions.classes
        found[metric.name] = {
            "kind": metric.kind,
            "average": metric.average,
            "positive": classes[metric.positive]
            if metric.average == "binary" and metric.positive is not None
            else None,
            "threshold": metric.threshold,
            **measured.as_json(),
            "limit": metric.limit,
            "side": metric.side if gated else None,
            "judged": bench.policy.judge if gated else None,
            "passed": None if metric.limit is None else measured.meets(metric.limit, metric.side, bench.policy.judge),
        }
    return found


def of_slices(declared: Mapping[str, Any], bench: Bench, dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Every slice: each metric of its floor on its rows.

    ``insufficient`` where the slice has fewer rows than `at_least_n`, or none that the metric could rest on.
    """
    found = {}
    for name, entry in declared.items():
        if entry is None:
            continue
        held = conditions.mask(name, entry, dataset, bench.predictions.index)
        least = entry.get("at_least_n") or 1
        case = bench.predictions.case.take(held)
        groups = None if bench.groups is None else bench.groups[held]
        found[name] = {
            "column": entry["column"],
            "condition": conditions.described(entry),
            "rows": round(held.sum() / bench.predictions.repeats),
            "at_least_n": least,
            "metrics": {
                key: _on_slice(bench.named(key, f"evaluation.slices.{name}.floor"), case, groups, bench, floor, least)
                for key, floor in (entry.get("floor") or {}).items()
            },
        }
    return found


def _on_slice(
    metric: Metric, case: Case, groups: Array | None, bench: Bench, floor: float, least: int
) -> dict[str, Any]:
    repeats = bench.predictions.repeats
    measured = measure(metric, case, groups, bench.policy, repeats)
    enough = len(case) / repeats >= least and math.isfinite(measured.estimate)
    met = "pass" if measured.meets(floor, metric.side, bench.policy.judge) else "fail"
    return {
        **measured.as_json(),
        "floor": float(floor),
        "side": metric.side,
        "status": met if enough else "insufficient",
    }


def of_shifts(declared: Mapping[str, Any], bench: Bench) -> dict[str, dict[str, Any]]:
    """Every shift: each metric of its floor, or the leading metric unjudged where it has none."""
    found = {}
    for name, entry in declared.items():
        if entry is None:
            continue
        case = Case(bench.predictions.target, bench.predictions.shifts[name])
        floors: Mapping[str, float | None] = entry.get("floor") or ({bench.leading.name: None} if bench.leading else {})
        results = {}
        for key, floor in floors.items():
            metric = bench.named(key, f"evaluation.shifts.{name}.floor")
            measured = measure(metric, case, bench.groups, bench.policy, bench.predictions.repeats)
            passed = None if floor is None else measured.meets(floor, metric.side, bench.policy.judge)
            results[key] = {**measured.as_json(), "floor": floor, "side": metric.side, "passed": passed}
        found[name] = {"kind": entry["kind"], "severity": entry.get("severity"), "metrics": results}
    return found


def of_baseline(declared: Mapping[str, Any], bench: Bench) -> dict[str, Any] | None:
    """The model against the baseline on the leading metric: a paired bootstrap interval of the difference.

    Both see the same resamples, so what makes rows hard cancels out. Passed unless the baseline may be better by more
    than the margin: with judge `bound` the lower end of the difference decides, with `point` its estimate.
    """
    scores, named = bench.predictions.baseline, declared.get("metric")
    metric = bench.named(named, "evaluation.baseline.metric") if named else bench.leading
    if metric is None or scores is None:
        return None
    case = bench.predictions.case
    kind = KINDS[metric.kind]
    sign = 1.0 if kind.higher_is_better else -1.0
    own, simple = kind.statistic(case, metric), kind.statistic(Case(case.target, scores), metric)
    difference, lower, upper = bootstrap(
        lambda counts: np.asarray(sign * (own(counts) - simple(counts))),
        units_of(case, metric, bench.groups),
        bench.policy.level,
        bench.policy.seed,
        bench.policy.resamples,
    )
    margin = declared.get("margin")
    worst = lower if bench.policy.judge == "bound" else difference
    return {
        "kind": declared["kind"],
        "metric": metric.name,
        "estimate": finite(kind.estimate(Case(case.target, scores), metric)),
        "model": finite(kind.estimate(case, metric)),
        "difference": finite(difference),
        "lower": finite(lower),
        "upper": finite(upper),
        "level": bench.policy.level,
        "margin": margin,
        "passed": None if margin is None else bool(worst >= -margin),
    }


def per_fold(bench: Bench) -> dict[str, dict[str, Any]]:
    """Every metric on each fold by itself, the mean and the standard deviation (n - 1) of these."""
    case, found = bench.predictions.case, {}
    for metric in bench.metrics:
        estimate = KINDS[metric.kind].estimate
        values = {fold: estimate(case.take(bench.predictions.fold == fold), metric) for fold in bench.predictions.folds}
        known = [value for value in values.values() if math.isfinite(value)]
        found[metric.name] = {
            "values": {fold: finite(value) for fold, value in values.items()},
            "mean": float(np.mean(known)) if known else None,
            "spread": float(np.std(known, ddof=1)) if len(known) > 1 else None,
        }
    return found

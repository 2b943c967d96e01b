"""Measures the drift of each feature and of the predictions, and says what each test comes to by its declared limits.

A distance counts only where it is greater than what chance alone gives at the size of the batch; otherwise its status
is ``insufficient``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from stdspec.run.data.dataset import Array
from stdspec.run.monitor import drift
from stdspec.run.monitor.batch import Batch
from stdspec.run.monitor.kept import PREDICTED, TESTS_OF_ALL, Reference, feature_vectors, prediction_vectors
from stdspec.run.monitor.summary import Summary

CHANCE: Final = 0.05
"""How often a batch without drift may show any distance beyond chance, over all distances together (Bonferroni)."""

_BINNED: Final = frozenset({"psi", "jensen-shannon", "chi-squared"})


class DriftTest(Struct, frozen=True):
    """One drift test.

    Attributes:
        about: features or predictions.
        subject: the feature, or the part of the predictions.
        statistic: psi, jensen-shannon, wasserstein, ks or chi-squared.
        value: the distance, or the test's own statistic.
        p: the adjusted p-value of a test; None for a distance.
        chance: the distance that chance alone gives at this size; None where that is not known.
        n: how many values of the batch took part.
        status: ok, warn, alert, or insufficient.
        warn: the declared value from which to watch, or None.
        alert: the declared value from which to act, or None.
    """

    about: str
    subject: str
    statistic: str
    value: float
    p: float | None
    chance: float | None
    n: int
    status: str = "ok"
    warn: float | None = None
    alert: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The test as plain data."""
        return asdict(self)


def feature_tests(batch: Batch, reference: Reference, asked: Mapping[str, Any]) -> list[DriftTest]:
    """The test of each feature: its own where one is declared, else the one of all features."""
    found = []
    for name, values in feature_vectors(batch.inputs, reference.inputs).items():
        limits = (asked.get(name) if name not in TESTS_OF_ALL else None) or asked.get("features")
        kept = reference.features[name]
        if limits and len(values) and not unordered(kept, limits):
            found.append(_test("features", name, values, kept, limits, _level(reference)))
    return found


def prediction_tests(scores: Array, reference: Reference, limits: Mapping[str, Any]) -> list[DriftTest]:
    """Statistics of bins compare the shares of the predicted classes, the others the scores of each class."""
    by_class = limits["statistic"] in _BINNED and bool(reference.classes)
    return [
        _test("predictions", name, values, reference.predictions[name], limits, _level(reference))
        for name, values in prediction_vectors(scores, reference.classes).items()
        if (name == PREDICTED) == by_class
    ]


def _level(reference: Reference) -> float:
    """How often one distance may go beyond chance."""
    return CHANCE / (len(reference.features) + len(reference.predictions))


def unordered(kept: Summary, limits: Mapping[str, Any]) -> bool:
    """Whether this is a distance along an axis, asked of categories, which have none."""
    return kept.categorical and limits["statistic"] == "wasserstein"


def _test(about: str, subject: str, values: Array, kept: Summary, limits: Mapping[str, Any], level: float) -> DriftTest:
    statistic = str(limits["statistic"])
    if kept.categorical and statistic == "ks":
        statistic = "chi-squared"  # the p-value of shares stands in for that of an order which categories do not have
    value, p, chance = _STATISTICS[statistic](values, kept, level)
    return DriftTest(
        about, subject, statistic, value, p, chance, len(values), "ok", limits.get("warn"), limits.get("alert")
    )


Measured = tuple[float, float | None, float | None]
"""The statistic, its p-value before adjustment, and what chance alone gives."""


def _psi(values: Array, kept: Summary, level: float) -> Measured:
    return _binned(drift.psi, values, kept, level)


def _jensen_shannon(values: Array, kept: Summary, level: float) -> Measured:
    return _binned(drift.jensen_shannon, values, kept, level)


def _binned(distance: Callable[[Array, Array], Array], values: Array, kept: Summary, level: float) -> Measured:
    """A distance of counts, and the one by chance."""
    value = float(distance(np.array(kept.counts), kept.count(values)))
    return value, None, _by_chance(distance, kept.counts, len(values), level)


@lru_cache(maxsize=1024)
def _by_chance(distance: Callable[[Array, Array], Array], counts: tuple[int, ...], batch: int, level: float) -> float:
    """Simulated once for all features with the same counts, as deciles mostly have."""
    return drift.by_chance(distance, np.array(counts), batch, level)


def _chi_squared(values: Array, kept: Summary, level: float) -> Measured:
    del level
    return *drift.chi_squared(np.array(kept.counts), kept.count(values)), None


def _ks(values: Array, kept: Summary, level: float) -> Measured:
    del level
    return *drift.ks(np.array(kept.sample), values), None


def _wasserstein(values: Array, kept: Summary, level: float) -> Measured:
    del level  # its distribution by chance depends on that of the values
    return drift.wasserstein(np.array(kept.sample), values), None, None


_STATISTICS: Final[Mapping[str, Callable[[Array, Summary, float], Measured]]] = {
    "psi": _psi,
    "jensen-shannon": _jensen_shannon,
    "chi-squared": _chi_squared,
    "ks": _ks,
    "wasserstein": _wasserstein,
}


def judged(found: Sequence[DriftTest], control: str) -> list[DriftTest]:
    """The tests with their p-values adjusted for their number, and their status."""
    values = iter(drift.adjusted([item.p for item in found if item.p is not None], control))
    adjusted = [item if item.p is None else replace(item, p=next(values)) for item in found]
    return [replace(item, status=_status(item)) for item in adjusted]


def _status(test: DriftTest) -> str:
    for status, limit in (("alert", test.alert), ("warn", test.warn)):
        if limit is None:
            continue
        if test.p is not None:
            if test.p < limit:
                return status
        elif test.value > limit:
            return "insufficient" if test.chance is not None and test.value <= test.chance else status
    return "ok"

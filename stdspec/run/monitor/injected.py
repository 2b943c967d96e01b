"""Puts drift into rows that have none, and sees whether the declared tests raise their alert.

Tests of features get rows in which every feature is moved, and each is to be heard. Tests of predictions get the half
of the rows with the highest ones; as no choice of rows moves the score of every class, one alert among them suffices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from msgspec.structs import replace

from stdspec.run.data.dataset import Array
from stdspec.run.monitor.batch import Batch
from stdspec.run.monitor.compare import Comparison, compare
from stdspec.run.monitor.kept import TESTS_OF_ALL, Reference
from stdspec.run.monitor.scorer import Scorer
from stdspec.run.monitor.summary import Summary

RAISED: Final = "every number raised by one standard deviation, every category replaced by the rarest"
BRIGHTENED: Final = "every pixel moved half of the way to the top of its range"
CHOSEN: Final = "the half of the rows with the highest predictions"

_DISTANCES: Final = ("psi", "jensen-shannon", "wasserstein")


def heard(reference: Reference, inputs: Array, score: Scorer) -> dict[str, dict[str, Any]]:
    """For each declared drift test, whether it raised its alert over drift that was put in.

    Args:
        reference: what batches are compared with, and the declared tests.
        inputs: rows without drift, shape (n, …) float32, that the predictions of the reference are of.
        score: the model.

    Returns:
        Key of `monitoring.drift.tests` to ``statistic``, ``injected`` (in words), ``rows``, ``alerted`` and
        ``unheard``, what was tested and raised no alert. Empty where no test is declared.
    """
    tests = {key: test for key, test in (_drift(reference).get("tests") or {}).items() if test is not None}
    if not tests or not len(inputs):
        return {}
    moved = _compared(_moved(inputs, reference), reference, score)
    found = {}
    for key, test in tests.items():
        of_predictions = key == "predictions"
        seen = (
            _compared(inputs[_highest(score(inputs))], _weighing(reference, tests), score) if of_predictions else moved
        )
        tested = {
            item.subject: item.status == "alert" for item in seen.tests if _key(item.subject, item.about, tests) == key
        }
        suffices = any if of_predictions else all
        found[key] = {
            "statistic": test["statistic"],
            "injected": CHOSEN if of_predictions else (RAISED if reference.inputs else BRIGHTENED),
            "rows": seen.rows,
            "alerted": bool(tested) and suffices(tested.values()),
            "unheard": [subject for subject, alerted in tested.items() if not alerted],
        }
    return found


def _weighing(reference: Reference, tests: Mapping[str, Any]) -> Reference:
    """The reference with the tests on which the status of the predictions hangs: distances adjust no p-value."""
    alone = all(test["statistic"] in _DISTANCES for key, test in tests.items() if key != "predictions")
    weighing = {"predictions": tests["predictions"]} if alone else tests
    return replace(reference, monitoring={**reference.monitoring, "drift": {**_drift(reference), "tests": weighing}})


def _drift(reference: Reference) -> Mapping[str, Any]:
    return reference.monitoring.get("drift") or {}


def _key(subject: str, about: str, tests: Mapping[str, Any]) -> str:
    """The declared test that a measured one comes from: the feature's own, else that of all."""
    return subject if about == "features" and subject in tests and subject not in TESTS_OF_ALL else about


def _compared(inputs: Array, reference: Reference, score: Scorer) -> Comparison:
    known = [inputs[:, index] < len(item.categories) for index, item in enumerate(reference.inputs) if item.categories]
    usable = np.logical_and.reduce([np.ones(len(inputs), dtype=bool), *known])
    return compare(Batch("", inputs, usable, ()), reference, score)


def _moved(inputs: Array, reference: Reference) -> Array:
    if not reference.inputs:
        top = reference.value_range[1] if reference.value_range else inputs.max()
        return ((inputs + top) / 2).astype(np.float32)
    moved = inputs.copy()
    for index, feature in enumerate(reference.inputs):
        kept = reference.features[feature.name]
        if feature.categories:
            moved[:, index] = np.where(np.isnan(inputs[:, index]), np.nan, _rarest(kept))
        else:
            moved[:, index] += float(np.std(kept.sample)) or 1.0
    return moved


def _rarest(kept: Summary) -> int:
    """The code of the category with the fewest rows; where there is but one, that of a category never seen."""
    known = kept.counts[: len(kept.categories)]
    return int(np.argmin(known)) if len(known) > 1 else len(known)


def _highest(scores: Array) -> Array:
    """The rows of the upper half: by value, by the score of the second of two classes, or by the predicted class."""
    flat = scores.reshape(len(scores), -1)
    by = flat[:, -1] if flat.shape[1] < 3 else flat.argmax(axis=1)
    return np.sort(np.argsort(by, kind="stable")[len(by) // 2 :])

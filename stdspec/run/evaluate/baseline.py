"""Simple models to compare with, fitted on the training rows only: a model that cannot beat them has earned nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from stdspec.errors import RunError
from stdspec.run.data.dataset import Array, Feature


class Baseline(Struct, frozen=True):
    """A kind of baseline: the task that it is for and how to make it."""

    task: str
    make: Callable[[], Any]


KINDS: Final[Mapping[str, Baseline]] = {
    "logistic": Baseline("classification", lambda: LogisticRegression(max_iter=1000)),
    "majority": Baseline("classification", lambda: DummyClassifier(strategy="prior")),
    "linear": Baseline("regression", lambda: Ridge(alpha=1.0)),
    "mean": Baseline("regression", lambda: DummyRegressor(strategy="mean")),
}
"""Kind to baseline. ``logistic`` and ``linear`` carry scikit-learn's default penalty, on standardised inputs."""


class Fitted(Struct, frozen=True):
    """A fitted baseline.

    Attributes:
        scores: inputs of shape (n, …) to probabilities (n, C), or values (n,).
        converged: whether its solver came to an end.
    """

    scores: Callable[[Array], Array]
    converged: bool


def fit(kind: str, inputs: Array, target: Array, features: tuple[Feature, ...], classes: int) -> Fitted:
    """Fit a baseline.

    Args:
        kind: a key of `KINDS`.
        inputs: the training rows, shape (n, …); more than one axis is flattened.
        target: shape (n,).
        features: the columns of tabular inputs; categories are one-hot encoded.
        classes: the number of classes, 0 for regression.

    Raises:
        RunError: when the kind does not fit the task, or only one class is there to learn from.
    """
    task = "classification" if classes else "regression"
    if kind not in KINDS or KINDS[kind].task != task:
        fitting = ", ".join(name for name, item in KINDS.items() if item.task == task)
        raise RunError(f"'{kind}' is no baseline of {task}", place="evaluation.baseline.kind", remedy=f"use {fitting}")
    if kind == "logistic" and len(np.unique(target)) < 2:
        message = "the training rows hold one class only, so that a logistic baseline has nothing to learn"
        raise RunError(message, place="evaluation.baseline.kind", remedy="use majority, or split stratified")
    model = make_pipeline(_prepared(features), KINDS[kind].make())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(_flat(inputs), target)
    slow = any(issubclass(item.category, ConvergenceWarning) for item in caught)
    if not classes:
        return Fitted(lambda rows: np.asarray(model.predict(_flat(rows)), dtype=np.float64), not slow)

    def scores(rows: Array) -> Array:
        found = np.zeros((len(rows), classes))
        found[:, model.classes_] = model.predict_proba(_flat(rows))
        return found

    return Fitted(scores, not slow)


def _flat(inputs: Array) -> Array:
    return inputs.reshape(len(inputs), -1).astype(np.float64)


def _prepared(features: tuple[Feature, ...]) -> Any:
    numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    coded = [index for index, feature in enumerate(features) if feature.categories]
    if not coded:
        return numbers
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    return ColumnTransformer([("categories", texts, coded)], remainder=numbers)

"""Predicts the test rows of one fold: with the model, with the baseline, and under each declared shift.

Nothing is judged here; the gate sees all folds together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context, Event
from stdspec.run.data.dataset import Array, Dataset, Fold
from stdspec.run.evaluate import baseline, material
from stdspec.run.evaluate.pool import Predictions
from stdspec.run.evaluate.shifts import SHIFTS, scene
from stdspec.run.train import predictor

_SUM_TOLERANCE = 1e-3


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write the predictions of one fold.

    Raises:
        RunError: when the fold has no test rows, or the scores are not finite or no probabilities.
    """
    config = node.config
    evaluation = config.get("evaluation") or {}
    fold_name = str(config.get("fold", "holdout"))
    model = predictor.load(inputs["model"], context.settings)
    dataset, fold = material.read(inputs, fold_name, model.classes, context)
    if len(fold.test) == 0:
        raise RunError("the split leaves no test rows", place="data.splits", remedy="give test a larger share")
    classes = len(dataset.classes)
    shifted = _shifted(evaluation.get("shifts") or {}, dataset, fold, int(config.get("seed") or 0))
    Predictions(
        index=fold.test.astype(np.int64),
        target=dataset.target[fold.test],
        scores=scores_of(model, dataset.inputs[fold.test], classes),
        baseline=_baseline(evaluation.get("baseline"), dataset, fold, node.id, context),
        shifts={name: scores_of(model, rows, classes) for name, rows in shifted.items()},
        fold=np.full(len(fold.test), fold_name),
        classes=dataset.classes,
    ).save(out)
    return []


def scores_of(model: predictor.Predictor, inputs: Array, classes: int) -> Array:
    """The model's scores in float64: probabilities (n, classes), or values (n,) when there are no classes.

    Raises:
        RunError: when they have another shape, are not finite, or are no probabilities.
    """
    scores = model.scores(inputs).astype(np.float64)
    wanted = (len(inputs), classes) if classes else (len(inputs),)
    if scores.shape != wanted:
        message = (
            f"the model gives scores of shape {scores.shape} for {len(inputs)} rows, and the target needs {wanted}"
        )
        raise RunError(message, place="model", remedy="let it give one probability for each class, or one value")
    if not np.isfinite(scores).all():
        count = int(np.sum(~np.isfinite(scores.reshape(len(scores), -1)).all(axis=1)))
        message = f"the model's scores are not finite for {count} of {len(inputs)} test rows"
        raise RunError(message, place="model", remedy="look at the loss, and at missing values in the data")
    if classes and (scores.min() < -_SUM_TOLERANCE or np.abs(scores.sum(axis=1) - 1).max() > _SUM_TOLERANCE):
        message = "the model's scores are no probabilities: a row does not sum to 1"
        raise RunError(message, place="model", remedy="end it with a softmax")
    return scores


def _shifted(declared: Mapping[str, Any], dataset: Dataset, fold: Fold, seed: int) -> dict[str, Array]:
    """The test inputs under each shift; each has its own random stream, so that adding one leaves the others alone."""
    found: dict[str, Array] = {}
    for name, entry in declared.items():
        if entry is None:
            continue
        if entry["kind"] not in SHIFTS:
            remedy = f"kind is one of {', '.join(SHIFTS)}"
            raise RunError(f"there is no shift '{entry['kind']}'", place=f"evaluation.shifts.{name}", remedy=remedy)
        rng = np.random.default_rng([seed, *name.encode()])
        found[name] = SHIFTS[entry["kind"]](scene(dataset, fold.train, fold.test), float(entry["severity"]), rng)
    return found


def _baseline(
    declared: Mapping[str, Any] | None, dataset: Dataset, fold: Fold, node: str, context: Context
) -> Array | None:
    if not declared:
        return None
    train = fold.train
    fitted = baseline.fit(
        declared["kind"], dataset.inputs[train], dataset.target[train], dataset.features, len(dataset.classes)
    )
    if not fitted.converged:
        text = f"the {declared['kind']} baseline did not converge; it is judged as it stands"
        context.report(Event("warning", node, {"text": text}))
    return fitted.scores(dataset.inputs[fold.test])

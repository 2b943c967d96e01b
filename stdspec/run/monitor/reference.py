"""The reference node: keeps what the rows of one split looked like, and what the final model says of rows it never saw.

A model is surer of rows that it learnt from, so that predictions on training rows would make every later batch look
drifted. Under `monitoring.reference: train` the predictions kept are therefore those on the validation rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stdspec.digest import digest_file
from stdspec.errors import InputError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.data.dataset import Array, Dataset, Fold, Splits
from stdspec.run.monitor import injected
from stdspec.run.monitor.kept import (
    FILE,
    IMAGE_FEATURES,
    PREDICTED,
    TESTS_OF_ALL,
    Reference,
    feature_vectors,
    prediction_vectors,
)
from stdspec.run.monitor.summary import Summary, of_categories, of_numbers
from stdspec.run.train import predictor
from stdspec.suggest import nearest


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write `reference.json`, and record whether the declared drift tests hear drift that is put in on purpose.

    Raises:
        InputError: when a drift test names a column that is no feature, or the split has no rows.
    """
    dataset, splits = Dataset.load(inputs["dataset"]), Splits.load(inputs["splits"])
    fold = splits.folds.get("holdout") or splits.folds["final"]
    monitoring = node.config["monitoring"]
    columns = (node.config.get("data") or {}).get("columns") or {}
    model = predictor.load(inputs["model"], context.settings)
    reference = describe(dataset, fold, model, monitoring, columns)
    path = out / FILE
    text = json.dumps(reference.as_json(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
    value = {"digest": digest_file(path), "n": reference.n, "features": len(reference.features)}
    records = [Record("run.monitoring.reference", value)]
    if heard := injected.heard(reference, dataset.inputs[getattr(fold, reference.predicted_on)], model.scores):
        records.append(Record("run.monitoring.injected", heard))
    return records


def describe(
    dataset: Dataset,
    fold: Fold,
    model: predictor.Predictor,
    monitoring: Mapping[str, Any],
    columns: Mapping[str, Any],
) -> Reference:
    """The reference of one fold.

    Raises:
        InputError: see `execute`.
    """
    split = str(monitoring["reference"])
    rows: Array = getattr(fold, split)
    if not len(rows):
        raise InputError(
            f"there are no {split} rows to compare batches with",
            place="monitoring.reference",
            remedy="under cross-validation the final fit has train and validation rows only",
        )
    _check_tests(monitoring, dataset)
    seen = "validation" if split == "train" and len(fold.validation) else split
    scores = model.scores(dataset.inputs[getattr(fold, seen)])
    vectors = feature_vectors(dataset.inputs[rows], dataset.features)
    categories = {item.name: item.categories for item in dataset.features if item.categories}
    return Reference(
        split=split,
        n=len(rows),
        modality=dataset.modality,
        shape=tuple(dataset.inputs.shape[1:]),
        inputs=dataset.features,
        gaps=tuple(
            item.name for index, item in enumerate(dataset.features) if np.isnan(dataset.inputs[rows, index]).any()
        ),
        features={name: _summary(values, categories.get(name, ())) for name, values in vectors.items()},
        predictions={
            name: _summary(values, dataset.classes if name == PREDICTED else ())
            for name, values in prediction_vectors(scores, dataset.classes).items()
        },
        predicted_on=seen,
        classes=dataset.classes,
        value_range=dataset.value_range,
        columns=columns,
        monitoring=monitoring,
    )


def _summary(values: Array, categories: Sequence[str]) -> Summary:
    return of_categories(values, categories) if categories else of_numbers(values)


def _check_tests(monitoring: Mapping[str, Any], dataset: Dataset) -> None:
    """Refuse a drift test of a column that is none of the features."""
    names = [item.name for item in dataset.features] or list(IMAGE_FEATURES)
    tests = (monitoring.get("drift") or {}).get("tests") or {}
    for key, test in tests.items():
        if test is not None and key not in TESTS_OF_ALL and key not in names:
            near = nearest(key, [*names, *TESTS_OF_ALL])
            listed = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
            hint = f"did you mean '{near}'?" if near else f"the features are {listed}"
            raise InputError(
                f"the drift test '{key}' is of no feature", place=f"monitoring.drift.tests.{key}", remedy=hint
            )

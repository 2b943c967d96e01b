"""What a run keeps for later batches, `reference.json`, and the numbers that drift tests look at.

Nothing here needs torch, so that a batch can be compared with an exported model in a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct

from stdspec.run.data.dataset import Array, Feature
from stdspec.run.monitor.summary import Summary

FILE: Final = "reference.json"
VERSION: Final = "1"

IMAGE_FEATURES: Final[Mapping[str, Callable[..., Any]]] = {"image mean": np.mean, "image standard deviation": np.std}
"""What stands for an image in drift tests: the mean and the spread of its pixels."""

TESTS_OF_ALL: Final = ("features", "predictions")
"""The keys of `monitoring.drift.tests` that are no column."""

PREDICTED: Final = "predicted class"


class Reference(Struct, frozen=True):
    """What `reference.json` holds.

    Attributes:
        split: the part whose rows it describes.
        n: how many rows.
        modality: tabular or image.
        shape: the shape of one input.
        inputs: the columns of a tabular input, in the order of the model's matrix.
        gaps: the inputs that lack numbers in the reference itself; the model fills them.
        features: name to distribution.
        predictions: name to distribution of the model's outputs; see `prediction_vectors`.
        predicted_on: the part whose rows the predictions are of.
        classes: the class names; empty for regression.
        value_range: the range of a pixel; None for tabular data.
        columns: the declared contract.
        monitoring: the spec's own monitoring part, with its triggers.
    """

    split: str
    n: int
    modality: str
    shape: tuple[int, ...]
    inputs: tuple[Feature, ...]
    gaps: tuple[str, ...]
    features: Mapping[str, Summary]
    predictions: Mapping[str, Summary]
    predicted_on: str
    classes: tuple[str, ...]
    value_range: tuple[float, float] | None
    columns: Mapping[str, Any]
    monitoring: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The reference as plain data."""
        return {
            "stdspec_reference": VERSION,
            "split": self.split,
            "n": self.n,
            "modality": self.modality,
            "shape": list(self.shape),
            "inputs": [
                {"name": item.name, "type": item.type, "unit": item.unit, "categories": list(item.categories)}
                for item in self.inputs
            ],
            "gaps": list(self.gaps),
            "features": {name: item.as_json() for name, item in self.features.items()},
            "predictions": {name: item.as_json() for name, item in self.predictions.items()},
            "predicted_on": self.predicted_on,
            "classes": list(self.classes),
            "value_range": list(self.value_range) if self.value_range else None,
            "columns": dict(self.columns),
            "monitoring": dict(self.monitoring),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Reference:
        """The reference that `as_json` wrote."""
        bounds = data["value_range"]
        return Reference(
            split=data["split"],
            n=data["n"],
            modality=data["modality"],
            shape=tuple(data["shape"]),
            inputs=tuple(
                Feature(item["name"], item["type"], item["unit"], tuple(item["categories"])) for item in data["inputs"]
            ),
            gaps=tuple(data["gaps"]),
            features={name: Summary.from_json(item) for name, item in data["features"].items()},
            predictions={name: Summary.from_json(item) for name, item in data["predictions"].items()},
            predicted_on=data["predicted_on"],
            classes=tuple(data["classes"]),
            value_range=(bounds[0], bounds[1]) if bounds else None,
            columns=data["columns"],
            monitoring=data["monitoring"],
        )


def feature_vectors(inputs: Array, features: Sequence[Feature]) -> dict[str, Array]:
    """Name to values of shape (n,) for drift tests: each column of a table, a category as text; of images, two numbers.

    Cells that are missing (NaN) are left out, so that the vectors may be shorter than n.
    """
    if not features:
        flat = inputs.reshape(len(inputs), -1).astype(np.float64)
        return {name: measure(flat, axis=1) for name, measure in IMAGE_FEATURES.items()}
    found: dict[str, Array] = {}
    for index, feature in enumerate(features):
        values = inputs[:, index]
        values = values[~np.isnan(values)]
        if feature.categories:
            names = np.array([*feature.categories, ""])  # a code past the last one is a category never seen
            found[feature.name] = names[np.minimum(values.astype(np.int64), len(feature.categories))]
        else:
            found[feature.name] = values.astype(np.float64)
    return found


def prediction_vectors(scores: Array, classes: Sequence[str]) -> dict[str, Array]:
    """Name to values of shape (n,): the score of each class (of two classes, the second's) and the predicted class."""
    if not classes:
        return {"predicted value": scores.reshape(len(scores)).astype(np.float64)}
    chosen = range(1, 2) if len(classes) == 2 else range(len(classes))
    found: dict[str, Array] = {f"score of {classes[index]}": scores[:, index].astype(np.float64) for index in chosen}
    return {**found, PREDICTED: np.array(classes)[scores.argmax(axis=1)]}

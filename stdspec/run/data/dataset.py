"""A data set in memory, as every node after `data` sees it, and its form on disk.

Rows are in a fixed order; everything that refers to a row does so by its index. Arrays are NumPy; the disk form is one
uncompressed `.npz` without pickles and one JSON file, so that equal data gives equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

Array = npt.NDArray[Any]


class Feature(Struct, frozen=True):
    """One column of a tabular input, in the order of the matrix.

    Attributes:
        name: the column's name in the source.
        type: float32, float64, int64, bool or category.
        unit: the declared unit, or None.
        categories: for a category, its values in code order; the matrix holds the code (0, 1, …) as float32.
        range: the declared closed range, or None.
    """

    name: str
    type: str
    unit: str | None = None
    categories: tuple[str, ...] = ()
    range: tuple[float | None, float | None] | None = None


class Dataset(Struct, frozen=True):
    """A data set.

    Attributes:
        modality: tabular, image or series.
        inputs: float32, shape (n, d) for tabular; (n, channels, height, width) for images, in the source's own range.
        target: shape (n,): int64 class index for classification, float32 for regression.
        classes: the class names in index order; empty for regression.
        features: the columns of `inputs` for tabular data; empty otherwise.
        extra: columns that are no feature but that groups, time order, slices or fairness need, each of shape (n,);
            also every tabular feature that is text, as text.
        predefined: for splits of kind predefined: shape (n,) of the texts train, validation, test; None otherwise.
        value_range: the closed range of image values, (0.0, 16.0) for digits; None for tabular data.
    """

    modality: str
    inputs: Array
    target: Array
    classes: tuple[str, ...]
    features: tuple[Feature, ...] = ()
    extra: Mapping[str, Array] = field(default_factory=dict)
    predefined: Array | None = None
    value_range: tuple[float, float] | None = None

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.target)

    def column(self, name: str) -> Array:
        """One column by its name in the source, shape (n,): a feature (a category as text, not as code) or an extra.

        Raises:
            KeyError: when the data set has no such column.
        """
        if name in self.extra:
            return self.extra[name]
        for index, feature in enumerate(self.features):
            if feature.name == name:
                values = self.inputs[:, index]
                return np.array(feature.categories)[values.astype(np.int64)] if feature.categories else values
        raise KeyError(name)

    def save(self, folder: Path) -> None:
        """Write `dataset.npz` and `dataset.json` into a folder."""
        arrays: dict[str, Array] = {"inputs": self.inputs, "target": self.target}
        arrays |= {f"extra/{name}": values for name, values in self.extra.items()}
        if self.predefined is not None:
            arrays["predefined"] = self.predefined
        with open(folder / "dataset.npz", "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        meta = {
            "modality": self.modality,
            "classes": list(self.classes),
            "features": [
                {
                    "name": item.name,
                    "type": item.type,
                    "unit": item.unit,
                    "categories": list(item.categories),
                    "range": list(item.range) if item.range else None,
                }
                for item in self.features
            ],
            "value_range": list(self.value_range) if self.value_range else None,
        }
        (folder / "dataset.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @staticmethod
    def load(folder: Path) -> Dataset:
        """The data set that `save` wrote."""
        meta = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        with np.load(folder / "dataset.npz", allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        features = tuple(
            Feature(
                item["name"],
                item["type"],
                item["unit"],
                tuple(item["categories"]),
                tuple(item["range"]) if item["range"] else None,
            )
            for item in meta["features"]
        )
        extra = {name.removeprefix("extra/"): values for name, values in found.items() if name.startswith("extra/")}
        bounds = meta["value_range"]
        return Dataset(
            modality=meta["modality"],
            inputs=found["inputs"],
            target=found["target"],
            classes=tuple(meta["classes"]),
            features=features,
            extra=extra,
            predefined=found.get("predefined"),
            value_range=(bounds[0], bounds[1]) if bounds else None,
        )


class Fold(Struct, frozen=True):
    """Row indices of one fit, sorted, shape (k,) int64; `test` is empty for the final fit of a cross-validation."""

    train: Array
    validation: Array
    test: Array


class Splits(Struct, frozen=True):
    """Every fold by its name: ``{"holdout": …}``, or ``{"1": …, "2": …, "final": …}`` under cross-validation."""

    folds: Mapping[str, Fold]

    def save(self, folder: Path) -> None:
        """Write `splits.npz` into a folder."""
        arrays = {
            f"{name}/{part}": getattr(fold, part)
            for name, fold in self.folds.items()
            for part in ("train", "validation", "test")
        }
        with open(folder / "splits.npz", "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)

    @staticmethod
    def load(folder: Path) -> Splits:
        """The splits that `save` wrote."""
        with np.load(folder / "splits.npz", allow_pickle=False) as arrays:
            names = dict.fromkeys(key.split("/")[0] for key in arrays.files)
            return Splits(
                {name: Fold(*(arrays[f"{name}/{part}"] for part in ("train", "validation", "test"))) for name in names}
            )

"""Reads a batch as the run's model takes it, and holds it against the contract that the run kept.

A cell that breaks the contract is counted and left out of what follows; only a file that is no batch is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run.data import columns, contract
from stdspec.run.data.assemble import IMAGE, image_column
from stdspec.run.data.columns import Column
from stdspec.run.data.contract import Violation
from stdspec.run.data.dataset import Array, Feature
from stdspec.run.data.raw import Images, Table
from stdspec.run.data.readers import csv_file, idx
from stdspec.run.monitor.kept import Reference

ARRAYS = (".npy", ".npz")


class Batch(Struct, frozen=True):
    """A batch.

    Attributes:
        file: the file as people should see it.
        inputs: shape (n, …) float32 as the model takes it; NaN where a cell cannot be used, and one past the last code
            for a category that the run never saw.
        usable: shape (n,), the rows that the model can score.
        violations: what breaks the contract.
    """

    file: str
    inputs: Array
    usable: Array
    violations: tuple[Violation, ...]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.inputs)


def read(path: Path, reference: Reference, delimiter: str = ",") -> Batch:
    """The batch in one file: CSV for a table; `.npy`, `.npz` or a CSV of pixels for images.

    Raises:
        InputError: for a file that is missing, not of its form, without rows, or without a column that the model takes.
    """
    if not path.is_file():
        raise InputError("there is no such batch file", place=shown(path), remedy="name a CSV, .npy or .npz file")
    if reference.modality == "image":
        return _images(path, reference, delimiter)
    if path.suffix in ARRAYS:
        raise InputError("the run takes a table", place=shown(path), remedy="give the batch as CSV with a header line")
    return _table(csv_file.read_file(path, delimiter), reference)


def _table(table: Table, reference: Reference) -> Batch:
    names = list(table.columns)
    for feature in reference.inputs:
        if feature.name not in names:
            raise columns.missing_column(feature.name, names, table.file, table.file)
    inputs = {item.name: item for item in reference.inputs}
    typed = [
        columns.typed(table, name, _contract(reference, name, inputs.get(name)))
        for name in names
        if name in inputs or _declared(reference.columns, name)
    ]
    by_name = {column.name: column for column in typed}
    matrix = np.stack([_vector(by_name[item.name], item) for item in reference.inputs], axis=1).astype(np.float32)
    known = [matrix[:, index] < len(item.categories) for index, item in enumerate(reference.inputs) if item.categories]
    needed = np.array([item.name not in reference.gaps for item in reference.inputs])
    whole = ~(np.isnan(matrix) & needed).any(axis=1)
    usable = np.logical_and.reduce([whole, *known])
    return Batch(table.file, matrix, usable, tuple(contract.violations(typed, table.where)))


def _declared(declared: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What the spec declares of a column; nothing of one that it ignores."""
    fitting = (item for key, item in declared.items() if item is not None and columns.fits(key, name))
    found: Mapping[str, Any] = next(fitting, {})
    return {} if found.get("role") == "ignore" else found


def _contract(reference: Reference, name: str, feature: Feature | None) -> Mapping[str, Any]:
    """The contract of a column: what was declared, and for a feature what the model needs."""
    said = _declared(reference.columns, name)
    if feature is None:
        return said
    needed: dict[str, Any] = {"type": feature.type, "nullable": "" in feature.categories or name in reference.gaps}
    if feature.categories:
        needed["categories"] = [item for item in feature.categories if item]
    return {**needed, **{key: value for key, value in said.items() if value is not None}, "type": feature.type}


def _vector(column: Column, feature: Feature) -> Array:
    """A feature of the batch, shape (n,): a number as it is, a category as its code, an unknown one past the last."""
    if not feature.categories:
        return column.values
    codes = {name: float(code) for code, name in enumerate(feature.categories)}
    return np.array([codes.get(str(value), float(len(codes)) if value else np.nan) for value in column.values])


def _images(path: Path, reference: Reference, delimiter: str) -> Batch:
    file = shown(path)
    if path.suffix in ARRAYS:
        pixels, _ = idx.read_images(path)
        if pixels.shape[1:] != reference.shape:
            raise InputError(
                f"the images are of shape {_shape(pixels.shape[1:])}, and the model takes {_shape(reference.shape)}",
                place=file,
            )
    else:
        pixels = _from_csv(csv_file.read_file(path, delimiter), reference.shape)
    if not len(pixels):
        raise InputError("the batch has no images", place=file)
    low, high = reference.value_range or (None, None)
    images = Images(file, pixels, None, (float(low or 0), float(high or 0)))
    said = _declared(reference.columns, IMAGE)
    declared = {
        "range": [low, high],
        **{key: value for key, value in said.items() if value is not None and key != "type"},
    }
    column = image_column(images, declared)
    return Batch(
        file,
        pixels,
        np.ones(len(pixels), dtype=bool),
        tuple(contract.violations([column], lambda row: f"{file}, image {row + 1}")),
    )


def _from_csv(table: Table, shape: Sequence[int]) -> Array:
    """Images from a CSV with one column a pixel, in the order of its columns or by the names ``pixel_…``."""
    names = [name for name in table.columns if name.startswith("pixel")] or list(table.columns)
    if len(names) != math.prod(shape):
        raise InputError(
            f"the file has {len(names)} columns of pixels, and an image of {_shape(shape)} has {math.prod(shape)}",
            place=table.file,
            remedy="name the columns of pixels pixel_<row>_<column>, or give the images as .npy",
        )
    found = [columns.typed(table, name, {"type": "float32"}) for name in names]
    for column in found:
        columns.refuse_misread(table, column)
        if column.missing.any():
            row = int(np.flatnonzero(column.missing)[0])
            raise InputError(f"pixel '{column.name}' has no value", place=table.where(row))
    return np.stack([column.values for column in found], axis=1).astype(np.float32).reshape(-1, *shape)


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))

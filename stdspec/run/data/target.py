"""Turns the target column into what a model learns: class indices with their names, or values.

Classification takes the declared categories in their order, else the labels found, sorted (as numbers where all are).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from stdspec.errors import InputError
from stdspec.run.data import columns
from stdspec.run.data.columns import Column
from stdspec.run.data.dataset import Array
from stdspec.run.data.raw import TEXT, Table
from stdspec.suggest import nearest

CLASSES_AT_MOST: Final = 20
"""An undeclared target of whole numbers counts as classes up to this many different ones, where no task is known."""


def type_of(table: Table, name: str, declaration: Mapping[str, Any], task: str | None) -> str:
    """The type in which the target is read: category for classes, otherwise a number."""
    declared = declaration.get("type")
    if task == "classification":
        return "category"
    if task == "regression":
        return declared if declared not in (None, "category", "text", "string") else "float32"
    if declared is not None:
        return "category" if declared in ("category", "text", "string", "bool") else str(declared)
    if columns.infer(table.columns[name]) == "category":
        return "category"
    values = columns.typed(table, name, {}, "float64").values
    different = np.unique(values[~np.isnan(values)])
    whole = bool((different == np.trunc(different)).all())
    return "category" if whole and len(different) <= CLASSES_AT_MOST else "float32"


def encode(table: Table, column: Column, positive: object) -> tuple[Array, tuple[str, ...]]:
    """The target of shape (n,) and the class names: int64 indices, or float32 values and no names.

    Raises:
        InputError: for a missing label, a label outside the declared categories, a single class, or a positive class
            that does not exist.
    """
    columns.refuse_misread(table, column)
    if column.missing.any():
        row = int(np.flatnonzero(column.missing)[0])
        raise InputError(
            f"the target '{column.name}' is missing",
            place=table.where(row),
            remedy="fill in the label or leave the row out; nothing can be learnt from it",
        )
    if column.values.dtype != TEXT:
        return column.values.astype(np.float32), ()
    classes = column.categories or sorted_labels(column.values)
    codes = {name: index for index, name in enumerate(classes)}
    indices = np.array([codes.get(label, -1) for label in column.values], dtype=np.int64)
    _refuse_unknown(table, column, indices, classes)
    if len(classes) < 2:
        raise InputError(
            f"the target '{column.name}' has the single class '{classes[0]}'",
            place=table.file,
            remedy="classification needs at least two classes",
        )
    if positive is not None and str(positive) not in codes:
        near = nearest(str(positive), classes)
        hint = f"did you mean '{near}'?" if near else f"the classes are {', '.join(classes)}"
        raise InputError(f"the positive class '{positive}' is no class", place="data.target.positive", remedy=hint)
    return indices, tuple(classes)


def sorted_labels(values: Array) -> tuple[str, ...]:
    """The different labels, sorted as numbers where all of them are numbers, else as text."""
    labels: Sequence[str] = sorted(set(values.tolist()))
    try:
        return tuple(sorted(labels, key=float))
    except ValueError:
        return tuple(labels)


def _refuse_unknown(table: Table, column: Column, indices: Array, classes: Sequence[str]) -> None:
    unknown = np.flatnonzero(indices < 0)
    if not unknown.size:
        return
    label = str(column.values[unknown[0]])[:40]
    near = nearest(label, classes)
    hint = f"did you mean '{near}'?" if near else f"correct it, or declare it in data.columns.{column.name}.categories"
    shown = ", ".join(classes[:6]) + (", …" if len(classes) > 6 else "")
    raise InputError(
        f"the label '{label}' of column '{column.name}' is none of the declared categories {shown}",
        place=table.where(int(unknown[0])),
        remedy=hint,
    )

"""Builds the data set from what a reader gave and what `data` declares; decides which column becomes what.

Features go into the matrix in the order of the source. Columns that splits, slices or fairness need are kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from stdspec.errors import InputError
from stdspec.run.data import columns, contract, target
from stdspec.run.data.columns import Column
from stdspec.run.data.contract import Violation
from stdspec.run.data.dataset import Array, Dataset, Feature
from stdspec.run.data.raw import Images, Raw, Table

IMAGE: Final = "image"
"""The name under which `data.columns` declares the pixels of an image."""


class Assembled(Struct, frozen=True):
    """A data set with the columns it was built from.

    Attributes:
        dataset: the data set.
        columns: every typed column of the source that is used, the target among them.
        violations: what of them breaks the declared contract.
        target: the name of the target column.
        table: the source as a table; of images, their labels alone.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    violations: tuple[Violation, ...]
    target: str
    table: Table


def assemble(
    raw: Raw, data: Mapping[str, Any], task: str | None = None, keep: Sequence[str] = (), group: str | None = None
) -> Assembled:
    """The data set of a source.

    Args:
        raw: what the reader gave.
        data: the `data` part of a spec.
        task: the training task; None takes the target as it looks.
        keep: names of columns that are kept beside the features whatever their role.
        group: the column by which the method of evaluation or the splits group rows; it says who a row belongs to, so
            it is a feature only where its role says so.

    Raises:
        InputError: for a column that is missing or unreadable, a label that is none, or a modality that does not fit.
    """
    if task == "multilabel":
        raise InputError("multilabel targets cannot be read in this version", place="training.task")
    modality = data.get("modality") or ("image" if isinstance(raw, Images) else "tabular")
    if isinstance(raw, Images) and modality == "tabular":
        raw = replace(raw.flattened(), label=(raw.label, raw.labels) if raw.labels is not None else None)
    if modality != ("image" if isinstance(raw, Images) else "tabular"):
        kind = "images" if isinstance(raw, Images) else "a table"
        raise InputError(f"the source gives {kind}, and the spec says modality {modality}", place="data.modality")
    return _images(raw, data, task) if isinstance(raw, Images) else _tabular(raw, data, task, keep, group)


def target_name(data: Mapping[str, Any]) -> str | None:
    """The declared name of the target column, or None."""
    name = (data.get("target") or {}).get("column")
    return str(name) if name is not None and name != "???" else None


def typed_columns(table: Table, declared: Mapping[str, Mapping[str, Any]]) -> list[Column]:
    """The columns of a table that are not ignored, each with its type."""
    return [
        columns.typed(table, name, declared[name]) for name in table.columns if declared[name].get("role") != "ignore"
    ]


def _tabular(
    table: Table, data: Mapping[str, Any], task: str | None, keep: Sequence[str], group: str | None
) -> Assembled:
    wanted = target_name(data)
    table = table.named(wanted)
    names = list(table.columns)
    if wanted is None:
        raise InputError(
            "the spec does not name the target", place="data.target.column", remedy="name one of the columns"
        )
    if wanted not in names:
        raise columns.missing_column(wanted, names, table.file, "data.target.column")
    declared = columns.declarations(data.get("columns") or {}, names, table.file)
    for name in keep:
        if name not in names:
            raise columns.missing_column(name, names, table.file, "data.columns")
    kind = target.type_of(table, wanted, declared[wanted], task)
    goal = columns.typed(table, wanted, declared[wanted], kind)
    kept = {name: item for name, item in declared.items() if name in keep and item.get("role") == "ignore"}
    others = [column for column in typed_columns(table, declared) if column.name != wanted]
    others += [columns.typed(table, name, item) for name, item in kept.items() if name != wanted]
    for column in others:
        columns.refuse_misread(table, column)
    values, classes = target.encode(table, goal, (data.get("target") or {}).get("positive"))
    assigned = _assigned(data)
    beside = {assigned, None if group in declared and declared[group].get("role") else group}
    chosen = [item for item in others if item.role == "feature" and item.name not in beside]
    features, matrix = _matrix(table, chosen, _imputed(data.get("transforms")))
    extra = {column.name: _kept(column) for column in others if column.name not in {item.name for item in features}}
    used = (*others, goal)
    dataset = Dataset(
        modality="tabular",
        inputs=matrix,
        target=values,
        classes=classes,
        features=features,
        extra=extra,
        predefined=None if assigned is None else np.asarray(extra[assigned]).astype(str),
    )
    return Assembled(dataset, used, tuple(contract.violations(used, table.where)), wanted, table)


def _imputed(transforms: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The names and globs of the columns whose missing numbers a transform fills."""
    found: list[str] = []
    for options in (transforms or {}).values():
        if options is not None and options.get("kind") == "impute":
            columns = options.get("columns", "features")
            found += ["*"] if columns == "features" else columns
    return tuple(found)


def _matrix(table: Table, found: Sequence[Column], imputed: Sequence[str]) -> tuple[tuple[Feature, ...], Array]:
    """The features and their matrix, shape (n, d) float32; a category is its code, a missing one has its own code.

    A missing number stays NaN where a transform fills it, and is refused elsewhere.
    """
    features, vectors = [], []
    for column in found:
        if column.values.dtype.kind == "M":
            raise InputError(
                f"column '{column.name}' is a {column.type} and cannot be a feature",
                place=f"data.columns.{column.name}.role",
                remedy="give it the role time, or ignore",
            )
        if column.type in ("text", "string"):
            continue  # kept beside the matrix as text
        feature, vector = encode_feature(table, column)
        if not any(fnmatchcase(column.name, pattern) for pattern in imputed):
            _refuse_missing(table, column.name, vector)
        features.append(feature)
        vectors.append(vector)
    if not features:
        raise InputError("no column is left as a feature", place="data.columns", remedy="give one the role feature")
    return tuple(features), np.stack(vectors, axis=1).astype(np.float32)


def _refuse_missing(table: Table, name: str, vector: Array) -> None:
    gone = np.flatnonzero(np.isnan(vector))
    if gone.size:
        more = f" (and in {gone.size - 1} more rows)" if gone.size > 1 else ""
        raise InputError(
            f"column '{name}' has no value{more}, and no model here learns from a missing number",
            place=table.where(int(gone[0])),
            remedy="fill it in, add data.transforms.fill: {kind: impute}, or give the column the role ignore",
        )


def encode_feature(table: Table, column: Column) -> tuple[Feature, Array]:
    """A feature and its vector of shape (n,)."""
    bounds = column.declaration.get("range")
    unit = column.declaration.get("unit") or table.units.get(column.name)
    if not column.textual:
        limits = (bounds[0], bounds[1]) if bounds else None
        return Feature(column.name, column.type, unit, (), limits), column.values
    categories = column.categories or target.sorted_labels(column.values[~column.missing])
    if column.missing.any():
        categories = (*categories, "")
    codes = {name: float(index) for index, name in enumerate(categories)}
    vector = np.array([codes.get(value, -1.0) for value in column.values])
    unknown = np.flatnonzero(vector < 0)
    if unknown.size:
        shown = ", ".join(categories[:6]) + (", …" if len(categories) > 6 else "")
        raise InputError(
            f"'{str(column.values[unknown[0]])[:40]}' in column '{column.name}' is none of its categories {shown}",
            place=table.where(int(unknown[0])),
            remedy=f"correct it, or declare it in data.columns.{column.name}.categories",
        )
    return Feature(column.name, column.type, unit, categories), vector


def _kept(column: Column) -> Array:
    """A column kept beside the features: text of fixed width, so that the file on disk needs no pickle."""
    return column.values.astype(str) if column.textual else column.values


def _assigned(data: Mapping[str, Any]) -> str | None:
    """The column that says which part a row belongs to, for splits of kind predefined; it is no feature."""
    splits = data.get("splits") or {}
    return splits.get("column") if splits.get("kind") == "predefined" else None


def _images(images: Images, data: Mapping[str, Any], task: str | None) -> Assembled:
    name = target_name(data) or images.label
    if images.labels is None:
        raise InputError("the images have no labels", place=images.file)
    table = Table(images.file, {name: images.labels})
    if task == "regression":
        raise InputError("image data has classes, and the task is regression", place="training.task")
    declared = columns.declarations(data.get("columns") or {}, [IMAGE, name], images.file)
    if name == IMAGE:
        raise InputError("the target cannot be the image itself", place="data.target.column")
    goal = columns.typed(table, name, declared[name], "category")
    values, classes = target.encode(table, goal, (data.get("target") or {}).get("positive"))
    pixels = image_column(images, declared[IMAGE])
    dataset = Dataset(
        modality="image",
        inputs=np.ascontiguousarray(images.pixels),
        target=values,
        classes=classes,
        predefined=images.predefined,
        value_range=_value_range(images, declared[IMAGE]),
    )
    used = (pixels, goal)
    return Assembled(dataset, used, tuple(contract.violations(used, table.where)), name, table)


def _value_range(images: Images, declaration: Mapping[str, Any]) -> tuple[float, float]:
    """The declared range where both ends are, else the one the source knows."""
    low, high = declaration.get("range") or (None, None)
    return images.value_range if low is None or high is None else (float(low), float(high))


def image_column(images: Images, declaration: Mapping[str, Any]) -> Column:
    """The pixels as one column whose cell is an image: its lowest value where that is too low, else its highest.

    So one image that leaves the declared range is one violation.
    """
    flat = images.pixels.reshape(len(images), -1).astype(np.float64)
    low, high = flat.min(axis=1), flat.max(axis=1)
    bounds = declaration.get("range") or images.value_range
    below = bounds[0] is not None and low < float(bounds[0])
    values = np.where(below, low, high)
    kind = str(declaration.get("type") or "float32")
    nothing = np.zeros(len(images), dtype=bool)
    return Column(IMAGE, kind, values, nothing, np.empty(0, dtype=np.int64), declaration)

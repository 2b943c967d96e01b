"""Describes a data set for its data card: each column's type, unit, missing count, and range or category counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from stdspec.run.data.assemble import IMAGE, Assembled
from stdspec.run.data.columns import Column
from stdspec.run.data.contract import Violation
from stdspec.run.data.dataset import Array, Dataset

MOST_CATEGORIES: Final = 20
"""A category column's most frequent values that are counted by name; the rest are counted together."""


def contract(assembled: Assembled) -> dict[str, Any]:
    """The contract as it was found: what is declared and seen of each column, and every violation."""
    columns = {column.name: describe(column, assembled.violations) for column in assembled.columns}
    columns[assembled.target]["role"] = "target"
    if assembled.dataset.modality == "image":  # a cell of the image column is one image; its card is about pixels
        columns[IMAGE] |= numbers(assembled.dataset.inputs)
    return {
        "rows": len(assembled.dataset),
        "columns": columns,
        "violations": [item.as_json() for item in assembled.violations],
    }


def describe(column: Column, violations: Sequence[Violation] = ()) -> dict[str, Any]:
    """One column: declared and observed. Values of text, id and declared personal columns are not shown."""
    declared = column.declaration
    out: dict[str, Any] = {
        "type": column.type,
        "role": column.role,
        "unit": declared.get("unit"),
        "nullable": declared.get("nullable"),
        "declared": bool(declared),
        "missing": int(column.missing.sum()),
        "violations": sum(item.count for item in violations if item.column == column.name),
    }
    if declared.get("range") is not None:
        out["range"] = declared["range"]
    there = column.values[~column.missing]
    if not len(there) or column.role == "id" or declared.get("personal"):
        return out
    if column.numeric:
        out |= numbers(there)
    elif column.values.dtype.kind == "M":
        out |= {"min": str(there.min()), "max": str(there.max())}
    elif column.type == "category":
        out |= _counts(there.tolist())
    return out


def numbers(values: Array) -> dict[str, float]:
    """Least, greatest, mean and standard deviation of some numbers."""
    wide = values.astype(np.float64)
    found = {"min": wide.min(), "max": wide.max(), "mean": wide.mean(), "std": wide.std()}
    return {name: float(value) for name, value in found.items()}


def card(dataset: Dataset, target: str) -> dict[str, Any]:
    """The data set as a whole: rows, modality, shape of one input, target and the rows of each class."""
    counts = np.bincount(dataset.target, minlength=len(dataset.classes)) if dataset.classes else ()
    return {
        "rows": len(dataset),
        "modality": dataset.modality,
        "shape": list(dataset.inputs.shape[1:]),
        "features": len(dataset.features),
        "kept": sorted(dataset.extra),
        "target": target,
        "classes": {name: int(count) for name, count in zip(dataset.classes, counts, strict=True)},
        "value_range": list(dataset.value_range) if dataset.value_range else None,
    }


def _counts(values: list[str]) -> dict[str, Any]:
    names, counts = np.unique(np.array(values, dtype=str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    kept = {str(names[index]): int(counts[index]) for index in order[:MOST_CATEGORIES]}
    others = int(counts[order[MOST_CATEGORIES:]].sum())
    return {"counts": kept, "distinct": len(names), **({"others": others} if others else {})}

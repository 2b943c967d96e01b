"""Compares each export with eager torch: on real rows at the declared batch sizes, and on edge inputs.

An export that computes something else than what was evaluated makes every number of the evaluation void.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct

from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.data.dataset import Array, Dataset
from stdspec.run.evaluate import material
from stdspec.run.export.node import declared
from stdspec.run.export.runtimes import RUNTIMES, run
from stdspec.run.train import predictor

DEFAULT: Final[Mapping[str, Any]] = {"atol": 1e-5, "rtol": 1e-4, "batches": [1, 64]}
"""What holds where a format declares no `parity`; a written null means that none is wanted."""
_MOST_COLUMNS = 256


class Difference(Struct, frozen=True):
    """How far an export lies from eager torch.

    Attributes:
        max_abs: the greatest absolute difference.
        max_rel: the greatest difference relative to eager, over scores above `atol` (below it, it says nothing).
        within: whether every score lies within ``atol + rtol * |eager|``.
    """

    max_abs: float
    max_rel: float
    within: bool


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write `parity.json`: the differences of every format that computes.

    Raises:
        RunError: when an exported file has changed or does not run.
    """
    model = predictor.load(inputs["model"], context.settings)
    dataset = material.rows(inputs, model.classes, context)
    exported = json.loads((inputs["exports"] / "exports.json").read_text(encoding="utf-8"))
    found = {}
    for name, options in declared(node.config).items():
        policy = {**DEFAULT, **(options.get("parity") or {})}
        if name in RUNTIMES and options.get("parity", DEFAULT) is not None:
            path, digest = inputs["exports"] / exported[name]["file"], exported[name]["digest"]
            found[name] = compared(name, path, digest, model.scores, dataset, policy)
    (out / "parity.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return [Record(f"run.deployment.parity.{name}", item) for name, item in found.items()]


def compared(
    name: str,
    path: Path,
    digest: str,
    eager: Callable[[Array], Array],
    dataset: Dataset,
    policy: Mapping[str, Any],
) -> dict[str, Any]:
    """One export against eager torch, as plain data for the record."""
    sizes = [int(size) for size in policy["batches"]]
    edges = edge_rows(dataset)
    batches = [*(real_rows(dataset, size) for size in sizes), edges]
    scores = run(name, path, digest, batches)
    wanted = [eager(rows) for rows in batches]
    atol, rtol = float(policy["atol"]), float(policy["rtol"])
    result = difference(scores, wanted, atol, rtol)
    return {
        "max_abs": result.max_abs if np.isfinite(result.max_abs) else "nan",
        "max_rel": result.max_rel if np.isfinite(result.max_rel) else "nan",
        "atol": atol,
        "rtol": rtol,
        "batches": sizes,
        "edges": len(edges),
        "within": result.within,
    }


def difference(found: Sequence[Array], wanted: Sequence[Array], atol: float, rtol: float) -> Difference:
    """The difference over all batches; scores of another shape, or NaN on one side only, are never within."""
    if [item.shape for item in found] != [item.shape for item in wanted]:
        return Difference(float("nan"), float("nan"), False)
    left = np.concatenate([item.ravel() for item in found]).astype(np.float64)
    right = np.concatenate([item.ravel() for item in wanted]).astype(np.float64)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore"):  # inf - inf, where both sides say inf
        gap = np.where(same, 0.0, np.abs(left - right))
    size = np.abs(right)
    telling = size > atol
    relative = float(np.max(gap[telling] / size[telling], initial=0.0))
    return Difference(float(np.max(gap, initial=0.0)), relative, bool(np.all(same | (gap <= atol + rtol * size))))


def real_rows(dataset: Dataset, size: int) -> Array:
    """Rows spread over the whole data set, shape (size, …); rows repeat where there are fewer."""
    positions = np.linspace(0, len(dataset) - 1, size).round().astype(np.int64)
    return np.ascontiguousarray(dataset.inputs[positions], dtype=np.float32)


def edge_rows(dataset: Dataset) -> Array:
    """Zeros, everything at its minimum, everything at its maximum, and each column alone at its own two ends.

    The ends are those of the declared range, else of the data. An image has one range for all its values. Where the
    data lacks numbers, which the model then fills, there is a row without any of them; where it has categories, there
    is a row of categories that nobody has seen.
    """
    low, high = _ends(dataset)
    middle = np.nan_to_num(np.nanmean(dataset.inputs, axis=0, dtype=np.float64)).astype(np.float32)
    rows = [np.zeros_like(low), low, high]
    if dataset.inputs.ndim == 2:
        middle = (
            np.where([bool(feature.categories) for feature in dataset.features], low, middle)
            if dataset.features
            else middle
        )
        for column in range(min(low.shape[0], _MOST_COLUMNS)):
            for end in (low, high):
                row = middle.copy()
                row[column] = end[column]
                rows.append(row)
        gaps = np.isnan(dataset.inputs).any(axis=0)
        if gaps.any():
            rows.append(np.where(gaps, np.nan, middle))
        coded = np.array([len(feature.categories) for feature in dataset.features] or [0])
        if coded.any():
            rows.append(np.where(coded > 0, coded, middle))
    return np.ascontiguousarray(np.stack(rows), dtype=np.float32)


def _ends(dataset: Dataset) -> tuple[Array, Array]:
    """The least and the greatest value of each input, each of the shape of one row."""
    shape = dataset.inputs.shape[1:]
    if dataset.value_range is not None:
        return np.full(shape, dataset.value_range[0]), np.full(shape, dataset.value_range[1])
    low = np.nan_to_num(np.nanmin(dataset.inputs, axis=0))
    high = np.nan_to_num(np.nanmax(dataset.inputs, axis=0))
    for column, feature in enumerate(dataset.features):
        declared_low, declared_high = feature.range or (None, None)
        low[column] = low[column] if declared_low is None else declared_low
        high[column] = high[column] if declared_high is None else declared_high
        if feature.categories:
            low[column], high[column] = 0, len(feature.categories) - 1
    return low, high

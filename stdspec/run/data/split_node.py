"""The split node: deals the rows into folds and records that no record and no group lies in two parts of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.data import columns, folds
from stdspec.run.data.dataset import Array, Dataset, Fold, Splits
from stdspec.run.data.identity import row_ids

PARTS = ("train", "validation", "test")


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write `splits.npz`; record the rows of each part, summed over the folds that are tested, and the overlaps.

    Raises:
        InputError: when the data cannot be divided as declared.
    """
    del context
    dataset = Dataset.load(inputs["dataset"])
    splits = folds.make(dataset, node.config)
    splits.save(out)
    tested = [fold for name, fold in splits.folds.items() if name != folds.FINAL]
    records = [Record(f"run.split.{part}", sum(len(getattr(fold, part)) for fold in tested)) for part in PARTS]
    data = node.config.get("data") or {}
    assigned = (data.get("splits") or {}).get("column")
    ids = row_ids(dataset, (assigned,) if assigned else ())
    records.append(Record("run.split.overlap.records", overlap(splits, ids)))
    group = group_column(node.config, dataset)
    if group is not None:
        _, codes = np.unique(dataset.column(group), return_inverse=True)
        shared = {int(code) for fold in splits.folds.values() for code in shared_ids(fold, codes)}
        records.append(Record("run.split.overlap.groups", len(shared)))
    return records


def overlap(splits: Splits, ids: npt.NDArray[np.int64]) -> int:
    """How many rows, in any fold, lie in one part and have an equal row in another part.

    Args:
        splits: the folds.
        ids: for each row a number that equal rows share, shape (n,).
    """
    touched = np.zeros(len(ids), dtype=bool)
    for fold in splits.folds.values():
        shared = shared_ids(fold, ids)
        for part in PARTS:
            rows = getattr(fold, part)
            touched[rows[np.isin(ids[rows], shared)]] = True
    return int(touched.sum())


def shared_ids(fold: Fold, ids: Array) -> Array:
    """The numbers that occur in more than one part of a fold."""
    parts = [np.unique(ids[getattr(fold, part)]) for part in PARTS]
    numbers, counts = np.unique(np.concatenate(parts), return_counts=True)
    return np.asarray(numbers[counts > 1])


def group_column(config: Mapping[str, object], dataset: Dataset) -> str | None:
    """The column whose groups must not be divided: named by method or splits, else the one with the role group."""
    data, evaluation = _mapping(config, "data"), _mapping(config, "evaluation")
    named = _mapping(evaluation, "method").get("group") or _mapping(data, "splits").get("group")
    if named:
        return str(named)
    return next(iter(columns.with_role(dataset.extra, _mapping(data, "columns"), "group")), None)


def _mapping(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}

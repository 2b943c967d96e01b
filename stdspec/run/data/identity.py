"""Which rows of a data set are the same record, by content: equal features, target and kept columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from stdspec.run.data.dataset import Array, Dataset


def row_ids(dataset: Dataset, leave_out: Iterable[str] = ()) -> npt.NDArray[np.int64]:
    """For each row a number, shape (n,); two rows have the same one when all their columns are equal, NaN to NaN.

    Args:
        dataset: the data set.
        leave_out: kept columns that do not count, such as the one that assigns a row to a part.
    """
    parts = [_bytes(dataset.inputs.astype(np.float32) + np.float32(0)), _bytes(dataset.target)]  # + 0 makes -0.0 a 0.0
    skipped = set(leave_out)
    parts += [_bytes(values) for name, values in dataset.extra.items() if name not in skipped]
    hashes = np.empty(len(dataset), dtype=np.uint64)
    for row in range(len(dataset)):
        state = hashlib.blake2b(digest_size=8)
        for part in parts:
            state.update(part[row])
        hashes[row] = int.from_bytes(state.digest(), "little")
    return np.unique(hashes, return_inverse=True)[1].astype(np.int64)


def duplicates(ids: npt.NDArray[np.int64]) -> int:
    """How many rows equal an earlier row."""
    return len(ids) - len(np.unique(ids))


def _bytes(values: Array) -> Array:
    """Each row as bytes: shape (n, width) uint8."""
    flat = np.ascontiguousarray(values.reshape(len(values), -1))
    return flat.view(np.uint8).reshape(len(values), -1)

"""Reads CIFAR-10 in its binary version: records of one label byte and 3 × 32 × 32 bytes, red, green, blue, row by row.

Source of the format: Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run.data.dataset import Array
from stdspec.run.data.raw import Images, as_text
from stdspec.run.data.sources import CIFAR10_TEST, Source

NAMES: Final = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
RECORD: Final = 1 + 3 * 32 * 32
"""Bytes of one record."""


def read(source: Source, files: Sequence[Path]) -> Images:
    """The images (n, 3, 32, 32) of the batches in their order; the test batch is the predefined test split.

    Raises:
        InputError: for an empty or truncated batch, or a label that is none of the ten.
    """
    del source  # everything is in the files
    parts = [_batch(path) for path in files]
    pixels = np.concatenate([pixels for _, pixels in parts])
    labels = as_text([NAMES[code] for codes, _ in parts for code in codes])
    predefined = None
    if any(path.name == CIFAR10_TEST for path in files):
        roles = ["test" if path.name == CIFAR10_TEST else "train" for path in files]
        predefined = np.repeat(np.array(roles), [len(codes) for codes, _ in parts])
    return Images(shown(files[0].parent), pixels, labels, (0.0, 255.0), "class", predefined)


def _batch(path: Path) -> tuple[Array, Array]:
    data = np.fromfile(path, dtype=np.uint8)
    if not data.size:
        raise InputError("the file is empty", place=shown(path), remedy="fetch the CIFAR-10 batch again")
    if data.size % RECORD:
        raise InputError(
            f"the file is cut off: {data.size} bytes are no multiple of the {RECORD} bytes of a record",
            place=shown(path),
            remedy="fetch the binary version of CIFAR-10 again",
        )
    records = data.reshape(-1, RECORD)
    labels = records[:, 0]
    wrong = np.flatnonzero(labels >= len(NAMES))
    if wrong.size:
        raise InputError(
            f"record {wrong[0] + 1} has the label {labels[wrong[0]]}, and labels go from 0 to {len(NAMES) - 1}",
            place=shown(path),
            remedy="this is not a CIFAR-10 batch in the binary version",
        )
    return labels, records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32)

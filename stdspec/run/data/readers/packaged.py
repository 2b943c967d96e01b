"""Reads the sets that scikit-learn packages, with its own loaders, unscaled and in their own units.

Their files do not name the target: it takes the name that `target.column` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn import datasets

from stdspec.run.data.raw import Images, Raw, Table, as_text
from stdspec.run.data.sources import Source

_TARGETS: Final[Mapping[str, str]] = {
    "breast_cancer": "diagnosis",
    "diabetes": "progression",
    "iris": "species",
    "wine": "cultivar",
}
"""The target's usual name, for specs that use another column as their target."""

DIGITS_RANGE: Final = (0.0, 16.0)
"""Each pixel of digits counts the set points of a 4 × 4 block of the 32 × 32 scan."""


def read(source: Source, files: Sequence[Path]) -> Raw:
    """The packaged set `source["name"]`: digits as images (1,797, 1, 8, 8), the others as tables."""
    name = str(source["name"])
    return _digits(str(files[0].name)) if name == "digits" else _table(name, files[0].name)


def _digits(file: str) -> Images:
    bunch = datasets.load_digits()
    pixels = bunch.images.astype(np.float32)[:, None, :, :]
    return Images(file, pixels, as_text([str(label) for label in bunch.target]), DIGITS_RANGE, label="digit")


_LOADERS: Final[Mapping[str, Callable[[], Any]]] = {
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
}


def _table(name: str, file: str) -> Table:
    bunch = _LOADERS[name]()
    columns = {str(column): bunch.data[:, index].astype(np.float64) for index, column in enumerate(bunch.feature_names)}
    names = bunch.get("target_names")
    target = bunch.target.astype(np.float64) if names is None else as_text([str(names[code]) for code in bunch.target])
    return Table(file, columns, label=(_TARGETS[name], target))

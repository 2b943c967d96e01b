"""Declared shifts: how the test inputs change before the model sees them again.

A severity is relative, so that it means the same for every column: a share of the spread, of the cells, of the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from stdspec.run.data.dataset import Array, Dataset


class Scene(Struct, frozen=True):
    """What a shift may use.

    Attributes:
        inputs: the test inputs, shape (m, …) float32.
        numeric: which columns of tabular inputs are numbers, shape (d,).
        spread: the standard deviation of each column, or channel of an image, over the training rows.
        mean: the mean of the same.
        bounds: the closed range of an image's values, or None.
    """

    inputs: Array
    numeric: Array
    spread: Array
    mean: Array
    bounds: tuple[float, float] | None

    def kept(self, changed: Array) -> Array:
        """The changed inputs, categories as they were, images within their range, as float32."""
        if self.bounds is not None:
            changed = np.clip(changed, *self.bounds)
        elif len(self.numeric):
            changed = np.where(self.numeric, changed, self.inputs)
        return changed.astype(np.float32)


def scene(dataset: Dataset, train: Array, test: Array) -> Scene:
    """What is known of a data set from its training rows, and the test inputs."""
    known, inputs = dataset.inputs[train], dataset.inputs[test]
    numeric = np.array([not feature.categories for feature in dataset.features], dtype=np.bool_)
    axes = (0, *range(2, known.ndim))  # over rows, and over the pixels or steps of a channel
    spread = np.asarray(np.nanstd(known, axis=axes, dtype=np.float64, keepdims=True))[0]
    mean = np.asarray(np.nanmean(known, axis=axes, dtype=np.float64, keepdims=True))[0]
    return Scene(inputs, numeric, np.nan_to_num(spread), np.nan_to_num(mean), dataset.value_range)


def gaussian_noise(scene: Scene, severity: float, rng: np.random.Generator) -> Array:
    """Adds normal noise with `severity` times the spread as its standard deviation."""
    return scene.kept(scene.inputs + rng.normal(size=scene.inputs.shape) * scene.spread * severity)


def missing(scene: Scene, severity: float, rng: np.random.Generator) -> Array:
    """Loses a share `severity` of all cells; a lost cell holds its column's mean, as an imputing sender fills it."""
    lost = rng.random(scene.inputs.shape) < severity
    return scene.kept(np.where(lost, scene.mean, scene.inputs))


def scale(scene: Scene, severity: float, rng: np.random.Generator) -> Array:  # noqa: ARG001  one signature for all
    """Multiplies by 1 + `severity`: a sensor out of calibration, or a changed unit."""
    return scene.kept(scene.inputs * (1 + severity))


SHIFTS: Final[Mapping[str, Callable[[Scene, float, np.random.Generator], Array]]] = {
    "gaussian-noise": gaussian_noise,
    "missing": missing,
    "scale": scale,
}
"""Kind to shift."""

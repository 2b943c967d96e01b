"""What a reader gives: a table of named columns, or images with labels. Nothing is typed or judged yet.

Rows keep the line of the file they came from, so that every later complaint can point at it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from stdspec.run.data.dataset import Array

TEXT = np.dtype(object)
"""The type of a column of raw text: an array of str, the empty text where nothing is written."""


class Table(Struct, frozen=True):
    """Named columns of n rows.

    Attributes:
        file: the file as people should see it.
        columns: name to values, each of shape (n,): text (`TEXT`) as written, or float64.
        lines: the line each row starts on, shape (n,); None where the source has no lines.
        label: the target of a source whose files do not name it: (usual name, values); None otherwise.
        units: the units that the source itself states, by column.
    """

    file: str
    columns: Mapping[str, Array]
    lines: npt.NDArray[np.int64] | None = None
    label: tuple[str, Array] | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values()), ()))

    def where(self, row: int) -> str:
        """The place of a row (counted from 0), ``train.csv:7``, or the file and its row where there are no lines."""
        return f"{self.file}:{self.lines[row]}" if self.lines is not None else f"{self.file}, row {row + 1}"

    def named(self, target: str | None) -> Table:
        """The table with its unnamed target as a column: under the name `target`, or its usual one."""
        if self.label is None:
            return self
        usual, values = self.label
        name = target if target is not None and target not in self.columns else usual
        return Table(self.file, {**self.columns, name: values}, self.lines, None, self.units)


class Images(Struct, frozen=True):
    """Images with one label each.

    Attributes:
        file: the file as people should see it.
        pixels: shape (n, channels, height, width) float32 in the source's own range.
        labels: shape (n,), the label of each as text (`TEXT`); None for a batch without labels.
        value_range: the closed range that a pixel can have.
        label: the usual name of the label.
        predefined: shape (n,) of the texts train and test, where the source is divided; None otherwise.
    """

    file: str
    pixels: npt.NDArray[np.float32]
    labels: Array | None
    value_range: tuple[float, float]
    label: str = "label"
    predefined: Array | None = None

    def __len__(self) -> int:
        """The number of images."""
        return len(self.pixels)

    def flattened(self) -> Table:
        """The images as a table, a column a pixel: ``pixel_<row>_<column>``, the channel first if there are many."""
        _, channels, height, width = self.pixels.shape
        names = [
            f"pixel_{row}_{column}" if channels == 1 else f"pixel_{channel}_{row}_{column}"
            for channel in range(channels)
            for row in range(height)
            for column in range(width)
        ]
        flat = self.pixels.reshape(len(self), -1).astype(np.float64)
        columns = {name: flat[:, index] for index, name in enumerate(names)}
        return Table(self.file, columns, label=None if self.labels is None else (self.label, self.labels))


Raw = Table | Images


def as_text(values: list[str]) -> Array:
    """Texts as a raw column."""
    column = np.empty(len(values), dtype=TEXT)
    column[:] = values
    return column

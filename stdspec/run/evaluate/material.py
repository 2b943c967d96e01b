"""The rows that a model is judged and exported with: a fold of the data set, or the loaders of an own data module.

An own data module is read into a data set of its own, test rows first, so that everything after this sees one shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from stdspec.errors import RunError
from stdspec.run.context import Context
from stdspec.run.data.dataset import Array, Dataset, Fold, Splits
from stdspec.run.train import own
from stdspec.run.train.material import first_batch
from stdspec.run.train.seeds import fixed

_TRAIN_ROWS_AT_MOST: Final = 20_000
"""How many training rows of an own data module are read: they only fit baselines and tell the spread of a column."""

_DEBUG_BATCHES: Final = 2
_MODALITY: Final[Mapping[int, str]] = {2: "tabular", 4: "image"}


def read(inputs: Mapping[str, Path], fold: str, classes: tuple[str, ...], context: Context) -> tuple[Dataset, Fold]:
    """The data set and the rows of one fold.

    Args:
        inputs: the node's inputs: dataset, and splits unless the data module is the user's own.
        fold: the name of the fold.
        classes: the class names of the model, for an own data module.
        context: its settings say where own code is found.

    Raises:
        RunError: when own code raises, or gives no test rows.
    """
    described = inputs["dataset"] / "own.json"
    if described.is_file():
        return _own(json.loads(described.read_text(encoding="utf-8")), classes, context)
    dataset = Dataset.load(inputs["dataset"])
    return dataset, Splits.load(inputs["splits"]).folds[fold]


def rows(inputs: Mapping[str, Path], classes: tuple[str, ...], context: Context) -> Dataset:
    """The data set alone, for nodes that only need example rows."""
    if (inputs["dataset"] / "own.json").is_file():
        return read(inputs, "holdout", classes, context)[0]
    return Dataset.load(inputs["dataset"])


def _own(described: Mapping[str, Any], classes: tuple[str, ...], context: Context) -> tuple[Dataset, Fold]:
    target = str(described["target"])
    if "test" not in described["loaders"]:
        message = f"{target} has no test_dataloader, and the model is judged on test rows"
        raise RunError(message, "data._target_", "give the class one, or remove evaluation.metrics and exports")
    module = own.data_module(target, described["args"], context.settings, debug=context.debug)
    most = _DEBUG_BATCHES if context.debug else None
    with own.guard(target, type(module).__mro__[1]), fixed(0, target, "evaluate"):
        module.prepare_data()
        module.setup("fit")
        module.setup("test")
        test = _joined(module.test_dataloader(), target, None, most)
        train = _joined(module.train_dataloader(), target, _TRAIN_ROWS_AT_MOST, most)
    values = np.concatenate([test[0], train[0]]).astype(np.float32)
    labels = np.concatenate([test[1], train[1]]).reshape(-1)
    if classes and not 0 <= labels.min() <= labels.max() < len(classes):
        message = f"{target} gives the label {int(labels.max())}, and the classes of the model are {', '.join(classes)}"
        raise RunError(message, "data._target_", "let the data module name its classes, as `classes`")
    dataset = Dataset(
        modality=_MODALITY.get(values.ndim, "series"),
        inputs=values,
        target=labels.astype(np.int64 if classes else np.float32),
        classes=classes,
    )
    count = len(test[1])
    index = np.arange(len(labels))
    return dataset, Fold(train=index[count:], validation=index[:0], test=index[:count])


def _joined(loader: Iterable[Any], target: str, most_rows: int | None, most_batches: int | None) -> tuple[Array, Array]:
    """The rows and targets of a loader, up to a number of rows or batches."""
    inputs: list[Array] = []
    labels: list[Array] = []
    for number, batch in enumerate(loader):
        full = most_rows is not None and sum(map(len, labels)) >= most_rows
        if full or (most_batches is not None and number >= most_batches):
            break
        values, wanted = first_batch([batch], target)
        inputs.append(_array(values))
        labels.append(_array(wanted))
    if not labels:
        raise RunError(f"a loader of {target} gives no batch", "data._target_", "let it give at least one")
    return np.concatenate(inputs), np.concatenate(labels)


def _array(value: torch.Tensor) -> Array:
    return np.asarray(value.detach().cpu().numpy())

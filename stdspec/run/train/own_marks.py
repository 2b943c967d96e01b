"""What own code keeps where no checkpoint reaches: in its modules' names, on its classes, on its data, in callbacks.

It is looked at from time to time, and never copied. A training whose course may hang on it is not resumed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Hashable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

import numpy as np
import torch
from lightning.pytorch import Callback, LightningDataModule, Trainer
from lightning.pytorch import callbacks as lightning
from torch import Tensor, nn
from torch.utils.data import Dataset

_FOREIGN: Final = frozenset({"lightning", "lightning_fabric", "stdspec", "torch", "torchmetrics", "torchvision"})
"""Packages whose classes are no own code, beside those of Python itself."""

_HARMLESS: Final = (
    lightning.DeviceStatsMonitor,
    lightning.EarlyStopping,
    lightning.LearningRateMonitor,
    lightning.ModelCheckpoint,
    lightning.ModelSummary,
    lightning.RichModelSummary,
)
"""Lightning's callbacks that change no weight, or whose checkpoint holds all that they go by."""


class Marks:
    """Watches numbers, texts, generators and tensors in own packages, on own classes and on the parts of own data.

    A tensor is known by its place in memory and by how often it was written to; what is filled in late, such as a
    file that is opened by the first row, is none of these.

    Args:
        module: own or shipped.
        data: the own data module, or None.
    """

    def __init__(self, module: nn.Module, data: LightningDataModule | None) -> None:
        self.module, self.data = module, data
        self._marks: dict[str, Hashable] = {}
        self._modules: list[ModuleType] = []

    def begin(self) -> None:
        """Note how things are."""
        self._modules = list(_modules(self.module, self.data))
        self._marks = dict(self._found())

    def changed(self) -> str | None:
        """What has changed since, in words; None where nothing has. What is new is noted."""
        for place, mark in self._found():
            if self._marks.setdefault(place, mark) != mark:
                return place
        return None

    def _found(self) -> Iterator[tuple[str, Hashable]]:
        for module in self._modules:
            yield from _marked(f"the name '%s' of the module {module.__name__}", vars(module))
        parts = _data_parts(self.data) if self.data is not None else {}
        for kind in dict.fromkeys(kind for item in (*self.module.modules(), *parts.values()) for kind in _own(item)):
            yield from _marked(f"the attribute '%s' of the class {kind.__name__}", vars(kind))
        for name, part in parts.items():
            if not (part is self.data and _keeps_state(self.data)):
                first = {key: value for kind in reversed(list(_own(part))) for key, value in vars(kind).items()}
                yield from _marked(f"the attribute '{name}%s' of the data module", first | vars(part))


def _marked(words: str, values: Any) -> Iterator[tuple[str, Hashable]]:
    """Name in words and mark of each value that can be marked."""
    for name, value in list(values.items()):
        mark = _mark(value)
        if mark is not None and not name.startswith("__"):
            yield words % name, mark


def _mark(value: Any) -> Hashable | None:
    if isinstance(value, bool | int | float | complex | str | bytes):
        return type(value), repr(value)  # a NaN is itself
    if isinstance(value, Tensor):
        return value.data_ptr(), value._version, value.shape
    if isinstance(value, torch.Generator):
        return value.get_state().numpy().tobytes()
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    return value.getstate() if isinstance(value, random.Random) else None


def _own(item: object) -> Iterator[type]:
    """The classes of an object that are own code."""
    for kind in type(item).__mro__:
        top = kind.__module__.partition(".")[0]
        if top not in _FOREIGN and top not in sys.stdlib_module_names:
            yield kind


def _modules(*items: object) -> Iterator[ModuleType]:
    """The modules of the packages from which objects of own code come, as far as they have been imported."""
    tops = {kind.__module__.partition(".")[0] for item in items for kind in _own(item)}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in tops and isinstance(module, ModuleType):
            yield module


def _keeps_state(data: LightningDataModule) -> bool:
    """Whether a data module says itself what a checkpoint has to hold of it."""
    return type(data).state_dict is not LightningDataModule.state_dict


def _data_parts(data: LightningDataModule) -> dict[str, Any]:
    """The data module and the data sets that it holds, by the beginning of their attributes' names."""
    found: dict[str, Any] = {"": data}
    waiting: list[tuple[str, object]] = [("", data)]
    while waiting:
        prefix, part = waiting.pop()
        for name, value in vars(part).items():
            if isinstance(value, Dataset) and all(value is not other for other in found.values()):
                found[f"{prefix}{name}."] = value
                waiting.append((f"{prefix}{name}.", value))
    return found


def callbacks_of(trainer: Trainer) -> str | None:
    """Why callbacks that a module brings stand in the way of a resume; None where none do."""
    own: Sequence[Callback] = [item for item in trainer.callbacks if type(item) not in _HARMLESS]  # type: ignore[attr-defined]
    names = [type(item).__name__ for item in own if not type(item).__module__.startswith("stdspec.")]
    return f"the module brings the callback {names[0]}, whose part in the training nobody knows" if names else None


def reloading(trainer: Trainer) -> str | None:
    """Why loaders that are made anew stand in the way; None where they do not. Made each epoch, they are made again."""
    every = int(trainer.reload_dataloaders_every_n_epochs)  # type: ignore[attr-defined]
    return f"the loaders are made anew each {every} epochs, and may hang on the epoch" if every > 1 else None

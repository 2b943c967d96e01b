"""What a fit learns from: the data of one fold on the device, or an own data module with its own loaders.

Preprocessing is fitted here, on the training rows, and applied once; the fit itself sees preprocessed rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from lightning.pytorch import LightningDataModule
from msgspec import Struct, field
from torch import Tensor, nn

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset, Splits
from stdspec.run.train import own, preprocess
from stdspec.run.train.exported import INPUT_NAMES
from stdspec.run.train.job import Job
from stdspec.run.train.loader import TensorLoader
from stdspec.run.train.preprocess import Preprocess
from stdspec.run.train.seeds import fixed
from stdspec.run.train.sharing import ALONE, Share
from stdspec.settings import Settings

_VALIDATION_BATCH: Final = {"cpu": 64, "cuda": 1024}
"""Rows of a validation batch: what a layer of a small network gives for 64 stays in a core's cache."""


class Material(Struct, frozen=True):
    """The data of one fit.

    Attributes:
        input_name: of the graph's input.
        shape: of one raw row.
        inner: of one preprocessed row.
        classes: the class names; empty for regression.
        features: the names of the raw columns; empty when they have none.
        preprocess: raw row to preprocessed row; None for an own data module, whose rows are taken as they come.
        train: the training batches; None for an own data module.
        validation: the validation batches; None where there are none or the data module has them.
        module: the own data module, or None.
        sample: some preprocessed training rows, for trying a module before it is trained.
        batch: rows of a batch of the own data module, or None.
        target: of the training rows; empty for an own data module.
        expected: what was read of the training loader of the own data module, or None.
        target: of the training rows.
        share: of this process in the fit.
    """

    input_name: str
    shape: tuple[int, ...]
    inner: tuple[int, ...]
    classes: tuple[str, ...]
    features: tuple[str, ...]
    preprocess: Preprocess | None
    train: TensorLoader | None
    validation: TensorLoader | None
    module: LightningDataModule | None
    sample: Tensor
    batch: int | None = None
    target: Tensor = field(default_factory=lambda: torch.empty(0))
    expected: Mapping[str, Any] | None = None
    share: Share = ALONE


def read(
    config: Mapping[str, Any],
    inputs: Mapping[str, Path],
    job: Job,
    settings: Settings,
    *,
    debug: bool,
    share: Share = ALONE,
) -> Material:
    """The material of a train node, from the folders of its inputs.

    Raises:
        RunError: when the data does not fit the task or the batch.
    """
    described = inputs["dataset"] / "own.json"
    if described.is_file():
        if job.devices > 1:
            raise RunError(
                f"the batches of an own data module cannot be shared among {job.devices} devices",
                "compute.devices",
                "write 1, or let a source of the language give the data",
            )
        return _own(json.loads(described.read_text(encoding="utf-8")), job, settings, debug=debug)
    dataset = Dataset.load(inputs["dataset"])
    _check_task(dataset, job.task, config)
    fold = Splits.load(inputs["splits"]).folds[job.fold]
    if len(fold.train) < job.batch:
        raise RunError(
            f"training.batch.global is {job.batch}, and the training split has {len(fold.train)} rows",
            "training.batch.global",
            f"write {max(1, len(fold.train) // 4)} or fewer",
        )
    fitted = preprocess.fit(dataset, fold.train, (config.get("data") or {}).get("transforms"))
    train = _rows(dataset, fold.train, fitted)
    validation = _rows(dataset, fold.validation, fitted)
    if not len(validation[1]) and job.checkpoint is not None and job.checkpoint.monitor.startswith("validation/"):
        raise RunError("the split leaves no validation rows", "data.splits", "give validation a larger share")
    return Material(
        input_name=INPUT_NAMES[dataset.modality],
        shape=tuple(dataset.inputs.shape[1:]),
        inner=tuple(train[0].shape[1:]),
        classes=dataset.classes,
        features=tuple(item.name for item in dataset.features),
        preprocess=fitted,
        train=TensorLoader(*train, job.rows * share.world, job.stream, share),
        validation=_validation(*validation, _VALIDATION_BATCH[job.accelerator], share) if len(validation[1]) else None,
        module=None,
        sample=train[0][:2],
        target=train[1],
        share=share,
    )


def _validation(inputs: Tensor, target: Tensor, batch: int, share: Share) -> TensorLoader:
    """This process's part of the validation rows; every process has as many batches."""
    if len(target) < share.world:
        raise RunError(
            f"the split leaves {len(target)} validation rows for {share.world} devices",
            "data.splits",
            "give validation a larger share, or write devices: 1",
        )
    while not share.alone and len(target) // share.world % batch == 0:
        batch += 1  # a part with one row more would have a batch more
    return TensorLoader(
        torch.tensor_split(inputs, share.world)[share.rank], torch.tensor_split(target, share.world)[share.rank], batch
    )


def _check_task(dataset: Dataset, task: str, config: Mapping[str, Any]) -> None:
    name = ((config.get("data") or {}).get("target") or {}).get("column", "target")
    if task == "classification" and not dataset.classes:
        raise RunError(
            f"the task is classification, and the target '{name}' holds numbers",
            "training.task",
            "choose regression, or declare the column as a category",
        )
    if task == "regression" and dataset.classes:
        raise RunError(
            f"the task is regression, and the target '{name}' is a category of {len(dataset.classes)} classes",
            "training.task",
            "choose classification, or declare the column as a number",
        )


@torch.no_grad()
def _rows(dataset: Dataset, index: Any, fitted: nn.Module) -> tuple[Tensor, Tensor]:
    """Preprocessed inputs (k, …) and target (k,) of some rows."""
    inputs = torch.from_numpy(dataset.inputs[index]).float()
    return fitted(inputs), torch.from_numpy(dataset.target[index])


def _own(described: Mapping[str, Any], job: Job, settings: Settings, *, debug: bool) -> Material:
    """An own data module, its first batch looked at."""
    target = str(described.get("target", described.get("_target_")))
    module = own.data_module(target, described.get("args") or {}, settings, debug=debug)
    with own.guard(target, type(module).__mro__[1]), fixed(job.stream, "look"):
        module.prepare_data()
        module.setup("fit")
        loader = module.train_dataloader()
        inputs, labels = first_batch(loader, target)
        classes = _classes(module, loader, job.task)
    return Material(
        input_name=INPUT_NAMES["tabular" if inputs.ndim == 2 else "image" if inputs.ndim == 4 else "series"],
        shape=tuple(inputs.shape[1:]),
        inner=tuple(inputs.shape[1:]),
        classes=classes,
        features=(),
        preprocess=None,
        train=None,
        validation=None,
        module=module,
        sample=inputs[:2],
        batch=len(labels),
        expected=(described.get("loaders") or {}).get("train"),
    )


def first_batch(loader: Any, target: str) -> tuple[Tensor, Tensor]:
    """The first ``(inputs, target)`` of an own loader.

    Raises:
        RunError: when its batches are something else.
    """
    batch = next(iter(loader), None)
    if not isinstance(batch, list | tuple) or len(batch) != 2 or not all(isinstance(item, Tensor) for item in batch):
        raise RunError(
            f"the batches of {target} are no pairs of tensors (inputs, target)",
            "data._target_",
            "let its loaders give such pairs",
        )
    return batch[0], batch[1]


def _classes(module: LightningDataModule, loader: Any, task: str) -> tuple[str, ...]:
    """The class names: what the data module calls `classes`, else 0, 1, … up to the highest label."""
    if task == "regression":
        return ()
    named = getattr(module, "classes", None)
    if isinstance(named, list | tuple):
        return tuple(str(name) for name in named)
    return tuple(str(index) for index in range(1 + max(int(labels.max()) for _, labels in loader)))

"""Builds Lightning's Trainer from the spec: the one training path, for shipped and own modules alike.

`training.trainer` passes what the language does not name; what it does name is refused there, so that one fact has
one place.
"""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger

from stdspec.errors import RunError
from stdspec.run.train.job import Job
from stdspec.suggest import nearest

NAMED: Final[dict[str, str]] = {
    "accelerator": "compute.accelerator",
    "devices": "compute.devices",
    "num_nodes": "compute.nodes",
    "strategy": "compute.strategy",
    "precision": "compute.precision",
    "max_epochs": "training.epochs",
    "max_steps": "training.max_steps",
    "max_time": "compute.limits.time",
    "accumulate_grad_batches": "training.batch.micro",
    "gradient_clip_val": "training.clip",
    "gradient_clip_algorithm": "training.clip, which bounds the norm",
    "deterministic": "training.determinism",
    "benchmark": "training.determinism",
    "logger": "training.loggers",
    "callbacks": "training.checkpoint, training.stop and training.ema",
    "enable_checkpointing": "training.checkpoint",
    "fast_dev_run": "the option --debug",
    "default_root_dir": "the setting outputs",
}
"""Arguments of the Trainer that the language names, and where."""

_OURS: Final = frozenset(
    {"self", "plugins", "barebones", "enable_progress_bar", "enable_model_summary", "model_registry"}
)
"""Arguments that a spec cannot set: they take objects, or take away what the records need."""

LOGGERS: Final[dict[str, Callable[[str], Logger]]] = {
    "tensorboard": lambda folder: TensorBoardLogger(folder, name="", version="tensorboard"),
    "csv": lambda folder: CSVLogger(folder, name="", version="csv"),
}
"""`training.loggers` to what writes them into a folder."""


def extra_arguments(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """`training.trainer`, checked against the Trainer's signature.

    Raises:
        RunError: when the Trainer takes no such argument, or the language names it.
    """
    known = [name for name in inspect.signature(Trainer.__init__).parameters if name not in _OURS]
    for name in given or {}:
        place = f"training.trainer.{name}"
        if name in NAMED:
            raise RunError(f"'{name}' has its own place in the language", place, f"use {NAMED[name]}")
        if name not in known:
            guess = nearest(name, [item for item in known if item not in NAMED])
            raise RunError(
                f"Lightning's Trainer takes no '{name}'", place, f"did you mean '{guess}'" if guess else None
            )
    return dict(given or {})


def build(
    job: Job, callbacks: list[Callback], scratch: Path, *, accumulate: int, debug: bool, logs: Path | None
) -> Trainer:
    """The Trainer of one fit.

    Args:
        job: what is asked.
        callbacks: ours.
        scratch: where Lightning may write what nobody keeps.
        accumulate: forward passes of an optimizer step.
        debug: two batches of one epoch.
        logs: where `training.loggers` write; None for nowhere.

    Raises:
        RunError: when Lightning refuses an argument.
    """
    limits = {"limit_train_batches": 2, "limit_val_batches": 2} if debug else {}
    arguments: dict[str, Any] = {
        "accelerator": job.accelerator,
        "devices": 1,
        "num_nodes": 1,
        "strategy": "auto",
        "precision": job.precision,
        "max_epochs": 1 if debug else (job.epochs if job.epochs is not None else -1),
        "max_steps": -1 if debug or job.max_steps is None else job.max_steps,
        "accumulate_grad_batches": accumulate,
        "gradient_clip_val": job.training.get("clip"),
        "deterministic": {"exact": True, "tolerance": "warn", "off": False}[job.determinism],
        "logger": _loggers(job.training.get("loggers"), logs),
        "callbacks": callbacks,
        "default_root_dir": scratch,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "num_sanity_val_steps": 0,
        "enable_autolog_hparams": False,
    }
    try:
        return Trainer(**(arguments | extra_arguments(job.training.get("trainer")) | limits))
    except (MisconfigurationException, TypeError, ValueError) as error:
        said = str(error).strip().splitlines()[0].rstrip(".")
        raise RunError(f"Lightning's Trainer refuses these arguments: {said}", "training.trainer") from error


def _loggers(given: Mapping[str, Any] | None, logs: Path | None) -> list[Logger] | bool:
    chosen = [name for name, options in (given or {}).items() if options is not None]
    if not chosen or logs is None:
        return False
    for name in chosen:
        if name not in LOGGERS:
            raise RunError(
                f"there is no logger '{name}'", f"training.loggers.{name}", f"there are {', '.join(LOGGERS)}"
            )
    return [LOGGERS[name](str(logs)) for name in chosen]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning's banners, tips and advice out of the output, and global torch settings as they were."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric", "lightning")]
    levels = [logger.level for logger in loggers]
    exact = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            for module in ("lightning", "torch"):
                warnings.filterwarnings("ignore", module=rf"{module}(\.|$)")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        torch.use_deterministic_algorithms(exact, warn_only=warn_only)
        torch.backends.cudnn.benchmark = benchmark

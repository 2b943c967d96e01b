"""Builds Lightning's Trainer from the spec: the one training path, for shipped and own modules alike.

`training.trainer` passes what the language does not name; what it does name is refused there, so that one fact has
one place.
"""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers import Logger

from stdspec.errors import RunError
from stdspec.run.train import group
from stdspec.run.train.checkpoint import Durable
from stdspec.run.train.job import Job
from stdspec.run.train.sharing import Share
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
    {
        *("self", "plugins", "barebones", "enable_progress_bar", "enable_model_summary", "model_registry"),
        "use_distributed_sampler",
    }
)
"""Arguments that a spec cannot set: they take objects, or take away what the records need."""


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
    job: Job,
    callbacks: list[Callback],
    scratch: Path,
    *,
    accumulate: int,
    debug: bool,
    loggers: list[Logger],
    share: Share,
) -> Trainer:
    """The Trainer of one fit.

    Args:
        job: what is asked.
        callbacks: ours.
        scratch: where Lightning may write what nobody keeps.
        accumulate: forward passes of an optimizer step.
        debug: two batches of one epoch.
        loggers: those of `training.loggers`.
        share: of this process in the fit.

    Raises:
        RunError: when Lightning refuses an argument.
    """
    limits = {"limit_train_batches": 2, "limit_val_batches": 2} if debug else {}
    arguments: dict[str, Any] = {
        "accelerator": job.accelerator,
        "devices": job.devices,
        "num_nodes": 1,
        "strategy": group.strategy(job, share),
        "precision": job.precision,
        "max_epochs": 1 if debug else (job.epochs if job.epochs is not None else -1),
        "max_steps": -1 if debug or job.max_steps is None else job.max_steps,
        "accumulate_grad_batches": accumulate,
        "gradient_clip_val": job.training.get("clip"),
        "deterministic": {"exact": True, "tolerance": "warn", "off": False}[job.determinism],
        "logger": loggers or False,
        "callbacks": callbacks,
        "plugins": [Durable()],
        "use_distributed_sampler": False,
        "default_root_dir": scratch,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "num_sanity_val_steps": 0,
        "enable_autolog_hparams": False,
    }
    try:
        trainer = Trainer(**(arguments | extra_arguments(job.training.get("trainer")) | limits))
    except (MisconfigurationException, TypeError, ValueError) as error:
        said = str(error).strip().splitlines()[0].rstrip(".")
        raise RunError(f"Lightning's Trainer refuses these arguments: {said}", "training.trainer") from error
    vars(trainer._signal_connector)["register_signal_handlers"] = _leave
    return trainer


def _leave() -> None:
    """Register no handler of signals: Lightning's would end the training within a step, with nothing saved."""


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


@contextmanager
def unfilled(unless_own: str | None) -> Iterator[None]:
    """Within the block exact algorithms take memory as it comes, unless own code takes part.

    torch fills it so that whoever reads what nobody wrote reads the same each time. No shipped model does, and filling
    takes a tenth of a small CNN's step.
    """
    switch: Any = torch.utils.deterministic  # a module of properties, which its stubs do not know
    before = switch.fill_uninitialized_memory
    switch.fill_uninitialized_memory = before and unless_own is not None
    try:
        yield
    finally:
        switch.fill_uninitialized_memory = before

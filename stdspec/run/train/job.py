"""What one fit is asked to do, read from a node's config and checked against this machine before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import torch
from msgspec import Struct

from stdspec.errors import RunError
from stdspec.run.device import devices
from stdspec.run.train.loss import TASKS
from stdspec.run.train.seeds import counter_seed
from stdspec.run.train.units import BYTES, SECONDS, amount

Options = Mapping[str, Any]


class Rule(Struct, frozen=True):
    """Which epoch is better: by `monitor`, the lower (min) or the higher (max)."""

    monitor: str
    mode: str

    def better(self, value: float, than: float | None) -> bool:
        """Whether a value is an improvement."""
        if than is None:
            return True
        return value < than if self.mode == "min" else value > than


class Job(Struct, frozen=True):
    """One fit.

    Attributes:
        fold: the name of the fold: holdout, 1 … k, or final.
        seed: the declared seed.
        stream: the seed of this fit, from the declared one and the fold.
        task: classification or regression.
        epochs: how often every row is seen; None where `max_steps` decides.
        max_steps: the optimizer steps; takes the place of epochs.
        batch: rows of an optimizer step.
        micro: rows of a forward pass, or None: as many as `batch`.
        accelerator: cpu or cuda, what it will run on.
        checkpoint: which epoch is kept; None for the last.
        stop: when to end early; None for never.
        patience: epochs without improvement that `stop` bears.
        max_seconds: what it may take, or None.
        max_bytes: the memory it may take, or None.
        training: the rest of `training`, as written.
        compute: `compute`, as written.
    """

    fold: str
    seed: int
    stream: int
    task: str
    epochs: int | None
    max_steps: int | None
    batch: int
    micro: int | None
    accelerator: str
    checkpoint: Rule | None
    stop: Rule | None
    patience: int
    max_seconds: float | None
    max_bytes: float | None
    training: Options
    compute: Options

    @property
    def accumulate(self) -> int:
        """Forward passes of an optimizer step."""
        return self.batch // (self.micro or self.batch)

    @property
    def precision(self) -> str:
        """The declared precision."""
        return str(self.compute.get("precision") or "32-true")

    @property
    def determinism(self) -> str:
        """exact, tolerance or off."""
        return str(self.training.get("determinism") or "exact")


def read(config: Options) -> Job:
    """The fit that a node's config describes.

    Raises:
        RunError: when this machine or this release cannot do what it asks.
    """
    training, compute = config["training"], config.get("compute") or {}
    limits = compute.get("limits") or {}
    seed, fold = int(config.get("seed") or 0), str(config.get("fold", "holdout"))
    accelerator = _accelerator(compute)
    _one_device(compute, accelerator)
    if training.get("differential_privacy"):
        raise RunError(
            "differentially private training is not supported yet",
            "training.differential_privacy",
            "write null, so that nothing is claimed that does not hold",
        )
    batch, micro = _batch(training)
    steps, epochs = training.get("max_steps"), training.get("epochs")
    if steps is None and epochs is None:
        raise RunError(
            "neither training.epochs nor training.max_steps says how long to train", "training", "set one of them"
        )
    stop = training.get("stop")
    return Job(
        fold=fold,
        seed=seed,
        stream=counter_seed(seed, fold),
        task=_task(training),
        epochs=None if steps is not None else int(epochs),
        max_steps=None if steps is None else int(steps),
        batch=batch,
        micro=micro,
        accelerator=accelerator,
        checkpoint=_rule(training.get("checkpoint")),
        stop=_rule(stop),
        patience=int(stop["patience"]) if stop else 0,
        max_seconds=_limit(limits.get("time"), SECONDS, "compute.limits.time"),
        max_bytes=_limit(limits.get("memory"), BYTES, "compute.limits.memory"),
        training=training,
        compute=compute,
    )


def _task(training: Options) -> str:
    task = str(training.get("task"))
    if task not in TASKS:
        raise RunError(
            f"the task {task} cannot be trained by this release", "training.task", f"choose {' or '.join(TASKS)}"
        )
    return task


def _rule(options: Options | None) -> Rule | None:
    return Rule(str(options["monitor"]), str(options["mode"])) if options else None


def _limit(text: Any, table: dict[str, float], place: str) -> float | None:
    if text is None:
        return None
    try:
        return amount(str(text), table)
    except ValueError as error:
        raise RunError(str(error), place) from None


def _accelerator(compute: Options) -> str:
    asked = str(compute.get("accelerator") or "auto")
    present = torch.cuda.is_available()
    if asked == "cuda" and not present:
        reason = devices().reason or "torch cannot use the device that the driver reports"
        raise RunError(
            f"compute.accelerator is cuda, and there is no CUDA device to use here: {reason}",
            "compute.accelerator",
            "write auto or cpu",
        )
    return "cpu" if asked == "cpu" or not present else "cuda"


def _one_device(compute: Options, accelerator: str) -> None:
    """Refuse what needs more devices than there are, or more than one."""
    asked = compute.get("devices")
    count = 1 if asked in (None, "auto") else int(asked)
    have = torch.cuda.device_count() if accelerator == "cuda" else 1
    if count > have:
        cores = os.cpu_count() or 1
        here = (
            f"{have} CUDA device(s)"
            if accelerator == "cuda"
            else f"one CPU of {cores} cores, which counts as one device"
        )
        raise RunError(
            f"compute.devices is {count}, and this machine has {here}", "compute.devices", "write devices: auto"
        )
    if count > 1 or int(compute.get("nodes") or 1) > 1:
        place = "compute.devices" if count > 1 else "compute.nodes"
        raise RunError("this release trains on one device of one machine", place, "write 1")
    strategy = str(compute.get("strategy") or "auto")
    if strategy != "auto":
        raise RunError(
            f"the strategy {strategy} shares work among devices, and one device trains here",
            "compute.strategy",
            "write strategy: auto",
        )


def _batch(training: Options) -> tuple[int, int | None]:
    """Rows of a step and of a forward pass on the one device."""
    batch = training.get("batch") or {}
    whole = int(batch.get("global", 64))
    micro = None if batch.get("micro") is None else int(batch["micro"])
    if micro is not None and whole % micro:
        near = max(micro, whole - whole % micro)
        raise RunError(
            f"training.batch.global is {whole}, which 1 device x micro {micro} does not divide",
            "training.batch",
            f"write global: {near} or another micro",
        )
    return whole, micro

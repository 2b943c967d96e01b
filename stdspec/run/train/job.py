"""What one fit is asked to do, read from a node's config and checked against this machine before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import torch
from msgspec import Struct

from stdspec.errors import RunError
from stdspec.run import device
from stdspec.run.train.loss import TASKS
from stdspec.run.train.seeds import counter_seed
from stdspec.run.train.units import BYTES, SECONDS, amount

Options = Mapping[str, Any]

_EVERY: Final = "15s"
"""How often a fit is saved where `compute.resume` does not say."""


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
        micro: rows of a forward pass on one device, or None: each takes its part of `batch` at once.
        accelerator: cpu or cuda, what it will run on.
        devices: how many of them share it, each with a process of its own.
        checkpoint: which epoch is kept; None for the last.
        stop: when to end early; None for never.
        patience: epochs without improvement that `stop` bears.
        max_seconds: what it may take, or None.
        max_bytes: the memory it may take, or None.
        save_seconds: time after which it is saved so that it can be resumed, or None.
        save_steps: optimizer steps after which it is saved, or None.
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
    devices: int
    checkpoint: Rule | None
    stop: Rule | None
    patience: int
    max_seconds: float | None
    max_bytes: float | None
    save_seconds: float | None
    save_steps: int | None
    training: Options
    compute: Options

    @property
    def accumulate(self) -> int:
        """Forward passes of an optimizer step."""
        return self.batch // (self.rows * self.devices)

    @property
    def rows(self) -> int:
        """Rows of a forward pass on one device."""
        return self.micro or self.batch // self.devices

    @property
    def precision(self) -> str:
        """The declared precision."""
        return str(self.compute.get("precision") or "32-true")

    @property
    def memory_format(self) -> str:
        """How images lie in memory: contiguous or channels-last."""
        return str(self.compute.get("memory_format") or "contiguous")

    @property
    def determinism(self) -> str:
        """exact, tolerance or off."""
        return str(self.training.get("determinism") or "exact")


def read(config: Options, spec: Options) -> Job:
    """The fit that a node's config describes.

    Args:
        config: what the result depends on.
        spec: the whole spec, for what it does not depend on: limits, and how often the fit is saved.

    Raises:
        RunError: when this machine or this release cannot do what it asks.
    """
    training, compute = config["training"], config.get("compute") or {}
    limits, every = _mapping(spec, "limits"), _mapping(spec, "resume").get("every", _EVERY)
    seed, fold = int(config.get("seed") or 0), str(config.get("fold", "holdout"))
    accelerator = _accelerator(compute)
    devices = _devices(compute, accelerator)
    if training.get("differential_privacy"):
        raise RunError(
            "differentially private training is not supported yet",
            "training.differential_privacy",
            "write null, so that nothing is claimed that does not hold",
        )
    batch, micro = _batch(training, devices)
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
        devices=devices,
        checkpoint=_rule(training.get("checkpoint")),
        stop=_rule(stop),
        patience=int(stop["patience"]) if stop else 0,
        max_seconds=_limit(limits.get("time"), SECONDS, "compute.limits.time"),
        max_bytes=_limit(limits.get("memory"), BYTES, "compute.limits.memory"),
        save_seconds=None if isinstance(every, int) else _limit(every, SECONDS, "compute.resume.every"),
        save_steps=every if isinstance(every, int) else None,
        training=training,
        compute=compute,
    )


def _mapping(spec: Options, name: str) -> Options:
    """A part of the spec's `compute`; empty where it is not given."""
    found: Options = (spec.get("compute") or {}).get(name) or {}
    return found


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
        reason = device.devices().reason or "torch cannot use the device that the driver reports"
        raise RunError(
            f"compute.accelerator is cuda, and there is no CUDA device to use here: {reason}",
            "compute.accelerator",
            "write auto or cpu",
        )
    return "cpu" if asked == "cpu" or not present else "cuda"


def _devices(compute: Options, accelerator: str) -> int:
    """How many devices share the fit. Refuses what needs more than there are, or more than one machine."""
    asked = compute.get("devices")
    count = 1 if asked in (None, "auto") else int(asked)
    have = torch.cuda.device_count() if accelerator == "cuda" else device.cores()
    if count > have:
        raise RunError(
            f"compute.devices is {count}, and this machine has {device.said(accelerator, have)}",
            "compute.devices",
            "write devices: auto",
        )
    if int(compute.get("nodes") or 1) > 1:
        raise RunError("this release trains on one machine", "compute.nodes", "write 1")
    strategy = str(compute.get("strategy") or "auto")
    if strategy not in ("auto", "ddp"):
        raise RunError(f"the strategy {strategy} cannot be run by this release", "compute.strategy", "write ddp")
    if strategy != "auto" and count == 1:
        raise RunError(
            f"the strategy {strategy} shares work among devices, and one device trains here",
            "compute.strategy",
            "write strategy: auto, or a number of devices",
        )
    return count


def _batch(training: Options, devices: int) -> tuple[int, int | None]:
    """Rows of a step, and of a forward pass on one device."""
    batch = training.get("batch") or {}
    whole = int(batch.get("global", 64))
    micro = None if batch.get("micro") is None else int(batch["micro"])
    step = devices * (micro or 1)
    if whole % step:
        near = max(step, whole - whole % step)
        parts = f"{devices} device{'s' * (devices > 1)}" + (f" x micro {micro}" if micro else "")
        raise RunError(
            f"training.batch.global is {whole}, which {parts} does not divide",
            "training.batch",
            f"write global: {near}" + (" or another micro" if micro else ""),
        )
    return whole, micro

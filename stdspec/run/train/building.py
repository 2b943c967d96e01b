"""What is trained: the declared module with the spec's recipe around it, or an own LightningModule as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from lightning.pytorch import LightningModule
from msgspec import Struct
from torch import nn

from stdspec.capability import own_recipe
from stdspec.errors import RunError
from stdspec.paths import dotted
from stdspec.run.context import Context
from stdspec.run.train import layout, models, optim, own
from stdspec.run.train import loss as losses
from stdspec.run.train.job import Job, Rule
from stdspec.run.train.lightning_module import Fit, Recipe, produced
from stdspec.run.train.loader import TensorLoader, step_weights
from stdspec.run.train.material import Material
from stdspec.run.train.seeds import counter_seed, seed_all
from stdspec.suggest import nearest


class Built(Struct, frozen=True):
    """A module ready to be trained.

    Attributes:
        core: preprocessed rows to raw outputs (or scores); what is exported.
        module: what Lightning trains; `core` itself for an own LightningModule.
        loss: the kind of the spec's loss; None where an own LightningModule has its own.
        target: the dotted name of own code, or None.
        seeded: whether the weights were drawn from the declared seed; own code may have seeded torch anew.
    """

    core: nn.Module
    module: LightningModule
    loss: str | None
    target: str | None
    seeded: bool = True

    def guard(self) -> Any:
        """Words the faults of own code; see `own.guard`."""
        return own.guard(self.target, type(self.core) if self.target else None)


def build(config: Mapping[str, Any], job: Job, material: Material, context: Context) -> Built:
    """The declared module with the spec's recipe, or the own LightningModule as it is.

    Raises:
        RunError: when the parts do not fit each other.
    """
    options, training = config["model"], job.training
    seed_all(job.stream, "weights")
    target = options.get("_target_")
    core = own.model(options, context.settings) if target else None
    seeded = torch.initial_seed() == counter_seed(job.stream, "weights")
    if isinstance(core, LightningModule):
        gap = own_recipe(config)
        if gap is not None:
            raise RunError(gap.fact, dotted(gap.path), gap.remedy)
        return Built(core, core, None, str(target), seeded)
    classes = len(material.classes)
    kind = losses.kind_of(training.get("loss") or {"kind": losses.TASKS[job.task][0]}, job.task, classes)
    if core is None:
        outputs = 1 if kind == "binary-cross-entropy" else max(1, classes)
        core = models.build(options, material.inner, outputs)
    layout.arrange(core, material.inner, job.memory_format)
    _check_rules(job)
    weights = None
    loss_options = training.get("loss") or {}
    if loss_options.get("class_weights") is not None:
        weights = losses.class_weights(loss_options["class_weights"], _labels(material), material.classes)
    accumulate = accumulation(job, material)
    recipe = Recipe(
        task=job.task,
        loss=losses.build(loss_options, kind, weights),
        optimizer=training.get("optimizer") or {"kind": "adamw", "lr": 1e-3},
        schedule=training.get("schedule"),
        horizon=_horizon(job, material, accumulate),
        fused=optim.may_fuse(job.precision, clip=bool(job.training.get("clip"))),
        weights=_step_weights(material.train, accumulate, weights) if material.train else None,
        masses=_masses(material.train, weights) if material.train else None,
        share=material.share,
    )
    return Built(core, Fit(core, recipe), kind, str(target) if target else None, seeded)


def _step_weights(
    loader: TensorLoader, accumulate: int, classes: torch.Tensor | None
) -> Callable[[int], list[float] | None] | None:
    """What makes a step of several parts that of one large batch; None where each step is one forward pass."""
    if accumulate == 1 and loader.share.alone:
        return None
    masses = _masses(loader, classes)
    return lambda epoch: step_weights(masses(epoch), accumulate, loader.share)


def _masses(loader: TensorLoader, classes: torch.Tensor | None) -> Callable[[int], list[list[float]]]:
    """What each part of each batch weighs, epoch by epoch: class weights depend on the order."""
    if classes is not None:
        return lambda epoch: loader.masses(epoch, classes)
    same = loader.masses(0, None)
    return lambda _: same


def _labels(material: Material) -> torch.Tensor:
    if material.module is None:
        return material.target
    return torch.cat([labels for _, labels in material.module.train_dataloader()])


def _check_rules(job: Job) -> None:
    """Every monitored name must be one that the task produces."""
    schedule = job.training.get("schedule") or {}
    named: list[tuple[str, Rule | None]] = [("training.checkpoint", job.checkpoint), ("training.stop", job.stop)]
    if schedule.get("kind") == "plateau":
        named.append(("training.schedule", Rule(str(schedule["monitor"]), "min")))
    known = produced(job.task)
    for place, rule in named:
        if rule is not None and rule.monitor not in known:
            guess = nearest(rule.monitor, known)
            remedy = f"did you mean '{guess}'" if guess else f"there are {', '.join(known)}"
            raise RunError(f"{job.task} does not produce '{rule.monitor}'", f"{place}.monitor", remedy)


def accumulation(job: Job, material: Material) -> int:
    """Forward passes of a step; an own data module decides its own batch, so only a micro that is given accumulates."""
    return job.accumulate if material.module is None or job.micro is not None else 1


def _horizon(job: Job, material: Material, accumulate: int) -> optim.Horizon:
    batches = length(material.module.train_dataloader() if material.module is not None else material.train)
    if batches is None:  # a stream
        schedule = job.training.get("schedule") or {}
        moves = schedule.get("kind") not in (None, "constant", "plateau") or schedule.get("warmup")
        if moves and (job.max_steps is None or schedule.get("kind") == "step"):
            raise RunError(
                "the training data is a stream of unknown length, and the schedule depends on the length of an epoch",
                "training.schedule",
                "set training.max_steps, or choose the schedule constant",
            )
        batches = accumulate
    per_epoch = -(-batches // accumulate)
    whole = job.max_steps if job.max_steps is not None else per_epoch * (job.epochs or 1)
    return optim.Horizon(whole, per_epoch)


def length(loader: Any) -> int | None:
    """The number of batches, None where the data is a stream that does not know it."""
    parts = loader if isinstance(loader, list | tuple) else [loader]
    try:
        return sum(map(len, parts))
    except TypeError:
        return None

"""One fit from start to end: the module is built, tried, trained by Lightning, and left with the chosen weights."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer
from msgspec import Struct
from torch import nn

from stdspec.errors import RunError
from stdspec.plan.model import Node
from stdspec.run.context import Context, Event
from stdspec.run.train import loss as losses
from stdspec.run.train import measure, models, optim, own
from stdspec.run.train import trainer as trainers
from stdspec.run.train.callbacks import Ema, Keeper, metrics_of
from stdspec.run.train.gather import Losses
from stdspec.run.train.job import Job, Rule
from stdspec.run.train.lightning_module import Fit, Recipe, produced
from stdspec.run.train.loader import TensorLoader, step_weights
from stdspec.run.train.material import Material
from stdspec.run.train.seeds import counter_seed, seed_all
from stdspec.suggest import nearest

_SIGNS: Final = {
    "does not have a deterministic implementation": (
        "the model uses an operation that has no deterministic form on this device",
        "training.determinism",
        "write determinism: tolerance, and say how far two runs may differ",
    ),
    "Expected more than 1 value per channel when training": (
        "a batch of one row is left over, and batch normalization needs two",
        "training.batch",
        "choose a batch whose last one is larger",
    ),
}
"""A part of torch's message to what it means for the spec: fact, place, remedy."""


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


class Outcome(Struct, frozen=True):
    """What a fit gave.

    Attributes:
        keeper: history, choice and what ran.
        losses: the training losses and the pace.
        precision: as observed.
        steps: optimizer steps taken.
        batch: rows of an optimizer step, as observed.
        batches: batches of an epoch that the loaders hold, by part: train and validation.
    """

    keeper: Keeper
    losses: Losses
    precision: str
    steps: int
    batch: int
    batches: dict[str, int | None]


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
        return Built(core, core, None, str(target), seeded)
    classes = len(material.classes)
    kind = losses.kind_of(training.get("loss") or {"kind": losses.TASKS[job.task][0]}, job.task, classes)
    if core is None:
        outputs = 1 if kind == "binary-cross-entropy" else max(1, classes)
        core = models.build(options, material.inner, outputs)
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
        fused=job.precision != "16-mixed",
        weights=_step_weights(material.train, accumulate, weights) if material.train and accumulate > 1 else None,
    )
    return Built(core, Fit(core, recipe), kind, str(target) if target else None, seeded)


def _step_weights(
    loader: TensorLoader, accumulate: int, classes: torch.Tensor | None
) -> Callable[[int], list[float] | None]:
    """What makes an accumulated step that of one large batch, epoch by epoch: class weights depend on the order."""
    if classes is None:
        same = step_weights(loader.sizes(), accumulate)
        return lambda _: same
    return lambda epoch: step_weights(loader.masses(epoch, classes), accumulate)


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
    batches = _length(material.module.train_dataloader() if material.module is not None else material.train)
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
    steps = job.max_steps if job.max_steps is not None else per_epoch * (job.epochs or 1)
    return optim.Horizon(steps, per_epoch)


def fit(node: Node, job: Job, material: Material, built: Built, context: Context) -> Outcome:
    """Train, and leave the module with the weights that the rule chose.

    Raises:
        RunError: when the loss is not finite, a limit is exceeded, a rule finds nothing, or own code raises.
    """
    ema = Ema(decay=float(job.training["ema"])) if job.training.get("ema") else None
    gathered = Losses(job, material.train.sizes() if material.train else None)
    keeper = Keeper(job, gathered, ema, lambda data: context.report(Event("epoch", node.id, data)), built.seeded)
    precision = measure.Precision(built.core, material.sample, hooks=not job.training.get("compile"))
    callbacks: list[Callback] = [gathered, precision, *([ema] if ema else []), keeper]
    accumulate = accumulation(job, material)
    compiling = _compiled(built.core) if job.training.get("compile") else nullcontext()
    with tempfile.TemporaryDirectory() as scratch, built.guard(), compiling:
        trainer = trainers.build(
            job, callbacks, Path(scratch), accumulate=accumulate, debug=context.debug, logs=context.logs
        )
        loaders = _loaders(trainer, material)
        held = _held(material, loaders)
        _started(trainer, built, loaders)
        steps = trainer.global_step
        if len(keeper.history) == job.epochs or steps == job.max_steps:
            keeper.stopped_early = False  # training.trainer.min_epochs can outlast the rule
        if keeper.history and keeper.history[-1]["epoch"] != (keeper.chosen or {}).get("epoch"):
            _judge_last(trainer, built, loaders, keeper)
        if keeper.state is None:
            rule = job.checkpoint.monitor if job.checkpoint else "nothing"
            raise RunError(
                f"{rule} was never measured, so the rule chose no weights",
                "training.checkpoint",
                "give validation data, or write checkpoint: null for the last weights",
            )
        built.module.load_state_dict(keeper.state)
    micro = material.train.batch if material.train else material.batch or 0
    batch = micro * keeper.ran["accumulate"] * keeper.ran["world"]
    built.core.float().cpu().eval()
    return Outcome(keeper, gathered, precision.seen, steps, batch, held)


@contextmanager
def _compiled(core: nn.Module) -> Iterator[None]:
    """Compile the forward pass within the block.

    `Module.compile` silently compiles nothing for a `Sequential`, and `torch.compile(core)` renames its weights.
    """
    core.forward = torch.compile(core.forward)
    try:
        yield
    finally:
        del core.forward


def _loaders(trainer: Trainer, material: Material) -> dict[str, Any]:
    """The arguments of `fit` that bring the data."""
    if material.module is not None:
        return {"datamodule": material.module}
    assert material.train is not None
    device = trainer.strategy.root_device
    validation = material.validation.to(device) if material.validation else None
    return {"train_dataloaders": material.train.to(device), "val_dataloaders": validation}


def _held(material: Material, loaders: Mapping[str, Any]) -> dict[str, int | None]:
    """How many batches of an epoch there are to see, train and validation; None where a loader does not know."""
    if material.module is None:
        train, validation = loaders["train_dataloaders"], loaders["val_dataloaders"]
    else:
        train, validation = material.module.train_dataloader(), _validation_of(material.module)
    return {"train": _length(train), "validation": 0 if validation is None else _length(validation)}


def _validation_of(module: LightningDataModule) -> Any:
    """The validation loader of an own data module, or None: Lightning's base class has the method and raises in it."""
    if type(module).val_dataloader is LightningDataModule.val_dataloader:
        return None
    return module.val_dataloader()


def _length(loader: Any) -> int | None:
    """The number of batches, None where the data is a stream that does not know it."""
    parts = loader if isinstance(loader, list | tuple) else [loader]
    try:
        return sum(map(len, parts))
    except TypeError:
        return None


def _started(trainer: Trainer, built: Built, loaders: dict[str, Any]) -> None:
    """Fit. Lightning turns an interrupt into an exit and leaves it ignored; both are turned back."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        trainer.fit(built.module, **loaders)
    except SystemExit:
        if not trainer.interrupted:
            raise
        signal.signal(signal.SIGINT, handler)
        raise KeyboardInterrupt from None
    except Exception as error:
        known = _known(error)
        if isinstance(error, MisconfigurationException) and built.target is None:
            said = str(error).strip().splitlines()[0].rstrip(".")
            known = RunError(f"Lightning cannot train with these arguments: {said}", "training.trainer")
        if known is None:
            raise
        raise known from error


def _known(error: Exception) -> RunError | None:
    """What torch itself raises when a spec asks for what it cannot do, in words."""
    text = str(error)
    for sign, (fact, place, remedy) in _SIGNS.items():
        if sign in text:
            return RunError(fact, place, remedy)
    if type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
        said = text.strip().splitlines()[0].rstrip(".:")
        return RunError(f"torch cannot compile the model: {said}", "training.compile", "write compile: false")
    return None


def _judge_last(trainer: Trainer, built: Built, loaders: dict[str, Any], keeper: Keeper) -> None:
    """Measure the last weights when `max_steps` ended the fit within an epoch, which Lightning does not validate."""
    last = keeper.history[-1]
    if keeper.job.checkpoint is None or any(name.startswith("validation/") for name in last["metrics"]):
        return
    if "datamodule" in loaders:
        trainer.validate(built.module, datamodule=loaders["datamodule"], verbose=False)
    elif loaders["val_dataloaders"] is not None:
        trainer.validate(built.module, dataloaders=loaders["val_dataloaders"], verbose=False)
    last["metrics"] |= metrics_of(trainer, {"validation"})
    keeper.judge(last, built.module)

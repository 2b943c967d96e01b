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
from lightning.pytorch import LightningDataModule, Trainer
from msgspec import Struct
from torch import nn

from stdspec.errors import RunError
from stdspec.plan.model import Node
from stdspec.run.context import Context, Event
from stdspec.run.train import layout, loggers, measure, steps
from stdspec.run.train import trainer as trainers
from stdspec.run.train.building import Built, accumulation, length
from stdspec.run.train.callbacks import Ema, Keeper, metrics_of
from stdspec.run.train.gather import Losses
from stdspec.run.train.interrupt import Interrupt, Limits
from stdspec.run.train.job import Job
from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.loop import EpochLoop
from stdspec.run.train.material import Material
from stdspec.run.train.meeting import Meetings
from stdspec.run.train.own_batches import OwnBatches
from stdspec.run.train.own_marks import Marks
from stdspec.run.train.own_state import OwnState
from stdspec.run.train.resume import Resume
from stdspec.run.train.seeds import Streams
from stdspec.run.train.seen import Seen
from stdspec.run.train.usage import Usage

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
    "Expected to have finished reduction in the prior iteration": (
        "a part of the model takes no part in the loss, so that the devices wait for its gradient",
        "compute.devices",
        "write 1, or freeze that part or take it out",
    ),
}
"""A part of torch's message to what it means for the spec: fact, place, remedy."""


class Outcome(Struct, frozen=True):
    """What a fit gave.

    Attributes:
        keeper: history, choice and what ran.
        losses: the training losses and the pace.
        precision: as observed.
        steps: optimizer steps taken.
        batch: rows of an optimizer step, as observed.
        batches: batches of an epoch that the loaders hold, by part: train and validation.
        lasting: why a fit of this kind cannot be resumed at each step, or None where it can.
        seen: what was trained on.
        usage: how busy the machine was.
        seconds: of the training, with those of the parts before a resume.
    """

    keeper: Keeper
    losses: Losses
    precision: str
    steps: int
    batch: int
    batches: dict[str, int | None]
    lasting: str | None
    seen: Seen
    usage: Usage
    seconds: float


class _Watchers:
    """The callbacks of one fit, in the order in which Lightning calls them."""

    def __init__(self, node: Node, job: Job, material: Material, built: Built, context: Context) -> None:
        def tell(kind: str, data: Mapping[str, Any]) -> None:
            if kind == "resumed":
                self.usage.resumed = data["step"]
            context.report(Event(kind, node.id, data))

        self.limits, self.interrupt = Limits(job, context.cost, context.trained), Interrupt()
        self.usage = Usage(context.cost)
        self.seen = Seen(material.expected, job.precision, own=material.module is not None)
        streams = Streams(job.stream, torch_alone=built.target is None and material.module is None)
        self.losses = Losses(streams, material.train.sizes() if material.train else None)
        self.precision = measure.Precision(built.core, material.sample, hooks=not job.training.get("compile"))
        self.ema = Ema(decay=float(job.training["ema"])) if job.training.get("ema") else None
        self.keeper = Keeper(job, self.losses, self.limits, self.ema, lambda data: tell("epoch", data), built.seeded)
        self.resume = Resume(node.id, job, self.losses, self.limits, self.interrupt, tell, context.progress)
        self.resume.meetings = Meetings(material.share, job.save_steps)
        self.resume.own = OwnState(built.core) if built.target else None
        if built.target or material.module is not None:
            self.resume.marks = Marks(built.core, material.module)
        self.resume.batches = OwnBatches(job.stream) if material.module is not None else None
        ema = [self.ema] if self.ema else []
        seen = [self.seen] if material.share.alone else []  # it would count the rows of one process alone
        self.all = [self.losses, self.precision, *seen, self.usage, *ema, self.keeper, self.resume]

    def watch(self, trainer: Trainer, built: Built, train: Any) -> None:
        """Give the Trainer the loop that can be begun anywhere."""
        streams = self.losses.streams
        many = None
        if isinstance(built.module, Fit) and steps.fits(trainer, train):
            many = steps.Steps(built.module, train, streams, self.ema, [self.losses, self.precision])
        source = self.resume.batches or train
        trainer.fit_loop.epoch_loop = EpochLoop(trainer, streams, source, self.resume, many)


def fit(node: Node, job: Job, material: Material, built: Built, context: Context) -> Outcome:
    """Train, and leave the module with the weights that the rule chose.

    Raises:
        RunError: when the loss is not finite, a limit is exceeded, a rule finds nothing, or own code raises.
    """
    watchers = _Watchers(node, job, material, built, context)
    keeper = watchers.keeper
    compiling = _compiled(built.core) if job.training.get("compile") else nullcontext()
    with tempfile.TemporaryDirectory() as scratch, built.guard(), compiling:
        written = loggers.build(job.training.get("loggers"), node, context)
        trainer = trainers.build(
            job,
            [*watchers.all, *written.callbacks],
            Path(scratch),
            accumulate=accumulation(job, material),
            debug=context.debug,
            loggers=written.loggers,
            share=material.share,
        )
        loaders = _loaders(trainer, material)
        held = _held(material, loaders)
        watchers.watch(trainer, built, loaders.get("train_dataloaders"))
        around = _begun_anywhere(material, watchers.resume.batches)
        with around, watchers.usage.watching(trainer), trainers.unfilled(unless_own=built.target):
            _heard(lambda: trainer.fit(built.module, **loaders), trainer, built, watchers.interrupt)
        taken = trainer.global_step
        if len(keeper.history) == job.epochs or taken == job.max_steps:
            keeper.stopped_early = False  # training.trainer.min_epochs can outlast the rule
        if keeper.history and keeper.history[-1]["epoch"] != (keeper.chosen or {}).get("epoch"):
            _heard(lambda: _judge_last(trainer, built, loaders, keeper), trainer, built, watchers.interrupt)
        if keeper.state is None:
            rule = job.checkpoint.monitor if job.checkpoint else "nothing"
            raise RunError(
                f"{rule} was never measured, so the rule chose no weights",
                "training.checkpoint",
                "give validation data, or write checkpoint: null for the last weights",
            )
        built.module.load_state_dict(keeper.state)
        written.deliver()
    seen = watchers.seen
    micro = material.train.batch // material.share.world if material.train else seen.batch or material.batch or 0
    batch = micro * (seen.accumulate or keeper.ran["accumulate"]) * keeper.ran["world"]
    layout.plain(built.core.float().cpu().eval())
    return Outcome(
        keeper=keeper,
        losses=watchers.losses,
        precision=watchers.precision.seen,
        steps=taken,
        batch=batch,
        batches=held,
        lasting=watchers.resume.reason,
        seen=seen,
        usage=watchers.usage,
        seconds=watchers.limits.spent,
    )


@contextmanager
def _begun_anywhere(material: Material, batches: OwnBatches | None) -> Iterator[None]:
    """Within the block, an own data module gives training batches that can be begun anywhere."""
    if material.module is None or batches is None:
        yield
        return
    make = material.module.train_dataloader
    vars(material.module)["train_dataloader"] = batches.wrapped(make)
    try:
        yield
    finally:
        del vars(material.module)["train_dataloader"]


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
    return {"train": length(train), "validation": 0 if validation is None else length(validation)}


def _validation_of(module: LightningDataModule) -> Any:
    """The validation loader of an own data module, or None: Lightning's base class has the method and raises in it."""
    if type(module).val_dataloader is LightningDataModule.val_dataloader:
        return None
    return module.val_dataloader()


def _heard(call: Callable[[], None], trainer: Trainer, built: Built, interrupt: Interrupt) -> None:
    """Let the Trainer work. It turns an interrupt into an exit and leaves it ignored; both are turned back."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        with interrupt.heard():
            call()
        if interrupt.asked:  # after the last look
            raise interrupt.kind
    except SystemExit:
        if not trainer.interrupted:
            raise
        signal.signal(signal.SIGINT, handler)
        raise interrupt.kind from None
    except Exception as error:
        if interrupt.asked:  # the loader's processes have heard it, too, and are gone
            raise interrupt.kind from None
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

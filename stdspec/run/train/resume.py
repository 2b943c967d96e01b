"""Exact resume: a training that is stopped anywhere goes on with the bits that it would have had.

It is saved where nothing of a step is left over: between two optimizer steps, and between two epochs. Lightning writes
the checkpoint and restores modules, optimizers, schedules and the scaler; its loops are set to their counters, not
restarted. Where processes share a fit, they save and stop together, and one file holds the part of each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint
from lightning.pytorch.loops.progress import _ProcessedTracker
from typing_extensions import override

from stdspec.errors import RunError
from stdspec.run.train import checkpoint, running
from stdspec.run.train.checkpoint import NotPlain, said
from stdspec.run.train.counters import set_loops
from stdspec.run.train.gather import Losses
from stdspec.run.train.interrupt import Interrupt, Limits
from stdspec.run.train.job import Job
from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.meeting import Meetings, Word
from stdspec.run.train.own_batches import OwnBatches
from stdspec.run.train.own_marks import Marks, callbacks_of, reloading
from stdspec.run.train.own_state import OwnState, Unkept
from stdspec.run.train.sharing import ALONE

_SHARE: Final = 20
"""Saving may take a twentieth of the time: a save that takes long is not due again for so many times as long."""

_MOST: Final = 1 << 30
_KEY: Final = "stdspec"

Tell = Callable[[str, Mapping[str, Any]], None]


class Resume(Checkpoint):
    """Saves the training, restores it, and stops it cleanly.

    Attributes:
        node: the id of the node, for messages.
        folder: where checkpoints are kept; None for nowhere.
        own: what own code keeps beside its state dict; None for shipped models.
        batches: the training batches of an own data module, or None.
        meetings: with the other processes of the fit.
        marks: of what own code keeps elsewhere; None for shipped models on shipped data.
        within: whether it can be resumed within an epoch; own data may only allow it between two.
        between: whether it can be resumed between two epochs, at least.
        reason: why it cannot be resumed at each step; None where it can.
    """

    def __init__(
        self, node: str, job: Job, losses: Losses, limits: Limits, interrupt: Interrupt, tell: Tell, folder: Path | None
    ) -> None:
        self.node = node
        self.job, self.losses, self.limits, self.interrupt = job, losses, limits, interrupt
        self.tell = tell
        self.folder = folder
        self.own: OwnState | None = None
        self.batches: OwnBatches | None = None
        self.marks: Marks | None = None
        self.within = self.between = True
        self.reason: str | None = None
        self.meetings = Meetings(ALONE, job.save_steps)
        self._parts: list[dict[str, Any]] = []
        self._due_at = time.monotonic() + (job.save_seconds or 0.0)
        self._saved_step = 0
        self._looked = False

    def cannot(self, reason: str, *, between_epochs: bool) -> None:
        """Give up resuming at each step, or altogether."""
        before, after = (self.within, self.between), (False, self.between and between_epochs)
        self.within, self.between = after
        self.reason = self.reason or reason
        self.folder = self.folder if self.between else None
        if after != before:
            how = "can only be resumed between epochs" if between_epochs else "cannot be resumed"
            self.tell("note", {"text": f"the training {how}: {reason}"})

    # --- between steps: what the loop asks ---

    def room(self, steps: int) -> int:
        """How many optimizer steps may be taken until a save by steps is due."""
        every = self.job.save_steps
        return every - steps % every if every is not None and self.folder is not None else _MOST

    def due(self) -> bool:
        """Whether a look is due before the room is used up."""
        return self.interrupt.asked

    def look(self, trainer: Trainer) -> None:
        """Between two steps of an epoch: save where that is due, and stop where that was asked."""
        batch = trainer.fit_loop.epoch_loop.batch_progress.current.ready
        self._look(trainer, trainer.current_epoch, batch, allowed=self.within)

    @override
    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Between two epochs, before anything of the next one has happened."""
        if trainer.current_epoch > 0:
            self._look(trainer, trainer.current_epoch, 0, allowed=True)

    @override
    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """After the last epoch: what follows can be killed, too."""
        done = trainer.fit_loop.epoch_progress.current
        assert isinstance(done, _ProcessedTracker)
        self._look(trainer, done.processed, 0, allowed=True)

    def _look(self, trainer: Trainer, epoch: int, batch: int, *, allowed: bool) -> None:
        step = trainer.global_step
        if batch and not self.meetings.now(step):
            return
        late = self.limits.late() if trainer.is_global_zero and (batch or epoch) else None
        word = self._word(step, batch, allowed=allowed, stops=late is not None or self.interrupt.asked)
        agreed = self.meetings.hold(step, word)
        if agreed.cannot is not None:
            self.cannot(agreed.cannot, between_epochs=False)
        exceeded = late or (self.limits.full(agreed.held) if batch or epoch else None)
        if agreed.able and self.folder is not None and (agreed.stops or agreed.due or exceeded is not None):
            self._save(trainer, epoch, batch)
        if not trainer.is_global_zero:
            return  # the first process says why it stops, and ends the others
        if exceeded is not None:
            raise self._worded(exceeded)
        if agreed.stops:
            raise self.interrupt.kind

    def _word(self, step: int, batch: int, *, allowed: bool, stops: bool) -> Word:
        """What this process has to say between two steps, or between two epochs where `batch` is 0."""
        cannot = self._probe(within=batch > 0)
        able = allowed and self.folder is not None
        return Word(
            stops=stops,
            due=able and self._due(step),
            able=able,
            held=self.limits.held(),
            cannot=cannot,
            stride=self.meetings.stride(step),
        )

    def _due(self, step: int) -> bool:
        if self.job.save_steps is not None:
            return step // self.job.save_steps > self._saved_step // self.job.save_steps
        return time.monotonic() >= self._due_at

    def _worded(self, exceeded: RunError) -> RunError:
        if self.folder is None or not self._saved_step:
            return exceeded
        remedy = f"{exceeded.remedy}; with a higher limit the same command goes on from step {self._saved_step}"
        return RunError(exceeded.message, exceeded.place, remedy)

    def _probe(self, *, within: bool) -> str | None:
        """Why own state cannot be kept: asked at the first look and between epochs, so that time has no say in it."""
        if within and self._looked:
            return None
        self._looked = True
        try:
            self._captured()
        except Unkept as error:
            return _worded(error)
        return None

    def _captured(self) -> dict[str, Any] | None:
        found = self.marks.changed() if self.marks is not None else None
        if found is not None:
            if self.folder is not None:
                checkpoint.forget(self.folder)  # it may have changed unseen before
            raise Unkept(found)
        return self.own.capture() if self.own is not None else None

    # --- saving ---

    def _save(self, trainer: Trainer, epoch: int, batch: int) -> None:
        """Write a checkpoint. One that cannot be written costs the resume, not the training."""
        assert self.folder is not None
        began, step = time.monotonic(), trainer.global_step
        parts = self.meetings.share.exchange(self._part())
        unkept = [part["unkept"] for part in parts if part["unkept"] is not None]
        if unkept:  # those before it are good
            self.cannot(unkept[0], between_epochs=False)
            return
        if not trainer.is_global_zero:
            return
        self._parts = parts
        try:
            # Trainer.save_checkpoint waits for the other processes of the fit, which do not write
            kept = trainer._checkpoint_connector.dump_checkpoint(weights_only=False)
            trainer.strategy.save_checkpoint(kept, self.folder / checkpoint.name(epoch, batch))
            self._saved_step = step
            self.tell("saved", {"step": step, "epoch": epoch + 1})
        except NotPlain as error:
            self.cannot(f"what would be saved cannot be read back: {error}", between_epochs=False)
        except OSError as error:
            self.tell("warning", {"text": f"step {step} could not be saved, and training goes on: {error.strerror}"})
        seconds = time.monotonic() - began
        self._due_at = time.monotonic() + max(self.job.save_seconds or 0.0, _SHARE * seconds)

    def _part(self) -> dict[str, Any]:
        """What this process alone has to go on from, beside what is the same in all of them."""
        try:
            own, unkept = self._captured(), None
        except Unkept as error:
            own, unkept = None, _worded(error)
        losses = self.losses.state_dict() if not self.meetings.share.alone else None
        return {"losses": losses, "own": own, "unkept": unkept}

    @override
    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        """Add what Lightning's checkpoint lacks."""
        self.losses.look(trainer)
        gradients = {}
        if not pl_module.automatic_optimization:  # the module may gather them over batches as it likes
            gradients = {name: item.grad for name, item in pl_module.named_parameters() if item.grad is not None}
        checkpoint[_KEY] = {
            "should_stop": trainer.should_stop,
            "taken": self.limits.taken(),
            "running": running.capture(trainer),
            "parts": self._parts,
            "gradients": gradients,
            "changed": self.losses.streams.changed,
        }

    # --- resuming ---

    @override
    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Go on from the newest checkpoint, if there is one. Everything has been built and nothing trained."""
        self._own_code(trainer)
        if self.folder is None:
            return
        place = checkpoint.newest(self.folder, lambda text: self.tell("note", {"text": text}))
        if place is None:
            return
        try:
            self._restore(trainer, pl_module, place)
        except (AttributeError, KeyError, TypeError, ValueError, RuntimeError, NotPlain) as error:
            raise RunError(
                f"the checkpoint {place.stem} does not fit the model as it is built now: {said(error)}",
                "training",
                f"begin anew with --force {self.node}",
            ) from error
        self._saved_step = trainer.global_step
        self.tell("resumed", {"step": trainer.global_step, "epoch": trainer.current_epoch + 1})

    def _own_code(self, trainer: Trainer) -> None:
        """Look at own code before it trains, and say what stands in the way of a resume."""
        if self.own is not None:
            self.own.begin()
        if self.marks is not None:
            self.marks.begin()
        if self.batches is not None:
            self.batches.try_validation(trainer.val_dataloaders)
            if self.batches.reason is not None:
                self.cannot(self.batches.reason, between_epochs=self.batches.between_epochs)
            if (reason := reloading(trainer)) is not None:
                self.cannot(reason, between_epochs=False)
        if (reason := callbacks_of(trainer)) is not None:
            self.cannot(reason, between_epochs=False)

    def _restore(self, trainer: Trainer, module: LightningModule, place: Path) -> None:
        connector = trainer._checkpoint_connector
        connector.resume_start(place, weights_only=True)
        found = connector._loaded_checkpoint
        connector.restore_datamodule()
        connector.restore_model()
        connector.restore_callbacks()
        connector.restore_precision_plugin_state()
        connector.restore_optimizers_and_schedulers()
        within = set_loops(trainer, found["loops"]["fit_loop"])
        self._restore_rest(trainer, module, found[_KEY])
        connector.resume_end()
        if within and isinstance(module, Fit):
            module.on_train_epoch_start()

    def _restore_rest(self, trainer: Trainer, module: LightningModule, kept: Mapping[str, Any]) -> None:
        """Restore what `on_save_checkpoint` has added."""
        trainer.should_stop = kept["should_stop"]
        self.limits.go_on(kept["taken"])
        part = kept["parts"][self.meetings.share.rank]
        if part["losses"] is not None:  # Lightning has restored those of the first process
            self.losses.load_state_dict(part["losses"])
        self.losses.to(module.device)
        self.losses.streams.changed = kept["changed"]
        if self.own is not None:
            self.own.restore(part["own"])
        running.restore(trainer, kept["running"])
        for name, item in module.named_parameters():
            if name in kept["gradients"]:
                item.grad = kept["gradients"][name].to(item.device)


def _worded(error: Unkept) -> str:
    return f"{error}, which training changes"

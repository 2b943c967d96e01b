"""The loop over the batches of an epoch: Lightning's own, begun anywhere, seeded step by step, watched between steps.

A shipped module on batches in memory takes many steps between two looks (see `steps`); every other module goes through
Lightning batch by batch. The bits of the result are the same on both ways, and do not depend on where a look falls.
"""

from __future__ import annotations

from typing import Any, Protocol

from lightning.pytorch import Trainer
from lightning.pytorch.loops.training_epoch_loop import _TrainingEpochLoop
from typing_extensions import override

from stdspec.run.train.seeds import Streams
from stdspec.run.train.steps import Steps
from stdspec.run.train.validation import ValidationLoop


class Source(Protocol):
    """Training batches whose order is a function of the epoch, begun anywhere in it."""

    def begin(self, epoch: int, start: int) -> None:
        """Let the next iteration give epoch `epoch` (from 0), from its batch `start` (from 0) on."""


class Watch(Protocol):
    """What is done between two batches."""

    def room(self, steps: int) -> int:
        """How many optimizer steps may be taken at once, when `steps` have been taken so far."""

    def due(self) -> bool:
        """Whether it wants to look before the room is used up; cheap."""

    def look(self, trainer: Trainer) -> None:
        """Look, at a place where the training can be begun again."""


class EpochLoop(_TrainingEpochLoop):
    """The loop of one epoch's batches.

    Attributes:
        resumed: whether the epoch goes on from where its counters say.
        steps: takes many steps at once; None where Lightning takes each.
    """

    def __init__(self, trainer: Trainer, streams: Streams, source: Source, watch: Watch, steps: Steps | None) -> None:
        old = trainer.fit_loop.epoch_loop
        super().__init__(trainer, old.min_steps, old.max_steps)
        self.streams, self.source, self.watch = streams, source, watch
        self.steps = steps
        self.val_loop = ValidationLoop(trainer, at_once=steps is not None)
        self.resumed = False

    @override
    def reset(self) -> None:
        """Count from 0, unless the epoch goes on."""
        if not self.resumed:
            super().reset()

    @override
    def on_run_start(self, data_fetcher: Any) -> None:
        """Begin the batches where the counters stand. Lightning has begun those of epoch 0 already."""
        epoch, start = self.trainer.current_epoch, self.batch_progress.current.ready
        self.source.begin(epoch, start)
        if self.resumed and epoch == 0:
            iter(data_fetcher)
        self.resumed = False
        super().on_run_start(data_fetcher)
        if self.steps is not None:
            self.steps.begin(self.trainer)

    @override
    def advance(self, data_fetcher: Any) -> None:
        """One batch, or as many as there is nothing to do between."""
        if self.steps is None:
            self.streams.begin("fetch", self.trainer.current_epoch, self.batch_progress.current.ready)
            super().advance(data_fetcher)
            return
        before = self.batch_progress.current.ready
        self.steps.take(self, self._room())
        data_fetcher.fetched += self.batch_progress.current.ready - before

    def _room(self) -> int:
        """The batches until Lightning or the watch has something to do."""
        trainer, ready = self.trainer, self.batch_progress.current.ready
        window = trainer.accumulate_grad_batches
        steps = self.watch.room(self.global_step)
        if self.max_steps > 0:
            steps = min(steps, self.max_steps - self.global_step)
        if trainer.should_stop and self.min_steps:  # an early stop waits for them, and ends the fit within an epoch
            steps = min(steps, max(1, self.min_steps - self.global_step))
        room = min(int(trainer.num_training_batches) - ready, steps * window - ready % window)
        check = trainer.val_check_batch
        if isinstance(check, int):
            seen = ready if trainer.check_val_every_n_epoch is not None else self.batch_progress.total.ready
            room = min(room, check - seen % check)
        return int(room)

    @override
    def on_advance_end(self, data_fetcher: Any) -> None:
        """Validate where that is due; then look, where nothing of a step is left over that no checkpoint holds."""
        super().on_advance_end(data_fetcher)
        if not (self._should_accumulate() or self._num_ready_batches_reached() or self.done):
            self.watch.look(self.trainer)

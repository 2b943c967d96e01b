"""Many training steps in one tight loop: a shipped module, batches in memory, and no cost of Lightning's by batch.

Each step computes what Lightning's automatic optimization computes, in its order: forward and loss, zeroed gradients,
backward, clipping, optimizer, schedule, moving average; and every counter of Lightning's moves with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

import torch
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.profilers import PassThroughProfiler
from lightning.pytorch.strategies import SingleDeviceStrategy
from torch import Tensor

from stdspec.run.train.lightning_module import Batch, Fit
from stdspec.run.train.loader import TensorLoader
from stdspec.run.train.seeds import Streams

if TYPE_CHECKING:
    from stdspec.run.train.loop import EpochLoop

_PRECISIONS: Final = frozenset({"32-true", "bf16-mixed"})
"""The precisions that ask for nothing but a context around the forward pass."""

_SECONDS: Final = 0.5
"""After this time the loop comes up to look around."""

_COUNTED: Final = 0.02
"""So many seconds Lightning's counters may be behind, in which whoever watches reads the progress."""


def fits(trainer: Trainer, loader: TensorLoader | None) -> bool:
    """Whether nothing that was asked of the Trainer has to see each batch."""
    return (
        loader is not None
        and trainer.precision in _PRECISIONS
        and isinstance(trainer.strategy, SingleDeviceStrategy)
        and isinstance(getattr(trainer, "profiler", None), PassThroughProfiler)
        and getattr(trainer, "overfit_batches", 0) == 0
        and not trainer._detect_anomaly
        and getattr(trainer, "_val_check_time_interval", None) is None
    )


class Steps:
    """Takes the steps of an epoch.

    Attributes:
        module: what is trained.
        loader: its batches, on the device.
        each: the callback that must see every optimizer step, or None: the moving average.
        others: the callbacks that see the steps taken at once as one batch.

    What the shipped models draw, they draw in every step. So the first one tells whether steps need seeds of their own.
    """

    def __init__(
        self, module: Fit, loader: TensorLoader, streams: Streams, each: Callback | None, others: list[Callback]
    ) -> None:
        self.module, self.loader, self.streams = module, loader, streams
        self.each, self.others = each, others
        self._first = True
        self._drawing = True
        self._batches: Iterator[Batch] = iter(())
        self._context: Callable[[], AbstractContextManager[Any]] = nullcontext

    def begin(self, trainer: Trainer) -> None:
        """Take the epoch's batches, and the objects that Lightning has set up."""
        self._batches = iter(self.loader)
        self._optimizer = trainer.optimizers[0]
        self._parameters = [item for group in self._optimizer.param_groups for item in group["params"]]
        # a schedule that moves by the epoch is Lightning's to move
        self._schedules = [item.scheduler for item in trainer.lr_scheduler_configs if item.interval == "step"]
        if trainer.precision != "32-true":
            self._context = trainer.precision_plugin.train_step_context

    def take(self, loop: EpochLoop, room: int) -> None:
        """Take up to `room` batches, and end where an optimizer step ends."""
        trainer, losses = loop.trainer, []
        window, ends = trainer.accumulate_grad_batches, int(trainer.num_training_batches)
        epoch, index = trainer.current_epoch, loop.batch_progress.current.ready
        last = index + (min(room, window) if self._first else room)
        stepped, counted = loop.global_step, index
        now = time.monotonic()
        until, behind = now + _SECONDS, now + _COUNTED
        while index < last:
            if self._drawing:
                self.streams.begin("step", epoch, index, trainer.global_rank)
            losses.append(self._forward_and_backward(index, window))
            index += 1
            if index % window and index != ends:
                continue
            self._step(trainer)
            now = time.monotonic()
            if self.each is not None or now > behind:
                self._count(loop, counted, index)
                counted, behind = index, now + _COUNTED
            if self.each is not None:
                self.each.on_train_batch_end(trainer, self.module, None, None, index - 1)
            if loop.watch.due() or now > until:
                break
        self._count(loop, counted, index)
        if self._first and self.streams.torch_alone:
            self._drawing = self.streams.drawn()
        self._first = False
        # Lightning counts the last one itself, where it is the last batch that steps
        loop._batches_that_stepped += loop.global_step - stepped - (not loop._should_accumulate())
        for callback in self.others:
            callback.on_train_batch_end(trainer, self.module, {"losses": losses}, None, index - 1)

    def _forward_and_backward(self, index: int, window: int) -> Tensor:
        """The loss of one batch before any weighting, detached; its gradient is added to what is there."""
        batch = next(self._batches)
        if index % window == 0:  # before the forward pass, which takes its memory from what the gradients leave
            self._optimizer.zero_grad()
        with self._context():
            output = self.module.training_step(batch, index)
        loss = output["loss"] if isinstance(output, dict) else output
        if window > 1:
            loss = loss / window
        loss.backward()  # type: ignore[no-untyped-call]
        if isinstance(output, dict):
            return output["plain"]
        return loss.detach() * window if window > 1 else loss.detach()

    def _step(self, trainer: Trainer) -> None:
        if trainer.gradient_clip_val:
            torch.nn.utils.clip_grad_norm_(self._parameters, float(trainer.gradient_clip_val))
        self._optimizer.step()
        for schedule in self._schedules:
            schedule.step()

    def _count(self, loop: EpochLoop, start: int, end: int) -> None:
        """Move Lightning's counters over the batches of the epoch from `start` to before `end`."""
        if start == end:
            return
        window, ended = loop.trainer.accumulate_grad_batches, end == int(loop.trainer.num_training_batches)
        opened = -(-end // window) + (-start // window)
        whole = end // window - start // window + bool(ended and end % window)
        loop.batch_progress.increment_by(end - start, ended)
        progress = loop.automatic_optimization.optim_progress.optimizer
        progress.zero_grad.increment_by(opened)
        progress.step.increment_by(whole)
        loop.scheduler_progress.increment_by(whole * len(self._schedules))

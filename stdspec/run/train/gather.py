"""Gathers the training loss without waiting for the device; it must be finite, and the limits must hold."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor
from typing_extensions import override

from stdspec.errors import RunError
from stdspec.run.train.job import Job
from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.seeds import seed_all

_LOOK: Final = 256
"""Batches after which the loss and the limits are looked at within an epoch: rarely enough to cost nothing."""


class Losses(Callback):
    """Gathers the training loss on the device and looks at it once an epoch.

    Attributes:
        epochs: the mean loss of each epoch, weighted by rows where the sizes of the batches are known.
        rates: training rows (or batches, where rows are not known) and seconds of each epoch, validation left out.
    """

    def __init__(self, job: Job, sizes: Sequence[int] | None) -> None:
        self.job = job
        self.sizes = sizes
        self.epochs: list[float] = []
        self.rates: list[tuple[int, float]] = []
        self._losses: list[Tensor] = []
        self._checked = 0
        self._start = self._paused = 0.0
        self._began = time.monotonic()
        self._rows = 0

    @override
    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give the epoch its own random stream."""
        seed_all(self.job.stream, "epoch", trainer.current_epoch)
        self._losses.clear()
        self._checked = self._rows = 0
        self._start, self._paused = time.perf_counter(), 0.0

    @override
    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Keep the loss where it is; reading it here would wait for the device."""
        if isinstance(outputs, Mapping) and outputs:
            plain = outputs.get("plain")
            self._losses.append(outputs["loss"] * trainer.accumulate_grad_batches if plain is None else plain)
        if self.sizes is None:
            self._rows += rows_of(batch)
        if (batch_idx + 1) % _LOOK == 0:
            self._look(trainer)

    @override
    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop the clock."""
        self._paused -= time.perf_counter()

    @override
    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start it again."""
        self._paused += time.perf_counter()

    @override
    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Check the losses of the epoch and keep their mean."""
        values = self._look(trainer)
        seconds = time.perf_counter() - self._start - self._paused
        sizes = list(self.sizes[: len(values)]) if self.sizes is not None else [1] * len(values)
        if len(sizes) == len(values) and values:
            self.epochs.append(math.fsum(v * n for v, n in zip(values, sizes, strict=True)) / sum(sizes))
            self.rates.append((self._rows or sum(sizes), seconds))
            if isinstance(pl_module, Fit):
                pl_module.train_loss = self.epochs[-1]

    def _look(self, trainer: Trainer) -> list[float]:
        """The losses so far, once they are known to be finite and the limits to hold."""
        if len(self._losses) > self._checked:
            found = torch.stack([loss.detach().float() for loss in self._losses])
            bad = (~torch.isfinite(found)).nonzero()
            if len(bad):
                raise _not_finite(trainer.current_epoch, int(bad[0]) // trainer.accumulate_grad_batches)
            self._checked = len(self._losses)
            self._limits()
            return [float(value) for value in found.tolist()]
        return [float(value) for value in self._losses]

    def _limits(self) -> None:
        seconds = time.monotonic() - self._began
        if self.job.max_seconds is not None and seconds > self.job.max_seconds:
            raise RunError(
                f"the training has taken {seconds:.0f} s, and compute.limits.time allows {self.job.max_seconds:.0f} s",
                "compute.limits.time",
                "allow more time or train for fewer epochs",
            )
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if self.job.max_bytes is not None and used > self.job.max_bytes:
            allowed = f"{self.job.max_bytes / 2**20:.0f} MiB"
            raise RunError(
                f"the run uses {used / 2**20:.0f} MiB, and compute.limits.memory allows {allowed}",
                "compute.limits.memory",
                "allow more memory, or lower training.batch or the size of the model",
            )


def rows_of(batch: Any) -> int:
    """The rows of a batch of any shape: of the first tensor found in it; 0 when there is none."""
    if isinstance(batch, Tensor):
        return len(batch) if batch.ndim else 1
    parts = list(batch.values()) if isinstance(batch, Mapping) else batch
    for part in parts if isinstance(parts, list | tuple) else ():
        found = rows_of(part)
        if found:
            return found
    return 0


def _not_finite(epoch: int, step: int) -> RunError:
    return RunError(
        f"the loss is not finite at epoch {epoch + 1}, step {step + 1}",
        "training",
        "lower training.optimizer.lr or set training.clip",
    )

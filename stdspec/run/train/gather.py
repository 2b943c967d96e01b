"""Gathers the training loss without waiting for the device, and sees that it is finite."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor
from typing_extensions import override

from stdspec.errors import RunError
from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.seeds import Streams
from stdspec.run.train.sharing import merged

_LOOK: Final = 256
"""Batches after which the losses are looked at within an epoch: rarely enough to cost nothing."""


class Losses(Callback):
    """Gathers the training loss on the device and looks at it once an epoch.

    Attributes:
        epochs: the mean loss of each epoch, over its rows (as their classes weigh) where the batches are known.
        rates: training rows (or batches, where rows are not known) and seconds of each epoch, validation left out.
    """

    def __init__(self, streams: Streams, sizes: Sequence[int] | None) -> None:
        self.streams = streams
        self.sizes = sizes
        self.epochs: list[float] = []
        self.rates: list[tuple[int, float]] = []
        self._losses: list[Tensor] = []
        self._checked = 0
        self._start = self._paused = 0.0
        self._rows = 0

    @override
    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give the epoch its own random stream."""
        self.streams.begin("epoch", trainer.current_epoch)
        self._losses.clear()
        self._checked = self._rows = 0
        self._start, self._paused = time.perf_counter(), 0.0

    @override
    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Give the step its own random stream, whatever fetching its batch has drawn."""
        self.streams.begin("step", trainer.current_epoch, batch_idx, trainer.global_rank)

    @override
    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Keep the loss where it is, or those of many steps; reading them here would wait for the device."""
        if isinstance(outputs, Mapping) and "losses" in outputs:
            self._losses += outputs["losses"]
        elif isinstance(outputs, Mapping) and outputs:
            plain = outputs.get("plain")
            self._losses.append(outputs["loss"] * trainer.accumulate_grad_batches if plain is None else plain)
        if self.sizes is None:
            self._rows += rows_of(batch)
        if len(self._losses) - self._checked >= _LOOK:
            self.look(trainer)

    @override
    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give the validation its own random stream, and stop the clock."""
        self.streams.begin("validation", trainer.current_epoch, trainer.global_step, trainer.global_rank)
        self._paused -= time.perf_counter()

    @override
    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start it again."""
        self._paused += time.perf_counter()

    @override
    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Check the losses of the epoch and keep their mean."""
        self.look(trainer)
        masses = _masses(trainer.current_epoch, pl_module)
        values = self._of_all(pl_module, masses)
        seconds = time.perf_counter() - self._start - self._paused
        sizes = list(self.sizes[: len(values)]) if self.sizes is not None else [1] * len(values)
        if len(sizes) == len(values) and values:
            weights = [sum(parts) for parts in masses[: len(values)]] if masses is not None else sizes
            whole = sum(weights) or 1.0  # rows that all weigh nothing
            self.epochs.append(math.fsum(v * n for v, n in zip(values, weights, strict=True)) / whole)
            self.rates.append((self._rows or sum(sizes), seconds))
            if isinstance(pl_module, Fit):
                pl_module.train_loss = self.epochs[-1]

    def look(self, trainer: Trainer) -> None:
        """See that the losses that were not looked at yet are finite.

        Raises:
            RunError: when one is not; it names the epoch and the optimizer step in it.
        """
        fresh = self._losses[self._checked :]
        if not fresh:
            return
        bad = (~torch.isfinite(torch.stack([loss.detach().float() for loss in fresh]))).nonzero()
        if len(bad):
            index = self._checked + int(bad[0])
            raise _not_finite(trainer.current_epoch, index // trainer.accumulate_grad_batches)
        self._checked = len(self._losses)

    def _of_all(self, module: LightningModule, masses: list[list[float]] | None) -> list[float]:
        """The mean loss of each batch, over all processes."""
        if not self._losses or masses is None or not isinstance(module, Fit) or module.recipe.share.alone:
            return self._values()
        own = torch.stack([loss.detach().float() for loss in self._losses])
        return merged(own, masses, module.recipe.share)

    def _values(self) -> list[float]:
        if not self._losses:
            return []
        return [float(value) for value in torch.stack([loss.detach().float() for loss in self._losses]).tolist()]

    @override
    def state_dict(self) -> dict[str, Any]:
        """What the epoch has gathered so far and those before it, as plain data."""
        return {
            "epochs": list(self.epochs),
            "rates": [list(rate) for rate in self.rates],
            "losses": self._values(),
            "rows": self._rows,
            "seconds": time.perf_counter() - self._start - self._paused,
        }

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave: a float32 loss is the same number as a Python float."""
        self.epochs = list(state_dict["epochs"])
        self.rates = [(rows, seconds) for rows, seconds in state_dict["rates"]]
        self._losses = [torch.tensor(value) for value in state_dict["losses"]]
        self._checked = 0
        self._rows = state_dict["rows"]
        self._start, self._paused = time.perf_counter() - state_dict["seconds"], 0.0

    def to(self, device: torch.device) -> None:
        """Bring the gathered losses to where the next ones are."""
        self._losses = [loss.to(device) for loss in self._losses]


def _masses(epoch: int, module: LightningModule) -> list[list[float]] | None:
    """What each process's part of each batch weighs; None where the rows are an own data module's."""
    return module.recipe.masses(epoch) if isinstance(module, Fit) and module.recipe.masses is not None else None


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

"""What own code really trained on: how many rows an epoch, in batches of how many, which rows, and how many it skipped.

It looks at the batches that Lightning hands to the training, which no loader and no module can answer for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.core.hooks import DataHooks
from torch import Tensor
from torch.utils.data import BatchSampler, DataLoader
from typing_extensions import override

from stdspec.run.data import sums
from stdspec.run.train.gather import rows_of

_HOOKS: Final = ("on_before_batch_transfer", "transfer_batch_to_device", "on_after_batch_transfer")
_KEPT: Final = ("rows", "most", "batch", "skipped", "accumulate", "_first", "_sum", "sum")
_WHOLE: Final = frozenset({"32-true", "bf16-mixed", "16-mixed"})
"""The precisions in which a batch reaches the training as the loader gave it."""


class Seen(Callback):
    """Watches the batches of a training.

    Attributes:
        own: whether the loader is one of own code; the rows of ours need no witness.
        expected: what was read of the loader before, see `run.data.own.Part`; None where nothing was.
        held: rows of an epoch that the loader has to give; None where it does not say.
        most: rows of the epoch that had most, of those that came to their end; None before.
        batch: rows of a batch; of the first that differs, if one does and it is not the last of an epoch.
        skipped: batches for which the module gave no loss.
        accumulate: batches of an optimizer step.
        sum: of the rows of the first epoch, see `sums`; None where they are not compared.
        why: why they are not compared.
    """

    def __init__(self, expected: Mapping[str, Any] | None, precision: str, *, own: bool) -> None:
        self.own = own
        self.expected = expected
        self.held: int | None = None
        self.rows = 0
        self.most: int | None = None
        self.batch = 0
        self.skipped = 0
        self.accumulate: int | None = None
        self.sum: str | None = None
        self.why = _why_not(expected, precision)
        self._first: int | None = None
        self._sum = 0

    @override
    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """See what the loader has to give, and whether rows reach the training as they were loaded."""
        self.held = rows_behind(trainer.train_dataloader)
        changing = [name for name in _HOOKS if _overridden(name, pl_module, getattr(trainer, "datamodule", None))]
        if changing:
            self.why = self.why or f"{changing[0]} may change them"

    @override
    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Count anew."""
        self.rows = 0

    @override
    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Count the batch, and take its rows into the sum while the first epoch lasts."""
        rows = rows_of(batch)
        self.rows += rows
        if self._first is None:
            self._first = self.batch = rows
        elif self.batch == self._first and not trainer.is_last_batch:
            self.batch = rows
        if self.own and not self.why and self.most is None and _is_pair(batch):
            self._sum = sums.added(self._sum, sums.hashes(*batch))

    @override
    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """See whether there was a loss, and how many batches make a step."""
        self.accumulate = trainer.accumulate_grad_batches
        if pl_module.automatic_optimization and not outputs:
            self.skipped += 1

    @override
    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Keep the count of an epoch that was not cut short by `training.max_steps`."""
        cut = 0 < trainer.max_steps <= trainer.global_step and not trainer.is_last_batch
        if not self.rows or cut:
            return
        if self.most is None and not self.why:
            self.sum = sums.shown(self._sum)
        self.most = max(self.rows, self.most or 0)

    @override
    def state_dict(self) -> dict[str, Any]:
        """What was seen so far, as plain data; a sum is longer than the numbers that a checkpoint can hold."""
        return {name: getattr(self, name) for name in _KEPT} | {"_sum": sums.shown(self._sum)}

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        for name in _KEPT:
            setattr(self, name, state_dict[name])
        self._sum = int(state_dict["_sum"], 16)


def rows_behind(loader: Any) -> int | None:
    """The rows that a plain loader has to give in an epoch; None for any other, which decides on that itself."""
    if not isinstance(loader, DataLoader):
        return None
    batches = getattr(loader.batch_sampler, "inner", loader.batch_sampler)
    if type(batches) is not BatchSampler:
        return None
    try:
        return len(loader.sampler)  # type: ignore[arg-type]
    except TypeError:  # a stream
        return None


def _why_not(expected: Mapping[str, Any] | None, precision: str) -> str:
    """Why the rows that are trained on cannot be held against those that were read; empty where they can."""
    if expected is None or "sum" not in expected:
        return "nobody has read them before"
    if not expected["whole"]:
        return "not all of them were read"
    if not expected["same"]:
        return "they differ each time they are read"
    return "" if precision in _WHOLE else f"{precision} changes them"


def _overridden(name: str, *holders: Any) -> bool:
    return any(
        getattr(type(item), name, None) not in (None, getattr(DataHooks, name)) for item in holders if item is not None
    )


def _is_pair(batch: Any) -> bool:
    return isinstance(batch, list | tuple) and len(batch) == 2 and all(isinstance(item, Tensor) for item in batch)

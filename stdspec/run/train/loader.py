"""Batches of data that lie in memory on the device: one index a batch, nothing is collated.

The order of an epoch is a function of the seed and the epoch alone. No row is dropped. Where processes share a fit,
each takes its part of every batch, and the parts together are the batch that one process would take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from stdspec.run.train.seeds import counter_seed
from stdspec.run.train.sharing import ALONE, Share, counts


class Epoch:
    """The number of the epoch. Lightning tells it through `set_epoch`, as it tells any sampler."""

    def __init__(self) -> None:
        self.number = 0

    def set_epoch(self, epoch: int) -> None:
        """Take note of the epoch, counted from 0."""
        self.number = epoch


class TensorLoader:
    """An iterable of ``(inputs, target)`` batches.

    Attributes:
        inputs: shape (n, …).
        target: shape (n,).
        batch: rows of a batch, over all processes; the last one may have fewer.
        seed: of the order; None for the order of the rows.
        share: this process's part in each batch of an ordered loader.
        sampler: takes the epoch from Lightning.
        start: the batch that the next iteration begins with, counted from 0.
    """

    def __init__(
        self, inputs: Tensor, target: Tensor, batch: int, seed: int | None = None, share: Share = ALONE
    ) -> None:
        self.inputs, self.target = inputs, target
        self.batch = batch
        self.seed = seed
        self.share = share
        self.sampler = Epoch()
        self.batch_sampler = None  # Lightning looks for it wherever there is a sampler
        self.start = 0

    def begin(self, epoch: int, start: int) -> None:
        """Let the next iteration begin with batch `start` of epoch `epoch`, both counted from 0."""
        self.sampler.set_epoch(epoch)
        self.start = start

    def __len__(self) -> int:
        return -(-len(self.target) // self.batch)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if self.seed is None:
            yield from zip(torch.split(self.inputs, self.batch), torch.split(self.target, self.batch), strict=True)
            return
        start, self.start = self.start * self.batch, 0
        for rows in torch.split(self.order(self.sampler.number)[start:].to(self.target.device), self.batch):
            index = rows if self.share.alone else self.share.part(rows)
            yield self.inputs.index_select(0, index), self.target.index_select(0, index)

    def order(self, epoch: int) -> Tensor:
        """The permutation of the rows in an epoch, shape (n,); drawn on the CPU, so that every device sees the same."""
        generator = torch.Generator().manual_seed(counter_seed(self.seed, "order", epoch))
        return torch.randperm(len(self.target), generator=generator)

    def sizes(self) -> list[int]:
        """The rows of each batch of an epoch, over all processes."""
        full, rest = divmod(len(self.target), self.batch)
        return [self.batch] * full + ([rest] if rest else [])

    def masses(self, epoch: int, weights: Tensor | None) -> list[list[float]]:
        """What each process's part of each batch of an epoch weighs: its rows, or the sum of their classes' weights."""
        if weights is None:
            return [[float(rows) for rows in counts(size, self.share.world)] for size in self.sizes()]
        of_rows = weights.double()[self.target[self.order(epoch).to(self.target.device)].cpu()]
        parts = (torch.tensor_split(part, self.share.world) for part in torch.split(of_rows, self.batch))
        return [[float(item.sum()) for item in part] for part in parts]

    def to(self, device: torch.device) -> TensorLoader:
        """The same loader with its data on a device."""
        return TensorLoader(self.inputs.to(device), self.target.to(device), self.batch, self.seed, self.share)


def step_weights(masses: Sequence[Sequence[float]], accumulate: int, share: Share = ALONE) -> list[float] | None:
    """Factors that make the accumulated gradient that of one large batch, one a batch; None where every factor is 1.

    Lightning divides each loss by `accumulate`, and the gradients of processes are averaged. In a step of fewer or
    smaller batches that is no mean over its rows; ``mass x accumulate x world / mass of the step`` mends it.

    Args:
        masses: of each batch, what the part of each process weighs, such as its rows.
        accumulate: batches of an optimizer step.
        share: of this process.
    """
    factors: list[float] = []
    for start in range(0, len(masses), accumulate):
        window = masses[start : start + accumulate]
        whole = sum(map(sum, window)) or 1.0  # a step whose rows all weigh nothing teaches nothing
        factors += [parts[share.rank] * accumulate * share.world / whole for parts in window]
    return None if all(factor == 1 for factor in factors) else factors

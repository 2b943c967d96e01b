"""Batches of data that lie in memory on the device: one index a batch, nothing is collated.

The order of an epoch is a function of the seed and the epoch alone. No row is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from stdspec.run.train.seeds import counter_seed


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
        batch: rows of a batch; the last one may have fewer.
        seed: of the order; None for the order of the rows.
        sampler: takes the epoch from Lightning.
    """

    def __init__(self, inputs: Tensor, target: Tensor, batch: int, seed: int | None = None) -> None:
        self.inputs, self.target = inputs, target
        self.batch = batch
        self.seed = seed
        self.sampler = Epoch()
        self.batch_sampler = None  # Lightning looks for it wherever there is a sampler

    def __len__(self) -> int:
        return -(-len(self.target) // self.batch)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if self.seed is None:
            yield from zip(torch.split(self.inputs, self.batch), torch.split(self.target, self.batch), strict=True)
            return
        for index in torch.split(self.order(self.sampler.number).to(self.target.device), self.batch):
            yield self.inputs.index_select(0, index), self.target.index_select(0, index)

    def order(self, epoch: int) -> Tensor:
        """The permutation of the rows in an epoch, shape (n,); drawn on the CPU, so that every device sees the same."""
        generator = torch.Generator().manual_seed(counter_seed(self.seed, "order", epoch))
        return torch.randperm(len(self.target), generator=generator)

    def sizes(self) -> list[int]:
        """The rows of each batch of an epoch."""
        full, rest = divmod(len(self.target), self.batch)
        return [self.batch] * full + ([rest] if rest else [])

    def masses(self, epoch: int, weights: Tensor) -> list[float]:
        """What each batch of an epoch weighs: the sum of its rows' weights, by the class of each."""
        of_rows = weights.double()[self.target[self.order(epoch).to(self.target.device)].cpu()]
        return [float(part.sum()) for part in torch.split(of_rows, self.batch)]

    def to(self, device: torch.device) -> TensorLoader:
        """The same loader with its data on a device."""
        return TensorLoader(self.inputs.to(device), self.target.to(device), self.batch, self.seed)


def step_weights(sizes: Sequence[float], accumulate: int) -> list[float] | None:
    """Factors that make the accumulated gradient that of one large batch, one a batch; None where every factor is 1.

    Lightning divides each loss by `accumulate`. In a step of fewer or smaller batches that is no mean over its rows;
    ``rows x accumulate / rows of the step`` mends it. Where rows are weighted, `sizes` are sums of their weights.
    """
    factors: list[float] = []
    for start in range(0, len(sizes), accumulate):
        window = sizes[start : start + accumulate]
        whole = sum(window) or 1.0  # a step whose rows all weigh nothing teaches nothing
        factors += [rows * accumulate / whole for rows in window]
    return None if all(factor == 1 for factor in factors) else factors

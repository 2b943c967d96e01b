"""How one fit is shared among processes, each with a device: who takes which rows, and how results come together.

Every share is a function of the rows' order and the rank alone, so that all of them are what one process would take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from msgspec import Struct
from torch import Tensor

_T = TypeVar("_T")


class Share(Struct, frozen=True):
    """The part of one process in a fit.

    Attributes:
        rank: which process this is, from 0; the one of rank 0 writes what is kept.
        world: how many there are.
    """

    rank: int = 0
    world: int = 1

    @property
    def alone(self) -> bool:
        """Whether this process does the whole."""
        return self.world == 1

    def part(self, rows: Tensor) -> Tensor:
        """This process's rows of a batch that all take together, shape (n,) to about (n / world,).

        A process for which none is left takes the first row, so that every process takes every step; `counts` says 0.
        """
        own = torch.tensor_split(rows, self.world)[self.rank]
        return own if len(own) else rows[:1]

    def gather(self, values: Tensor) -> Tensor:
        """The rows of every process, in the order of their ranks, shape (n_rank, …) to (n, …); n may differ by rank."""
        if self.alone:
            return values
        own = torch.tensor([len(values)], device=values.device)
        lengths = [torch.empty_like(own) for _ in range(self.world)]
        dist.all_gather(lengths, own)
        counts = [int(item) for item in lengths]
        filled = values.new_zeros((max(counts), *values.shape[1:]))
        filled[: len(values)] = values
        found = [torch.empty_like(filled) for _ in counts]
        dist.all_gather(found, filled)
        return torch.cat([item[:count] for item, count in zip(found, counts, strict=True)])

    def exchange(self, value: _T) -> list[_T]:
        """What every process has to say, in the order of their ranks; it is pickled, so let it be small.

        Args:
            value: of this process: plain data, and tensors on the CPU.
        """
        if self.alone:
            return [value]
        found: list[Any] = [None] * self.world
        dist.all_gather_object(found, value)
        return found

    def alike(self, tensors: Iterable[Tensor]) -> None:
        """Give every process the first one's numbers, in place."""
        if not self.alone:
            for item in tensors:
                dist.broadcast(item, src=0)


ALONE = Share()


def counts(rows: int, world: int) -> list[int]:
    """How many rows of a batch each process takes; they differ by one at most."""
    each, more = divmod(rows, world)
    return [each + (rank < more) for rank in range(world)]


def merged(values: Tensor, masses: Sequence[Sequence[float]], share: Share) -> list[float]:
    """The mean loss of each batch from the means of its parts.

    Args:
        values: of this process's parts, shape (batches,).
        masses: of each batch, what the part of each process weighs.
        share: of this process.
    """
    parts = share.gather(values[None].float()).double().cpu().tolist()
    found = []
    for index, weights in enumerate(masses[: len(values)]):
        whole = sum(weights) or 1.0
        found.append(sum(part[index] * mass for part, mass in zip(parts, weights, strict=True) if mass) / whole)
    return found

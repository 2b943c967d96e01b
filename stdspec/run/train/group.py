"""The group of the processes that share a fit, and how Lightning works in it.

They meet through a file and talk within this machine; Lightning finds them there and starts none.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import torch
import torch.distributed as dist
from lightning.fabric.plugins import ClusterEnvironment
from lightning.pytorch.strategies import DDPStrategy
from torch._C._distributed_c10d import FileStore
from typing_extensions import override

from stdspec.run.train.job import Job
from stdspec.run.train.sharing import Share

_PATIENCE: Final = timedelta(minutes=30)
"""How long one process waits for another; one may have to compile, or to write a checkpoint."""

BACKENDS: Final = {"cpu": "gloo", "cuda": "nccl"}
"""Accelerator to the backend of `torch.distributed`."""


def meet(folder: Path, backend: str, share: Share) -> None:
    """Join the group of processes.

    Args:
        folder: where they meet; a fresh one for each fit.
        backend: gloo or nccl.
        share: the part of this process.
    """
    store = FileStore(str(folder / "group"), share.world)
    where = torch.device("cuda", share.rank) if backend == "nccl" else None
    with _loopback():
        dist.init_process_group(
            backend, store=store, rank=share.rank, world_size=share.world, timeout=_PATIENCE, device_id=where
        )


def part() -> None:
    """Leave the group."""
    if dist.is_initialized():
        dist.destroy_process_group()


@contextmanager
def _loopback() -> Iterator[None]:
    """Let gloo talk within this machine: by default it takes what the machine's name means."""
    name, before = "GLOO_SOCKET_IFNAME", os.environ.get("GLOO_SOCKET_IFNAME")
    found = [item for _, item in socket.if_nameindex() if item in ("lo", "lo0")]
    if before is not None or not found:
        yield
        return
    os.environ[name] = found[0]
    try:
        yield
    finally:
        del os.environ[name]


class _Started(ClusterEnvironment):
    """Tells Lightning that the processes are there already; by itself it would start the program's command again."""

    main_address = "127.0.0.1"
    main_port = 0
    creates_processes_externally = True

    def __init__(self, share: Share) -> None:
        self.share = share

    @staticmethod
    @override
    def detect() -> bool:
        return True

    @override
    def world_size(self) -> int:
        return self.share.world

    @override
    def set_world_size(self, size: int) -> None: ...

    @override
    def global_rank(self) -> int:
        return self.share.rank

    @override
    def set_global_rank(self, rank: int) -> None: ...

    @override
    def local_rank(self) -> int:
        return self.share.rank

    @override
    def node_rank(self) -> int:
        return 0


class Shared(DDPStrategy):
    """Lightning's DDP, under the name that the language has for it."""

    strategy_name = "ddp"


def strategy(job: Job, share: Share) -> Any:
    """The Trainer's strategy.

    From three devices on the order of a sum changes its bits. Torch deals the gradients into other buckets after the
    first step, so that the first step after a resume would add in another order; it does not where it looks for
    parameters without a gradient, which costs a walk through the graph each step.
    """
    if share.alone:
        return "auto"
    return Shared(
        cluster_environment=_Started(share),
        process_group_backend=BACKENDS[job.accelerator],
        find_unused_parameters=share.world > 2 and job.determinism == "exact",
    )

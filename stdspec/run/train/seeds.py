"""Seeds by counting: each random stream has its own seed, a hash of what it is for, so that none depends on another."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def counter_seed(*parts: object) -> int:
    """A seed below 2**63 from the parts' text, such as ``counter_seed(20, "order", epoch)``."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "big") >> 1


def seed_all(*parts: object) -> None:
    """Seed Python, NumPy and torch (every device) for the stream that the parts name."""
    seed = counter_seed(*parts)
    random.seed(seed)
    np.random.seed(seed % 2**32)  # own code may draw from the global stream
    torch.manual_seed(seed)


@contextmanager
def fixed(*parts: object) -> Iterator[None]:
    """Seed the block from the parts and leave every stream outside of it as it was."""
    before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(range(torch.cuda.device_count())):
        seed_all(*parts)
        try:
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])

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


def set_seed(seed: int, *, torch_alone: bool = False) -> None:
    """Seed torch on the devices in use and, unless it draws alone, Python and NumPy.

    `torch.manual_seed` looks for every kind of device each time, which takes 130 µs; this takes 8 µs.
    """
    if not torch_alone:
        random.seed(seed)
        np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)


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


def _states() -> list[torch.Tensor]:
    """The states of torch's generators on the devices in use."""
    on_devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    return [torch.default_generator.get_state(), *on_devices]


class Streams:
    """The random streams of one fit: each step of it draws from its own, so that none has to be kept for a resume.

    Attributes:
        torch_alone: whether nothing but torch draws, as in shipped models on shipped data.
        changed: the seed that own code has set in the place of ours, or None.
    """

    def __init__(self, stream: int, *, torch_alone: bool = False) -> None:
        self.stream = stream
        self.torch_alone = torch_alone
        self.changed: int | None = None
        self._seed: int | None = None

    def begin(self, *parts: object) -> None:
        """Begin the stream that the parts name."""
        self.look()
        self._seed = counter_seed(self.stream, *parts)
        set_seed(self._seed, torch_alone=self.torch_alone)

    def drawn(self) -> bool:
        """Whether anything was drawn from torch's streams since the last `begin`."""
        now = _states()
        set_seed(torch.default_generator.initial_seed(), torch_alone=True)
        return any(not torch.equal(one, other) for one, other in zip(now, _states(), strict=True))

    def look(self) -> None:
        """Note whether own code has seeded torch anew since the last `begin`."""
        found = torch.default_generator.initial_seed()
        if self._seed is not None and found != self._seed:
            self.changed = found

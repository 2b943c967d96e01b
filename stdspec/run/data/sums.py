"""Says of rows which they are, in whatever order they come: the hash of each, and the sum of the hashes of many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from torch import Tensor

_SIZE: Final = 16
_MODULUS: Final = 1 << (8 * _SIZE)


def hashes(values: Tensor, labels: Tensor) -> Iterator[bytes]:
    """The hash of each row: of its input and its target."""
    inputs, targets = (item.detach().cpu().contiguous().numpy() for item in (values, labels))
    for value, label in zip(inputs, targets, strict=True):
        state = hashlib.blake2b(value.tobytes(), digest_size=_SIZE)
        state.update(label.tobytes())
        yield state.digest()


def added(total: int, found: Iterable[bytes]) -> int:
    """A sum of hashes with more of them added; it depends on how often each row came, and not on the order."""
    return (total + sum(int.from_bytes(item, "big") for item in found)) % _MODULUS


def shown(total: int) -> str:
    """A sum as text of one length."""
    return f"{total:0{2 * _SIZE}x}"

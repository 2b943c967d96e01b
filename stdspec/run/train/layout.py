"""How images lie in memory while a model trains: channel by channel, or pixel by pixel (`channels-last`).

Convolutions on tensor cores, and often on CPUs, are faster on the latter. It is a matter of where numbers lie: the
formula is the same, and the bits may differ by the order of sums.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from stdspec.errors import RunError

CHANNELS_LAST, CONTIGUOUS = "channels-last", "contiguous"


def arrange(core: nn.Module, shape: tuple[int, ...], wanted: str) -> None:
    """Lay the weights of a model as asked; what convolutions give then lies as their weights do.

    Args:
        core: the model.
        shape: of one preprocessed row.
        wanted: `compute.memory_format`.

    Raises:
        RunError: when it has no convolution over images.
    """
    if wanted == CONTIGUOUS:
        return
    found = list(_convolutions(core))
    if len(shape) != 3 or not found:
        raise RunError(
            "compute.memory_format is channels-last, and the model has no convolution over images",
            "compute.memory_format",
            f"write {CONTIGUOUS}",
        )
    for layer in found:  # of a whole module it would refuse what has five dimensions
        layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # absent from torch's stub


def observed(core: nn.Module) -> str | None:
    """How the weights of the convolutions over images lie; None where there are none."""
    weights = [layer.weight for layer in _convolutions(core)]
    if not weights:
        return None
    last = all(weight.stride(1) == 1 for weight in weights if weight[0].numel() > 1)
    return CHANNELS_LAST if last else CONTIGUOUS


def plain(core: nn.Module) -> None:
    """Lay every weight as files have it."""
    core.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload] # absent from torch's stub


def _convolutions(core: nn.Module) -> Iterator[nn.Conv2d]:
    """The convolutions over images, whose weights have the shape (out, in, height, width)."""
    return (layer for layer in core.modules() if isinstance(layer, nn.Conv2d))

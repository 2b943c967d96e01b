"""The module that is evaluated and exported: raw input in, decisions' scores out.

Preprocessing and the final softmax are inside, so that whoever serves it needs no second implementation of either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn

INPUT_NAMES: Final = {"tabular": "features", "image": "image", "series": "series"}
"""Modality to the name of the graph's input."""

HANDED_OUT: Final = "float32"
"""The number format of the weights that are handed out, whatever they were trained in."""

OUTPUT_NAME: Final = "scores"


def _two_columns(x: Tensor) -> Tensor:
    """(n, 1) or (n,) logits of the second class to probabilities of both, shape (n, 2)."""
    positive = torch.sigmoid(x.reshape(-1, 1))
    return torch.cat([1 - positive, positive], dim=1)


HEADS: Final[dict[str, Callable[[Tensor], Tensor]]] = {
    "softmax": lambda x: torch.softmax(x, dim=1),
    "sigmoid": _two_columns,
    "probabilities": lambda x: x,
    "value": lambda x: x.reshape(-1),
}
"""What turns the core's output into scores: probabilities of shape (n, classes), or values of shape (n,)."""


class Exported(nn.Module):
    """Preprocessing, the trained core and the head, in float32.

    Attributes:
        preprocess: raw input to the core's input.
        core: the trained module.
        head: a name of `HEADS`.
    """

    def __init__(self, preprocess: nn.Module, core: nn.Module, head: str) -> None:
        super().__init__()
        self.preprocess = preprocess
        self.core = core
        self.head = head
        self._head = HEADS[head]

    def forward(self, x: Tensor) -> Tensor:
        """Scores of raw inputs: (n, …) to (n, classes) or (n,)."""
        return self._head(self.core(self.preprocess(x)).float())


def signature(name: str, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
    """Inputs and outputs by name, each ``{"dtype", "shape"}`` with the batch dimension by name."""
    outputs = ["batch", classes] if classes else ["batch"]
    return {
        "inputs": {name: {"dtype": "float32", "shape": ["batch", *shape]}},
        "outputs": {OUTPUT_NAME: {"dtype": "float32", "shape": outputs}},
    }


def parameters(module: nn.Module) -> int:
    """The number of trained numbers; buffers do not count."""
    return sum(item.numel() for item in module.parameters())


def plain_state(module: nn.Module) -> Mapping[str, Tensor]:
    """The state as tensors that share no memory, on the CPU: what a safetensors file can hold."""
    return {name: value.detach().cpu().contiguous().clone() for name, value in module.state_dict().items()}

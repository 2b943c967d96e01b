"""Three modules that look alike: one does what its spec says, two do not."""

import random
from collections.abc import Iterator

import torch
from torch import nn


class Honest(nn.Module):
    """Two layers on the 64 pixels of a digit. It gives logits."""

    def __init__(self, width: int = 32):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)


class FullPrecision(Honest):
    """Computes in float32, whatever precision the spec declares."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return self.net(x.float())


class OwnDice(Honest):
    """Draws noise from a generator of its own, whose place no checkpoint can hold."""

    def __init__(self, width: int = 32):
        super().__init__(width)
        self.noise = _noise()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x + next(self.noise) if self.training else x)


def _noise() -> Iterator[float]:
    dice = random.Random(5)  # noqa: S311 - it deals noise and guards nothing
    while True:
        yield dice.gauss(0, 0.01)

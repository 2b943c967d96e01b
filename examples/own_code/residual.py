"""A plain torch module: no Lightning, no loss, no optimizer. It gives logits."""

import torch
from torch import nn


class ResidualNet(nn.Module):
    """Two convolutions around a skip connection, then one linear layer."""

    def __init__(self, width: int = 16, classes: int = 10):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.block = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1)
        )
        self.head = nn.Linear(width * 16, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.stem(x))
        x = torch.relu(x + self.block(x))
        return self.head(nn.functional.max_pool2d(x, 2).flatten(1))

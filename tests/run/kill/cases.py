"""The runs that are killed: each shipped experiment, long enough to spend most of its time in training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SAVED: Final = "compute.resume.every=3"
"""Every third step a fit is saved: a run of seconds would never be by the clock."""

EVERYTHING: Final = (
    *("+experiment=lepton_mlp", "training/schedule=plateau", "training.schedule.patience=2", "training.batch.micro=16"),
    *("training.ema=0.99", "training.clip=1.0", "model.dropout=0.2"),
)
"""Accumulates, averages weights, lowers the rate on a plateau, clips and drops out."""

OWN: Final = '''
import lightning as L
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(L.LightningModule):
    """Keeps in attributes what its loss goes by, and draws from the global streams."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
        self.last, self.noise, self.mean = [], np.random.default_rng(3), torch.zeros(4)

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
        x = x + 0.05 * torch.randn_like(x) + 0.01 * self.mean + 0.01 * float(self.noise.normal())
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.last = [*self.last[-4:], float(loss.detach())]
        return loss * (1 + 0.01 * sum(self.last))

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=0.01)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 5, 0.8)]


class Batches:
    """Gives its batches in an order of its own, and says itself where it stands."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        self.rng, self.order, self.at = np.random.default_rng(2), [], 0

    def __len__(self):
        return len(self.y) // 16

    def __iter__(self):
        if self.at in (0, len(self)):
            self.order, self.at = self.rng.permutation(len(self)).tolist(), 0
        while self.at < len(self):
            i, self.at = self.order[self.at], self.at + 1
            yield self.x[16 * i : 16 * i + 16], self.y[16 * i : 16 * i + 16]

    def state_dict(self):
        return {"rng": self.rng.bit_generator.state, "order": list(self.order), "at": self.at}

    def load_state_dict(self, state):
        self.rng.bit_generator.state, self.order, self.at = state["rng"], list(state["order"]), state["at"]


class Data(L.LightningDataModule):
    def setup(self, stage):
        y = torch.arange(240) % 3
        x = torch.randn(240, 4, generator=torch.Generator().manual_seed(0)) + 4 * nn.functional.one_hot(y, 4)
        self.train, self.held = (x[:160], y[:160]), TensorDataset(x[160:], y[160:])

    def train_dataloader(self):
        return Batches(*self.train)

    def val_dataloader(self):
        return DataLoader(self.held, 32)

    def test_dataloader(self):
        return DataLoader(self.held, 32)
'''
"""An own module and an own loader, both with a state."""

OWN_SPEC: Final = """
defaults: [stdspec/base, _self_]
stage: research
name: own-kept
seed: 7
data: {_target_: acme_kept.Data}
model: {_target_: acme_kept.Net}
training: {task: classification, epochs: 10, batch: {global: 16}, checkpoint: {monitor: validation/loss, mode: min}}
"""


@dataclass(frozen=True)
class Case:
    """A run.

    Attributes:
        overrides: on its command line.
        files: of its project, by their paths.
    """

    overrides: list[str]
    files: Mapping[str, str] = field(default_factory=dict)


SHARED: Final = Case(
    [
        *("+experiment=diabetes", "training.epochs=30", "training.stop=null", "training.batch={global: 30, micro: 5}"),
        *("training.ema=0.9", "compute.devices=2", SAVED),
    ]
)
"""Shared by two processes, of which either is killed."""

CASES: Final[dict[str, Case]] = {
    "lepton_mlp": Case(["+experiment=lepton_mlp", "training.epochs=40", SAVED]),
    "digits": Case(["+experiment=digits", SAVED]),
    "diabetes": Case(["+experiment=diabetes", "training.epochs=120", "training.stop=null", SAVED]),
    "breast_cancer": Case(
        [*("+experiment=breast_cancer", "training.epochs=40", "training.stop=null", "deployment=default", SAVED)]
    ),
    "everything": Case([*EVERYTHING, "training.epochs=12", SAVED]),
    "own": Case(["training.epochs=60", SAVED], {"acme_kept.py": OWN, "conf/config.yaml": OWN_SPEC}),
    "shared": SHARED,
}
"""For the soak."""

SHORT: Final[dict[str, Case]] = {
    "diabetes": Case(["+experiment=diabetes", "training.epochs=60", "training.stop=null", SAVED]),
    "everything": Case([*EVERYTHING, "training.epochs=4", SAVED]),
}
"""The same for every day."""

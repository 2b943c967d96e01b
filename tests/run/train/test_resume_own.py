"""Own modules and own data are resumed with the same bits, too; what makes that impossible is said."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.run.train import checkpoint
from stdspec.run.train.resume import Resume
from stdspec.settings import Settings

from .stopped import every, outcome, stopped_anywhere

pytestmark = pytest.mark.run

CODE = '''
import random
from collections import deque

import lightning as L
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, WeightedRandomSampler
from torchmetrics.classification import MulticlassAccuracy


class Lit(L.LightningModule):
    def __init__(self, lr=0.02):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3))

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        return nn.functional.cross_entropy(self.net(x + 0.05 * torch.randn_like(x)), y)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val_loss", nn.functional.cross_entropy(self.net(x), y))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


class Counts(nn.Module):
    """A plain module whose output depends on how often it was called."""

    def __init__(self):
        super().__init__()
        self.net, self.calls = nn.Linear(4, 3), 0

    def forward(self, x):
        self.calls += self.training
        return self.net(x) * (1 + 0.01 * self.calls)


class Logs(Lit):
    """Logs over the epoch, by value and by metric."""

    def __init__(self):
        super().__init__()
        self.seen = MulticlassAccuracy(3)

    def training_step(self, batch, batch_idx):
        x, y = batch
        out = self.net(x)
        loss = nn.functional.cross_entropy(out, y)
        self.seen(out, y)
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        self.log("train_worst", loss, on_step=False, on_epoch=True, reduce_fx="max")
        self.log("train_accuracy", self.seen, on_step=False, on_epoch=True)
        return loss


class Remembers(Lit):
    """Keeps what it saw in plain attributes, and draws from generators of its own."""

    def __init__(self):
        super().__init__()
        self.outputs, self.last, self.count = [], deque(maxlen=3), {"steps": 0, "sizes": set()}
        self.same = self.outputs
        self.noise, self.coin = np.random.default_rng(3), random.Random(4)
        self.choice = torch.Generator().manual_seed(5)
        self.mean = torch.zeros(4)

    def training_step(self, batch, batch_idx):
        x, y = batch
        x = x + 0.1 * torch.from_numpy(self.noise.normal(size=x.shape)).float() + 0.1 * self.coin.random()
        x = x + 0.01 * torch.rand(x.shape, generator=self.choice) + 0.01 * self.mean
        self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.outputs.append(loss.detach())
        self.last.append(float(loss.detach()))
        self.count["steps"] += 1
        self.count["sizes"].add(len(y))
        return loss * (1 + 0.01 * sum(self.last) + 0.001 * self.count["steps"])

    def on_train_epoch_end(self):
        self.log("train_mean", torch.stack(self.same).mean())
        self.outputs.clear()


class Freezes(Lit):
    """Trains its last layer alone in the first epoch."""

    def on_train_epoch_start(self):
        for item in self.net[0].parameters():
            item.requires_grad_(self.current_epoch > 0)


class Manual(Lit):
    """Takes its own steps, one for two batches."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, batch_idx):
        loss = super().training_step(batch, batch_idx)
        self.manual_backward(loss / 2)
        if (batch_idx + 1) % 2 == 0:
            self.optimizers().step()
            self.optimizers().zero_grad()
        return loss


class Queue:
    def __init__(self):
        self.items = []


class Opaque(Lit):
    def __init__(self):
        super().__init__()
        self.queue = Queue()

    def training_step(self, batch, batch_idx):
        self.queue.items.append(1)
        return super().training_step(batch, batch_idx) * (1 + 0.01 * len(self.queue.items))


class Rows(Dataset):
    """Rows that are changed at random each time they are asked for, from every global stream."""

    def __init__(self, n=90):
        self.y = torch.arange(n) % 3
        g = torch.Generator().manual_seed(0)
        self.x = torch.randn(n, 4, generator=g) + 4 * nn.functional.one_hot(self.y, 4)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i] + 0.1 * torch.randn(4) + 0.1 * float(np.random.normal()) + 0.1 * random.random(), self.y[i]


class OwnNoise(Rows):
    def __init__(self):
        super().__init__()
        self.noise = np.random.default_rng(1)

    def __getitem__(self, i):
        return self.x[i] + 0.1 * self.noise.normal(size=4).astype("float32"), self.y[i]


class OwnOrder:
    def __init__(self, n):
        self.n, self.rng = n, np.random.default_rng(2)

    def __len__(self):
        return self.n

    def __iter__(self):
        return iter(self.rng.permutation(self.n).tolist())


class Endless(IterableDataset):
    def __iter__(self):
        for _ in range(64):
            i = int(torch.randint(3, ()))
            yield nn.functional.one_hot(torch.tensor(i), 4).float() * 4 + torch.randn(4), torch.tensor(i)


class Counting(Endless):
    total = 0

    def __iter__(self):
        for x, y in super().__iter__():
            self.total += 1
            yield x + 0.001 * self.total, y


class Sliced:
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return 5

    def __iter__(self):
        for i in torch.randperm(5).tolist():
            yield self.rows.x[16 * i : 16 * i + 16], self.rows.y[16 * i : 16 * i + 16]


class Stateful(Sliced):
    """Says itself where it stands, and draws its order from a generator of its own."""

    def __init__(self, rows):
        super().__init__(rows)
        self.rng, self.order, self.at = np.random.default_rng(2), [], 0

    def __iter__(self):
        if self.at in (0, 5):
            self.order, self.at = self.rng.permutation(5).tolist(), 0
        while self.at < 5:
            i, self.at = self.order[self.at], self.at + 1
            yield self.rows.x[16 * i : 16 * i + 16], self.rows.y[16 * i : 16 * i + 16]

    def state_dict(self):
        return {"rng": self.rng.bit_generator.state, "order": list(self.order), "at": self.at}

    def load_state_dict(self, state):
        self.rng.bit_generator.state, self.order, self.at = state["rng"], list(state["order"]), state["at"]


class Data(L.LightningDataModule):
    classes = ["0", "1", "2"]

    def __init__(self, kind="shuffled", workers=0):
        super().__init__()
        self.kind, self.workers = kind, workers

    def setup(self, stage):
        self.rows, self.held, self.noisy = Rows(), Rows(30), OwnNoise()
        self.stream, self.counting = Endless(), Counting()

    def train_dataloader(self):
        more = {"batch_size": 16, "num_workers": self.workers}
        rows = self.rows
        kinds = {
            "shuffled": lambda: DataLoader(rows, shuffle=True, **more),
            "drop last": lambda: DataLoader(rows, shuffle=True, drop_last=True, **more),
            "generator": lambda: DataLoader(rows, shuffle=True, generator=torch.Generator().manual_seed(3), **more),
            "weighted": lambda: DataLoader(rows, sampler=WeightedRandomSampler([1.0, 2, 3] * 30, 80), **more),
            "persistent": lambda: DataLoader(rows, shuffle=True, persistent_workers=True, **more),
            "own noise": lambda: DataLoader(self.noisy, shuffle=True, **more),
            "own order": lambda: DataLoader(rows, sampler=OwnOrder(90), **more),
            "stream": lambda: DataLoader(self.stream, **more),
            "counting": lambda: DataLoader(self.counting, **more),
            "sliced": lambda: Sliced(rows),
            "stateful": lambda: Stateful(rows),
        }
        return kinds[self.kind]()

    def val_dataloader(self):
        return DataLoader(self.held, 16, shuffle=True, num_workers=self.workers)
'''


@pytest.fixture
def settings(tmp_path):
    package = tmp_path / "project" / "src" / "kept"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "code.py").write_text(CODE)
    path = list(sys.path)
    yield Settings(root=tmp_path / "project", source_roots=("src",), allow_targets=("kept",))
    sys.path[:] = path
    for name in [name for name in sys.modules if name == "kept" or name.startswith("kept.")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def _all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)


def data(tmp_path: Path, kind_of: str = "Data", /, **args: object) -> dict[str, Path]:
    folder = tmp_path / "own-data"
    folder.mkdir()
    (folder / "own.json").write_text(json.dumps({"target": f"kept.code.{kind_of}", "args": args}))
    return {"dataset": folder}


def model(name: str) -> dict[str, object]:
    return {"model": {"_target_": f"kept.code.{name}"}, "training.epochs": 3}


@pytest.mark.parametrize("name", ["Lit", "Counts", "Logs", "Remembers", "Freezes", "Manual"])
def test_own_modules_are_resumed_after_each_batch(name, train, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(Resume, "_due", lambda *_: True)
    changes = every(1, {**model(name), "training.batch": {"global": 24, "micro": None}})
    assert stopped_anywhere(train, tmp_path / "progress", changes, slice(0, None, 3), settings=settings) == 4
    ran = train(changes, settings=settings)
    assert ran.value("run.training.resumable") is True


@pytest.mark.parametrize(
    ("kind", "workers"),
    [
        ("shuffled", 0),
        ("shuffled", 2),
        ("drop last", 0),
        ("generator", 0),
        ("weighted", 0),
        ("persistent", 1),
        ("stateful", 0),
    ],
)
def test_own_loaders_are_resumed_at_each_step(kind, workers, train, settings, tmp_path):
    changes = every(1, model("Lit"))
    inputs = data(tmp_path, kind=kind, workers=workers)
    take = slice(1, None, 7 if workers else 4)
    assert stopped_anywhere(train, tmp_path / "progress", changes, take, settings=settings, inputs=inputs) > 1


def test_the_number_of_workers_does_not_change_the_bits(train, settings, tmp_path):
    found = []
    for workers in (0, 2):
        root = tmp_path / str(workers)
        root.mkdir()
        ran = train(
            {**model("Lit"), "training.checkpoint": None}, settings=settings, inputs=data(root, workers=workers)
        )
        found.append((ran.out / "model.safetensors").read_bytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["stream", "sliced"])
def test_what_cannot_be_begun_anywhere_is_resumed_between_epochs(kind, train, settings, tmp_path):
    inputs = data(tmp_path, kind=kind)
    changes = every(1, model("Lit"))
    take = slice(None)
    assert stopped_anywhere(train, tmp_path / "progress", changes, take, settings=settings, inputs=inputs) == 3
    ran = train(changes, settings=settings, inputs=inputs, progress=tmp_path)
    assert ran.value("run.training.resumable") is False
    assert "state_dict" in ran.value("run.training.not_resumable")
    assert any("between epochs" in event.data["text"] for event in ran.events if event.kind == "note")


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Opaque", "shuffled", "the attribute '.queue' of the model holds a Queue"),
        ("Lit", "own noise", "a batch that is fetched twice is not the same twice"),
        ("Lit", "own order", "the order of its rows depends on more than seed and epoch"),
        ("Lit", "counting", "a batch that is fetched twice is not the same twice"),
    ],
)
def test_what_breaks_the_resume_is_said_and_nothing_is_resumed(name, kind, words, train, settings, tmp_path):
    inputs = data(tmp_path, kind=kind)
    progress = tmp_path / "progress"
    progress.mkdir()
    ran = train(every(1, model(name)), settings=settings, inputs=inputs, progress=progress)
    assert ran.value("run.training.resumable") is False
    assert words in ran.value("run.training.not_resumable")
    assert any(words in event.data["text"] for event in ran.events if event.kind == "note")
    again = train(every(1, model(name)), settings=settings, inputs=inputs, progress=progress)
    assert [event for event in again.events if event.kind == "resumed"] == []
    assert outcome(again) == outcome(ran)

"""Own code that does something else than the spec declares: each lie is one mismatch, and honest code gives none."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from torch.optim.optimizer import _global_optimizer_pre_hooks

from stdspec.plan.model import Node, Plan
from stdspec.run import records
from stdspec.run.context import Context
from stdspec.run.data import own as own_data
from stdspec.settings import Settings

pytestmark = pytest.mark.run

CODE = """
import lightning as L
import torch
from lightning.pytorch.callbacks import Checkpoint
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset


# --- modules for the spec's own recipe ---

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        return self.net(x)


class FullPrecision(Net):
    def forward(self, x):
        with torch.autocast(x.device.type, enabled=False):
            return self.net(x.float())


class OwnSeed(Net):
    def __init__(self):
        torch.manual_seed(1)
        super().__init__()


class SeedsLater(Net):
    def forward(self, x):
        torch.manual_seed(2)
        return self.net(x)


class Inexact(Net):
    def forward(self, x):
        torch.use_deterministic_algorithms(False)
        return self.net(x)


class OtherRate(Net):
    def forward(self, x):
        def faster(optimizer, *rest):
            optimizer.param_groups[0]["lr"] = 0.5

        if self.training and not hasattr(self, "hook"):
            self.hook = register_optimizer_step_pre_hook(faster)
        return self.net(x)


class ChangesAtTheEnd(Net):
    def eval(self):
        with torch.no_grad():
            self.net[0].bias.add_(1.0)
        return super().eval()


# --- modules with a recipe of their own ---

class Lit(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


class FullPrecisionInTraining(Lit):
    def training_step(self, batch, batch_idx):
        with torch.autocast(self.device.type, enabled=False):
            return super().training_step(batch, batch_idx)


class GoesOn(Checkpoint):
    def on_train_epoch_end(self, trainer, module):
        trainer.should_stop = False


class NeverStops(Lit):
    def configure_callbacks(self):
        return [GoesOn()]

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", 1.0)


class EndsEarly(Lit):
    def on_train_epoch_end(self):
        self.trainer.should_stop = True


class SkipsBatches(Lit):
    def training_step(self, batch, batch_idx):
        return super().training_step(batch, batch_idx) if batch_idx % 2 else None


class Accumulates(Lit):
    def on_train_epoch_start(self):
        self.trainer.accumulate_grad_batches = 2


class OtherOptimizer(Lit):
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class HandsOutOthers(Lit):
    def state_dict(self, *args, **kwargs):
        return {name: torch.zeros_like(item) for name, item in super().state_dict(*args, **kwargs).items()}


class KeepsTheLast(Lit):
    def load_state_dict(self, *args, **kwargs):
        pass


# --- data ---

class Rows(L.LightningDataModule):
    drop_last = False

    def __init__(self, n=126):
        super().__init__()
        self.n = n

    def setup(self, stage):
        g = torch.Generator().manual_seed(0)
        y = torch.arange(self.n) % 3
        self.all = TensorDataset(torch.randn(self.n, 4, generator=g) + 4 * nn.functional.one_hot(y, 4), y)
        self.train = Subset(self.all, range(self.n - 30))
        self.val = Subset(self.all, range(self.n - 30, self.n))

    def rows(self):
        return self.train

    def train_dataloader(self):
        return DataLoader(self.rows(), 16, shuffle=True, drop_last=self.drop_last)

    def val_dataloader(self):
        return DataLoader(self.val, 30)


class DropsTheLast(Rows):
    drop_last = True


class OtherRows(Rows):
    def rows(self):
        if self.trainer is None:
            return self.train
        return TensorDataset(torch.randn(96, 4), torch.arange(96) % 3)


class TrainsOnValidation(Rows):
    def rows(self):
        if self.trainer is None:
            return self.train
        return ConcatDataset([Subset(self.train, range(66)), self.val])


class LeavesEarly(DataLoader):
    def __iter__(self):
        for number, batch in enumerate(super().__iter__()):
            if number == 4:
                return
            yield batch


class FewerBatches(Rows):
    def train_dataloader(self):
        return LeavesEarly(self.rows(), 16, shuffle=True)


class Larger:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return 4

    def __iter__(self):
        for cut in (slice(0, 16), slice(16, 40), slice(40, 64), slice(64, 96)):
            yield self.x[cut], self.y[cut]


class OtherBatch(Rows):
    def train_dataloader(self):
        return Larger(*self.all.tensors)


class Noisy(torch.utils.data.Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        x, y = self.rows[index]
        return x + 0.1 * torch.randn(4), y


class Augmented(Rows):
    def rows(self):
        return Noisy(self.train)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    package = tmp_path / "project" / "src" / "acme_lies"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(CODE)
    path = list(sys.path)
    yield Settings(root=tmp_path / "project", source_roots=("src",), allow_targets=("acme_lies",))
    sys.path[:] = path
    sys.modules.pop("acme_lies", None)
    _global_optimizer_pre_hooks.clear()


def read_rows(name: str, settings: Settings, root: Path, **args: Any) -> dict[str, Path]:
    """What the data node finds of an own data module, as the inputs of a train node."""
    out = root / "own-data"
    out.mkdir()
    config = {"data": {"_target_": f"acme_lies.{name}", **args}}
    node = Node("data", "data", "stdspec.run.data.own:execute", {}, "dataset", config, {}, {})
    own_data.execute(node, {}, out, Context(Plan("p", "research", {}, (), (node,)), settings, lambda _: None))
    return {"dataset": out}


def mismatches(ran: Any) -> list[str]:
    plan = Plan("p", "research", {}, (), ())
    return records.mismatches(list(ran.records.values()), plan, lambda _: False).value


MIXED = {"compute.precision": "bf16-mixed"}
ADAM = {
    "training.optimizer": {"kind": "adam", "lr": 0.02},
    "training.checkpoint": {"monitor": "validation/loss", "mode": "min"},
}
STOP = {"training.stop": {"monitor": "validation/loss", "mode": "min", "patience": 1}, "training.checkpoint": None}

MODULES = {
    "FullPrecision": (MIXED, "run.compute.precision"),
    "FullPrecisionInTraining": (ADAM | MIXED, "run.compute.precision"),
    "OwnSeed": ({}, "run.training.seed"),
    "SeedsLater": ({}, "run.training.seed"),
    "Inexact": ({}, "run.training.deterministic"),
    "OtherRate": ({}, "run.training.optimizer"),
    "OtherOptimizer": (ADAM, "run.training.optimizer"),
    "NeverStops": (ADAM | STOP | {"training.epochs": 4}, "run.training.stop"),
    "EndsEarly": (ADAM, "run.training.epochs"),
    "SkipsBatches": (ADAM, "run.training.skipped"),
    "Accumulates": (ADAM, "run.training.batch"),
    "ChangesAtTheEnd": ({}, "run.training.kept"),
    "HandsOutOthers": (ADAM, "run.training.kept"),
    "KeepsTheLast": (
        ADAM | {"training.checkpoint": {"monitor": "validation/loss", "mode": "max"}},
        "run.training.kept",
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_does_something_else_is_found(name, train, settings):
    changes, path = MODULES[name]
    ran = train({"model": {"_target_": f"acme_lies.{name}"}, **changes}, settings=settings)
    assert mismatches(ran) == [path], {item: vars_of(ran, item) for item in mismatches(ran)}


@pytest.mark.parametrize(
    ("name", "changes"),
    [("Net", {}), ("Net", MIXED), ("Net", STOP), ("Lit", ADAM), ("Lit", ADAM | MIXED), ("Lit", ADAM | STOP)],
)
def test_an_honest_module_gives_no_mismatch(name, changes, train, settings):
    ran = train({"model": {"_target_": f"acme_lies.{name}"}, **changes}, settings=settings)
    assert mismatches(ran) == []


DATA = {
    "DropsTheLast": ({"n": 130}, "run.training.rows"),
    "FewerBatches": ({}, "run.training.rows"),
    "OtherBatch": ({}, "run.training.batch"),
    "OtherRows": ({}, "run.training.data"),
    "TrainsOnValidation": ({}, "run.training.data"),
}


@pytest.mark.parametrize("name", DATA)
def test_data_that_are_others_in_training_are_found(name, train, settings, tmp_path):
    args, path = DATA[name]
    inputs = read_rows(name, settings, tmp_path, **args)
    assert mismatches(train(inputs=inputs, settings=settings)) == [path]


@pytest.mark.parametrize(("name", "args"), [("Rows", {}), ("Rows", {"n": 130}), ("DropsTheLast", {})])
def test_honest_data_give_no_mismatch(name, args, train, settings, tmp_path):
    ran = train(inputs=read_rows(name, settings, tmp_path, **args), settings=settings)
    assert mismatches(ran) == []
    seen = ran.records["run.training.data"]
    assert seen.observed == seen.declared
    assert len(seen.observed) == 32
    assert ran.value("run.training.rows") == args.get("n", 126) - 30


def test_rows_that_differ_each_time_are_not_held_against_each_other(train, settings, tmp_path):
    inputs = read_rows("Augmented", settings, tmp_path)
    assert json.loads((inputs["dataset"] / "own.json").read_text())["loaders"]["train"]["same"] is False
    ran = train(inputs=inputs, settings=settings)
    assert ran.value("run.training.data") == "not compared: they differ each time they are read"
    assert mismatches(ran) == []


def test_a_lie_that_the_spec_was_not_asked_about_is_none(train, settings):
    """A value that nobody decided on declares nothing."""
    ran = train({"model": {"_target_": "acme_lies.OtherOptimizer"}, **ADAM}, settings=settings)
    plan = Plan("p", "research", {}, (), ())
    found = records.mismatches(list(ran.records.values()), plan, lambda path: path == "training.optimizer")
    assert found.value == []


def vars_of(ran: Any, path: str) -> tuple[Any, Any]:
    return ran.records[path].declared, ran.records[path].observed

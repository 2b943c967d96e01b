"""``stdspec run`` says of all that ran otherwise than declared where it stands, what was declared and what ran."""

from __future__ import annotations

import hashlib
import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from lightning.pytorch import Trainer
from torch.optim.optimizer import _global_optimizer_pre_hooks

from stdspec.cli.main import run
from stdspec.run import device
from stdspec.run.train import distributed
from stdspec.run.train import trainer as trainers

from .test_lies import CODE

pytestmark = pytest.mark.run

MORE = """

class Tested(Rows):
    def test_dataloader(self):
        return DataLoader(self.val, 30)


class LeavesOut(FewerBatches, Tested):
    pass


class Drops(DropsTheLast, Tested):
    pass


class Batches(OtherBatch, Tested):
    pass


class Others(OtherRows, Tested):
    pass


class Halved(Net):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones((), dtype=torch.float16))

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        self.scale.data = self.scale.data.half()
        return self

    def forward(self, x):
        return self.net(x) * self.scale.float()


class StopsInTheMiddle(Lit):
    def on_train_batch_end(self, *args):
        self.trainer.should_stop = self.trainer.should_stop or self.trainer.global_step >= 8
"""

SPEC = """
defaults: [stdspec/base, data: csv, _self_]
stage: research
name: told
seed: 7
data: {source: {path: train.csv}, target: {column: y}}
model: {_target_: acme_lies.Net}
training:
  {task: classification, epochs: 3, batch: {global: 16}, optimizer: {lr: 0.02}, determinism: exact}
compute: {accelerator: cpu, devices: 1}
"""

OWN = """
defaults: [stdspec/base, _self_]
stage: research
name: told-own
seed: 7
data: {_target_: acme_lies.Tested}
model: {_target_: acme_lies.Net}
training: {task: classification, epochs: 3, batch: {global: 16}}
compute: {accelerator: cpu, devices: 1}
"""


def project(root: Path, code: str) -> Path:
    """A project with a table of 150 rows in three classes, the module `acme_lies` and two specs."""
    rng, rows = random.Random(1), ["a,b,c,d,y"]
    for number in range(150):
        kind = number % 3
        rows.append(",".join(f"{rng.gauss(4.0 * (item == kind), 1):.3f}" for item in range(4)) + f",{'xyz'[kind]}")
    (root / "train.csv").write_text("\n".join(rows) + "\n")
    (root / "acme_lies.py").write_text(code)
    (root / "stdspec.toml").write_text('allow-targets = ["acme_lies"]\n')
    (root / "spec.yaml").write_text(SPEC)
    (root / "own.yaml").write_text(OWN)
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose runs share a store: what does not lie is computed once."""
    return project(tmp_path_factory.mktemp("told"), CODE + MORE)


@pytest.fixture
def said(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Run a spec with overrides; gives the exit status and the warnings."""
    monkeypatch.chdir(root)
    torch.set_num_threads(1)
    path = list(sys.path)

    def ran(spec: str, *overrides: str) -> tuple[int, list[str]]:
        status = run(["run", spec, *overrides])
        printed = capsys.readouterr()
        lines = (printed.err + printed.out).splitlines()
        return status, [line.removeprefix("warning: ") for line in lines if line.startswith("warning: run.")]

    yield ran
    sys.path[:] = path
    sys.modules.pop("acme_lies", None)
    _global_optimizer_pre_hooks.clear()


ADAM = ("training/optimizer=adam", "training.optimizer.lr=0.02")
"""What the own recipe of `Lit` does."""

LIES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "a module that ignores the precision": (
        "spec.yaml",
        ("model._target_=acme_lies.FullPrecision", "compute.precision=bf16-mixed"),
        'run.compute.precision: "bf16-mixed" is declared, and "32-true" is what ran',
    ),
    "another seed": (
        "spec.yaml",
        ("model._target_=acme_lies.OwnSeed",),
        "run.training.seed: 7 is declared, and 1 is what ran",
    ),
    "algorithms that are not exact": (
        "spec.yaml",
        ("model._target_=acme_lies.Inexact", "training.determinism=exact"),
        'run.training.deterministic: "exact" is declared, and "off" is what ran',
    ),
    "another rate": (
        "spec.yaml",
        ("model._target_=acme_lies.OtherRate", "training.optimizer.lr=0.02"),
        (
            'run.training.optimizer: {"kind": "adamw", "lr": 0.02} is declared,'
            ' and {"kind": "adamw", "lr": 0.5} is what ran'
        ),
    ),
    "another optimizer": (
        "spec.yaml",
        ("model._target_=acme_lies.OtherOptimizer", *ADAM),
        'run.training.optimizer: {"kind": "adam", "lr": 0.02} is declared, and {"kind": "sgd", "lr": 0.1} is what ran',
    ),
    "an early stop that never comes": (
        "spec.yaml",
        (
            *("model._target_=acme_lies.NeverStops", *ADAM, "training.epochs=4"),
            "training.stop={monitor: validation/loss, mode: min, patience: 1}",
        ),
        "run.training.stop: 2 is declared, and 4 is what ran",
    ),
    "fewer epochs": (
        "spec.yaml",
        ("model._target_=acme_lies.EndsEarly", *ADAM),
        "run.training.epochs: 3 is declared, and 1 is what ran",
    ),
    "fewer steps": (
        "spec.yaml",
        ("model._target_=acme_lies.StopsInTheMiddle", *ADAM, "training.max_steps=12", "training.epochs=null"),
        "run.training.steps: 12 is declared, and 8 is what ran",
    ),
    "batches that are left out": (
        "spec.yaml",
        ("model._target_=acme_lies.SkipsBatches", *ADAM),
        "run.training.skipped: 0 is declared, and 12 is what ran",
    ),
    "another checkpoint than that of the rule": (
        "spec.yaml",
        (
            *("model._target_=acme_lies.KeepsTheLast", *ADAM),
            "training.checkpoint={monitor: validation/loss, mode: max}",
        ),
        "run.training.kept: true is declared, and false is what ran",
    ),
    "weights of half the size in the file": (
        "spec.yaml",
        ("model._target_=acme_lies.Halved", "+deployment.exports={safetensors: {}}"),
        'run.deployment.dtypes.safetensors: ["float32"] is declared, and ["float16", "float32"] is what ran',
    ),
    "a loader that drops the last batch": (
        "own.yaml",
        ("data._target_=acme_lies.Drops", "+data.n=130"),
        "run.training.rows: 100 is declared, and 96 is what ran",
    ),
    "a loader that stops early": (
        "own.yaml",
        ("data._target_=acme_lies.LeavesOut",),
        "run.training.rows: 96 is declared, and 64 is what ran",
    ),
    "another batch size": (
        "own.yaml",
        ("data._target_=acme_lies.Batches",),
        "run.training.batch: 16 is declared, and 24 is what ran",
    ),
}


def test_honest_code_is_told_nothing(said):
    assert said("spec.yaml") == (0, [])
    assert said("own.yaml") == (0, [])


@pytest.mark.parametrize("name", LIES)
def test_each_lie_is_told(name, said):
    spec, overrides, words = LIES[name]
    status, found = said(spec, *overrides)
    assert words in found
    assert status == 1


def test_other_rows_than_those_that_were_looked_at_are_told(said):
    status, found = said("own.yaml", "data._target_=acme_lies.Others")
    assert len(found) == 1
    assert re.fullmatch(r'run.training.data: "(\w{32})" is declared, and "(?!\1)\w{32}" is what ran', found[0])
    assert status == 1


@pytest.mark.skipif(device.cores() < 2, reason="needs two cores, each of which is a device")
def test_an_engine_that_takes_one_device_for_two_is_told(said, monkeypatch):
    """No own code can do this: the fault is put into the engine."""

    @contextmanager
    def alone(*_: Any) -> Iterator[distributed.Alone]:
        yield distributed.Alone()

    monkeypatch.setattr(distributed, "led", alone)
    monkeypatch.setattr(trainers, "Trainer", lambda **arguments: Trainer(**{**arguments, "devices": 1}))
    status, found = said("spec.yaml", "compute.devices=2")
    assert "run.compute.devices: 2 is declared, and 1 is what ran" in found
    assert "run.training.batch: 16 is declared, and 8 is what ran" in found
    assert status == 1


def test_another_file_than_the_declared_one_is_refused(said, root, capsys):
    zeros = "0" * 64
    status = run(["run", "spec.yaml", f"data.source.digest={{train.csv: 'sha256:{zeros}'}}"])
    told = " ".join(capsys.readouterr().err.split())
    found = hashlib.sha256((root / "train.csv").read_bytes()).hexdigest()
    assert f"train.csv: the file has the digest sha256:{found}, and the spec declares sha256:{zeros}" in told
    assert status == 2

"""One fit on two devices: two processes on this machine's CPU, which talk through gloo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.errors import RunError
from stdspec.run import device
from stdspec.run.context import Event
from stdspec.run.train import node, predictor
from stdspec.run.train.distributed import ENTRY
from stdspec.run.train.loader import TensorLoader, step_weights
from stdspec.run.train.sharing import Share, counts
from stdspec.settings import Settings

pytestmark = [
    pytest.mark.run,
    pytest.mark.skipif(device.cores() < 2, reason="needs two cores, each of which is a device"),
]

TWO = {"compute.devices": 2}
FEW = {"training.batch": {"global": 40, "micro": None}, "training.epochs": 3}
"""96 rows: steps of 40, 40 and 16."""

BALANCED = {"training.loss": {"kind": "cross-entropy", "class_weights": {"a": 1, "b": 5, "c": 0.5}}}


def others(parent: int) -> list[int]:
    """The processes that take part beside the one of this id."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode().split("\0")
            status = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if ENTRY in command and int(status[1]) == parent and status[0] != "Z":
            found.append(int(folder.name))
    return found


class TestShares:
    @pytest.mark.parametrize("world", [2, 3, 5])
    @pytest.mark.parametrize("batch", [15, 30])
    def test_the_parts_of_a_batch_are_the_batch_of_one_process(self, world, batch):
        rows, target = torch.arange(47).float()[:, None], torch.arange(47)
        alone = TensorLoader(rows, target, batch, seed=3)
        parts = [TensorLoader(rows, target, batch, 3, Share(rank, world)) for rank in range(world)]
        assert {len(part) for part in parts} == {len(alone)}
        for loader in (alone, *parts):
            loader.begin(4, 1)
        for whole, *shares in zip(alone, *parts, strict=True):
            sizes = counts(len(whole[1]), world)
            taken = [item for (_, item), size in zip(shares, sizes, strict=True) for item in item[:size].tolist()]
            assert taken == whole[1].tolist()

    def test_a_process_for_which_no_row_is_left_takes_one_that_weighs_nothing(self):
        loaders = [TensorLoader(torch.zeros(5, 1), torch.arange(5), 4, 1, Share(rank, 2)) for rank in range(2)]
        assert [[len(target) for _, target in loader] for loader in loaders] == [[2, 1], [2, 1]]
        assert loaders[0].masses(0, None) == [[2, 2], [1, 0]]
        assert step_weights(loaders[0].masses(0, None), 1, Share(0, 2)) == [1, 2]
        assert step_weights(loaders[1].masses(0, None), 1, Share(1, 2)) == [1, 0]

    def test_masses_are_those_of_the_classes_in_each_part(self):
        target = torch.tensor([0, 1, 1, 0, 1])
        loader = TensorLoader(torch.zeros(5, 1), target, 3, 1, Share(0, 2))
        weights, order = torch.tensor([1.0, 10.0]), target[loader.order(2)]
        expected = [[weights[order[:2]].sum(), weights[order[2:3]].sum()], [weights[order[3]], weights[order[4]]]]
        assert loader.masses(2, weights) == [[float(item) for item in part] for part in expected]


def same(one: Any, two: Any, settings: Settings | None = None) -> None:
    """Two fits that differ by rounding alone."""
    first, second = (predictor.load(ran.out, settings).module.state_dict() for ran in (one, two))
    for name, value in first.items():
        torch.testing.assert_close(second[name], value, atol=2e-6, rtol=1e-4)
    for a, b in zip(one.history["epochs"], two.history["epochs"], strict=True):
        assert b["metrics"] == pytest.approx(a["metrics"], rel=1e-5), a["epoch"]


CASES: dict[str, dict[str, Any]] = {
    "uneven accumulated steps, class weights, clipping and average": {
        **BALANCED,
        "training.batch": {"global": 40, "micro": 5},
        "training.clip": 0.5,
        "training.ema": 0.9,
    },
    "plateau, early stop and the end within an epoch": {
        **FEW,
        "training.optimizer": {"kind": "sgd", "lr": 0.05, "momentum": 0.9},
        "training.schedule": {"kind": "plateau", "monitor": "train/loss", "mode": "max", "factor": 0.5, "patience": 0},
        "training.stop": {"monitor": "validation/loss", "mode": "max", "patience": 9},
        "training.max_steps": 5,
        "training.epochs": None,
    },
}


@pytest.mark.parametrize("name", CASES)
def test_two_devices_learn_what_one_does(name, train):
    one, two = train(CASES[name]), train({**CASES[name], **TWO, "compute.strategy": "ddp"})
    same(one, two)
    for path in ("run.compute.devices", "run.compute.strategy", "run.training.batch", "run.training.epochs"):
        record = two.records[path]
        assert record.declared in (record.observed, None), path
    assert two.records["run.compute.devices"].observed == 2
    assert two.records["run.compute.strategy"].observed == "ddp"
    assert two.records["run.training.batch"].declared == two.value("run.training.batch") == 40
    assert two.value("run.training.steps") == one.value("run.training.steps")
    assert others(os.getpid()) == []


def at_second_epoch(act: Callable[[], None]) -> Callable[[Event], None]:
    def report(event: Event) -> None:
        if event.kind == "epoch" and event.data["epoch"] == 2:
            act()

    return report


def test_a_process_that_is_killed_ends_the_training_with_one_sentence(train):
    kill = at_second_epoch(lambda: os.kill(others(os.getpid())[0], signal.SIGKILL))
    with pytest.raises(RunError) as caught:
        train({**TWO, "training.epochs": 5000}, report=kill)
    assert caught.value.message.startswith("the process of device 2 of 2 was killed by SIGKILL")
    assert caught.value.place == "compute.devices"
    assert others(os.getpid()) == []
    assert not torch.distributed.is_initialized()
    train({"training.epochs": 1})  # nothing of it is left over


def test_none_outlives_the_first_process(folders, tmp_path):
    """The first process is killed and so cannot end the other one, which ends by itself."""
    script = tmp_path / "fit.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import conftest\n"
        "from stdspec.plan.model import Node, Plan\n"
        "from stdspec.run.context import Context\n"
        "from stdspec.run.train import node as train\n"
        "from stdspec.settings import Settings\n"
        "config = conftest.merged(conftest.CONFIG, {'compute.devices': 2, 'training.epochs': 100000})\n"
        "node = Node('train', 'train', 'stdspec.run.train.node:execute', {}, 'model', config, {}, {})\n"
        "plan = Plan('test', 'research', {'compute': config['compute']}, (), (node,))\n"
        "root = Path(sys.argv[2])\n"
        "context = Context(plan, Settings(root=root), lambda event: print(event.kind, flush=True))\n"
        "train.execute(node, {'dataset': root / 'dataset', 'splits': root / 'splits'}, root, context)\n"
    )
    command = [sys.executable, str(script), str(Path(__file__).parent), str(tmp_path)]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert any(line.strip() == "epoch" for line in first.stdout)
        second = others(first.pid)
        assert len(second) == 1
    finally:
        first.kill()
        first.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{second[0]}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{second[0]}").exists()


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "more than there are": (
        {"compute.devices": 8},
        "compute.devices",
        "compute.devices is 8, and this machine has no GPU, and its CPU has 4 cores",
    ),
    "a batch that it does not divide": (
        {**TWO, "training.batch": {"global": 15, "micro": None}},
        "training.batch",
        "training.batch.global is 15, which 2 devices does not divide; write global: 14",
    ),
    "micro batches that do not": (
        {**TWO, "training.batch": {"global": 16, "micro": 3}},
        "training.batch",
        "training.batch.global is 16, which 2 devices x micro 3 does not divide; write global: 12 or another micro",
    ),
    "ddp on one": ({"compute.strategy": "ddp"}, "compute.strategy", "the strategy ddp shares work among devices"),
    "fsdp": ({**TWO, "compute.strategy": "fsdp"}, "compute.strategy", "the strategy fsdp cannot be run"),
    "machines": ({"compute.nodes": 2}, "compute.nodes", "this release trains on one machine"),
    "what only training finds": (
        {**TWO, "training.optimizer": {"kind": "sgd", "lr": 1e30}, "training.loss": {"kind": "cross-entropy"}},
        "training",
        "is not finite",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shared_is_one_sentence(name, train, monkeypatch):
    monkeypatch.setattr(device, "cores", lambda: 4)
    changes, place, words = REFUSED[name]
    with pytest.raises(RunError) as caught:
        train(changes)
    assert (caught.value.place or "").startswith(place)
    assert words in str(caught.value)
    assert others(os.getpid()) == []


OWN = """
import lightning as L
import torch
import torch.distributed as dist


class Net(torch.nn.Module):
    def __init__(self, fails=False):
        super().__init__()
        self.fails, self.calls = fails, 0
        self.net = torch.nn.Linear(4, 3)

    def forward(self, x):
        self.calls += self.training
        if self.fails and self.calls > 9 and dist.is_initialized() and dist.get_rank() == 1:
            raise ValueError("the second device has had enough")
        return self.net(x)


class Lit(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(4, 3)

    def forward(self, x):
        return self.net(x)
"""


@pytest.fixture
def own(tmp_path):
    """A project with the module `acme_two`."""
    (tmp_path / "acme_two.py").write_text(OWN)
    path = list(sys.path)
    yield Settings(root=tmp_path, source_roots=(".",), allow_targets=("acme_two",))
    sys.path[:] = path
    sys.modules.pop("acme_two", None)


def test_an_own_module_is_shared_and_its_fault_on_one_device_is_said_with_its_line(train, own):
    same(*(train({**FEW, **more, "model": {"_target_": "acme_two.Net"}}, settings=own) for more in ({}, TWO)), own)
    with pytest.raises(RunError) as caught:
        train({**TWO, "model": {"_target_": "acme_two.Net", "fails": True}}, settings=own)
    said = "acme_two.Net raised ValueError in forward: the second device has had enough"
    assert caught.value.message == said
    assert (caught.value.place or "").endswith("acme_two.py:16")
    assert others(os.getpid()) == []


def test_an_own_training_step_is_not_shared(train, own):
    with pytest.raises(RunError) as caught:
        train({**TWO, "model": {"_target_": "acme_two.Lit"}}, settings=own)
    assert caught.value.place == "compute.devices"
    assert "sharing acme_two.Lit among 2 devices, which logs the metrics of one, is part" in caught.value.message


def test_batch_normalization_by_device_is_known():
    job = SimpleNamespace(devices=2, training={"trainer": {}})
    built = SimpleNamespace(core=torch.nn.Sequential(torch.nn.BatchNorm1d(2)))
    assert node._normalizes_apart(built, job)
    assert not node._normalizes_apart(built, SimpleNamespace(devices=1, training={}))
    assert not node._normalizes_apart(built, SimpleNamespace(devices=2, training={"trainer": {"sync_batchnorm": True}}))
    assert not node._normalizes_apart(SimpleNamespace(core=torch.nn.Linear(2, 2)), job)

"""A fit that two processes share is stopped within an epoch, or loses one of them, and ends with the same bits."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np

from stdspec.errors import RunError
from stdspec.run import device
from stdspec.run.data.dataset import Dataset, Fold, Splits
from stdspec.run.train import checkpoint, meeting
from stdspec.run.train.gather import Losses
from stdspec.run.train.interrupt import Limits
from stdspec.run.train.meeting import Meetings, Word
from stdspec.run.train.sharing import ALONE, Share
from stdspec.settings import Settings

from .conftest import save
from .stopped import every, outcome, stopped_anywhere
from .test_distributed import BALANCED, TWO, others, same

pytestmark = [
    pytest.mark.run,
    pytest.mark.skipif(device.cores() < 2, reason="needs two cores, each of which is a device"),
]

DROPOUT = {"kind": "mlp", "hidden": [8], "activation": "relu", "dropout": 0.3}
SHORT: dict[str, Any] = {**TWO, "model": DROPOUT, "training.batch": {"global": 40, "micro": None}}
"""96 rows: three steps an epoch."""

CODE = """
import numpy as np
import torch


class Counts(torch.nn.Module):
    \"\"\"Keeps in plain attributes what each process sees of its own rows.\"\"\"

    def __init__(self):
        super().__init__()
        self.net, self.calls, self.noise = torch.nn.Linear(4, 3), 0, np.random.default_rng(3)
        self.mean = torch.zeros(4)

    def forward(self, x):
        if self.training:
            self.calls += 1
            self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
        return self.net(x + 0.1 * self.mean) * (1 + 0.01 * self.calls + 0.01 * float(self.noise.normal()))


class Queue:
    def __init__(self):
        self.items = []


class Opaque(Counts):
    \"\"\"Of the second process alone nobody knows what it keeps.\"\"\"

    def __init__(self):
        super().__init__()
        self.queue = Queue()

    def forward(self, x):
        if torch.distributed.is_initialized() and torch.distributed.get_rank() == 1:
            self.queue.items.append(1)
        return super().forward(x)
"""


COMPILED = """
import functools

import torch

torch.compile = functools.partial(torch.compile, backend="aot_eager")  # in every process; C++ takes half a minute


class Net(torch.nn.Sequential):
    def __init__(self):
        super().__init__(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(8, 3))
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """A project with the modules `acme_kept` and `acme_compiled`."""
    names = {"acme_kept": CODE, "acme_compiled": COMPILED}
    for name, code in names.items():
        (tmp_path / f"{name}.py").write_text(code)
    path = list(sys.path)
    yield Settings(root=tmp_path, source_roots=(".",), allow_targets=tuple(names))
    sys.path[:] = path
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def progress(tmp_path: Path) -> Path:
    folder = tmp_path / "progress"
    folder.mkdir()
    return folder


@pytest.fixture
def images(tmp_path: Path) -> dict[str, Path]:
    rng, target = np.random.default_rng(1), np.arange(48) % 2
    pixels = rng.normal(size=(48, 1, 4, 4)).astype(np.float32) + target[:, None, None, None]
    fold = Fold(np.arange(32), np.arange(32, 43), np.arange(43, 48))
    (tmp_path / "images").mkdir()
    data = Dataset("image", pixels, target.astype(np.int64), ("a", "b"), value_range=(-9.0, 9.0))
    return save(data, Splits({"holdout": fold}), tmp_path / "images")


def in_step(monkeypatch: pytest.MonkeyPatch, epoch: int, batch: int, act: Callable[[], None]) -> None:
    """Do something in the first process within a step, once."""
    plain = Losses.on_train_batch_end

    def ended(self: Any, trainer: Any, module: Any, outputs: Any, given: Any, batch_idx: int) -> None:
        plain(self, trainer, module, outputs, given, batch_idx)
        if (trainer.current_epoch, batch_idx) == (epoch, batch):
            monkeypatch.setattr(Losses, "on_train_batch_end", plain)
            act()

    monkeypatch.setattr(Losses, "on_train_batch_end", ended)


def resumed(ran: Any) -> list[Any]:
    return [dict(event.data) for event in ran.events if event.kind == "resumed"]


CASES: dict[str, tuple[dict[str, Any], slice]] = {
    "uneven accumulated steps, class weights, dropout, average": (
        {**BALANCED, "model": DROPOUT, "training.batch": {"global": 40, "micro": 5}, "training.ema": 0.5},
        slice(4, 5),
    ),
    "one step an epoch and a plateau": (
        {
            "training.batch": {"global": 96, "micro": 24},
            "training.schedule": {
                "kind": "plateau",
                "monitor": "train/loss",
                "mode": "max",
                "factor": 0.5,
                "patience": 0,
            },
        },
        slice(1, 2),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_resumed_at_each_step(name, train, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)
    changes, take = CASES[name]
    assert stopped_anywhere(train, tmp_path / "progress", every(1, {**changes, **TWO}), take) >= 1


def test_statistics_of_batches_are_resumed_and_are_those_that_were_measured(train, images, tmp_path, monkeypatch):
    """Each process has statistics of its own rows; those of the first are kept, so that validation takes them."""
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)
    changes = {
        **TWO,
        "model": {"kind": "cnn", "channels": [4], "norm": "batch", "hidden": [4]},
        "data.transforms": {},
        "training.batch": {"global": 12, "micro": None},
        "training.ema": 0.5,
    }
    folder = tmp_path / "progress"
    assert stopped_anywhere(train, folder, every(1, changes), slice(1, 2), inputs=images) == 1


def test_what_each_process_keeps_in_attributes_is_resumed(train, own, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)
    changes = every(1, {**SHORT, "model": {"_target_": "acme_kept.Counts"}, "training.epochs": 2})
    assert stopped_anywhere(train, tmp_path / "progress", changes, slice(1, 2), settings=own) == 1


def test_a_compiled_model_is_shared_and_resumed(train, own, progress, monkeypatch):
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)
    monkeypatch.setattr(torch, "compile", torch.compile)  # as it was, afterwards
    changes = every(1, {**SHORT, "model": {"_target_": "acme_compiled.Net"}, "training.epochs": 2})
    compiled = {**changes, "training.compile": True}
    plain, whole = train(changes, settings=own), train(compiled, settings=own, progress=progress)
    same(plain, whole, own)
    for place in progress.glob("*.ckpt"):
        if place.name != checkpoint.name(0, 2):
            place.unlink()
    again = train(compiled, settings=own, progress=progress)
    assert resumed(again) == [{"step": 2, "epoch": 1}]
    assert outcome(again) == outcome(whole)


def test_what_one_process_cannot_keep_is_said_once_and_none_resumes(train, own, progress):
    ran = train(every(1, {**SHORT, "model": {"_target_": "acme_kept.Opaque"}}), settings=own, progress=progress)
    said = "the attribute '.queue' of the model holds a Queue, which training changes"
    assert ran.value("run.training.not_resumable") == said
    notes = [event.data["text"] for event in ran.events if event.kind == "note"]
    assert notes == [f"the training cannot be resumed: {said}"]
    assert list(progress.glob("*.ckpt")) == []


def test_an_interrupt_within_an_epoch_is_saved_by_all(train, progress, monkeypatch):
    whole = train(SHORT)
    assert whole.value("run.training.resumable") is True
    monkeypatch.setattr(meeting, "_EVERY", 0.0)  # a meeting after each step
    in_step(monkeypatch, 1, 0, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        train(SHORT, progress=progress)
    assert others(os.getpid()) == []
    assert [path.name for path in progress.glob("*.ckpt")] == [checkpoint.name(1, 1)]
    again = train(SHORT, progress=progress)
    assert resumed(again) == [{"step": 4, "epoch": 2}]
    assert outcome(again) == outcome(whole)


def test_a_process_that_is_killed_within_an_epoch_costs_the_steps_since_the_last_save(train, progress, monkeypatch):
    changes = every(2, SHORT)
    whole = train(changes)
    in_step(monkeypatch, 1, 1, lambda: os.kill(others(os.getpid())[0], signal.SIGKILL))
    with pytest.raises(RunError) as caught:
        train(changes, progress=progress)
    assert caught.value.message.startswith("the process of device 2 of 2 was killed by SIGKILL")
    assert caught.value.remedy == "run the same command again, which goes on from the last step that was saved"
    again = train(changes, progress=progress)
    assert resumed(again)[0]["step"] in (4, 6)  # the kill may land before or after the steps that were sent already
    assert outcome(again) == outcome(whole)


def test_a_limit_counts_what_all_of_them_hold_and_is_resumed(train, progress, monkeypatch):
    whole = train(SHORT)
    monkeypatch.setattr(Limits, "held", lambda _: 1 << 30)
    limited = {**SHORT, "compute.limits": {"memory": "1280MiB", "time": None}}
    with pytest.raises(RunError, match=r"the run uses \d+ MiB, and compute.limits.memory allows 1280 MiB") as caught:
        train(limited, progress=progress)
    assert "with a higher limit the same command goes on from step 1" in str(caught.value)
    again = train(SHORT, progress=progress)
    assert resumed(again) == [{"step": 1, "epoch": 1}]
    assert outcome(again) == outcome(whole)


class TestMeetings:
    def test_the_first_decides_when_to_stop_and_to_save_and_each_may_say_that_it_cannot(self):
        said = [Word(due=True, able=True, held=3), Word(stops=True, held=4, cannot="a"), Word(held=5, cannot="b")]
        found = meeting.agreed(said)
        assert (found.stops, found.due, found.able, found.held, found.cannot) == (False, True, True, 12, "a")

    def test_alone_there_is_one_after_each_step(self):
        meetings = Meetings(ALONE, None)
        meetings.hold(5, Word(stride=9))
        assert meetings.now(6)

    def test_they_are_where_the_first_one_says_but_never_past_a_step_that_is_saved(self, monkeypatch):
        monkeypatch.setattr(Share, "exchange", lambda _, word: [Word(stride=9), word])
        meetings = Meetings(Share(1, 2), 4)
        assert meetings.now(1)
        meetings.hold(1, Word(stride=2))
        assert next(step for step in range(2, 12) if meetings.now(step)) == 4
        meetings.hold(4, Word(stride=2))
        assert not meetings.now(7)
        assert meetings.now(8)

    def test_the_stride_follows_the_pace_and_at_most_doubles(self, monkeypatch):
        clock = [0.0]
        monkeypatch.setattr(meeting.time, "monotonic", lambda: clock[0])
        meetings, found, step = Meetings(Share(0, 2), None), [], 0
        for pace in (*(1 / 64,) * 6, 0.25, 2.0):
            ahead = found[-1] if found else 1
            step, clock[0] = step + ahead, clock[0] + pace * ahead
            found.append(meetings.stride(step))
        assert found == [2, 4, 8, 16, 32, 32, 2, 1]

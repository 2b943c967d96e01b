"""What stops a training leaves it resumable: an interrupt, a limit, a damaged checkpoint, a full disk."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.errors import RunError
from stdspec.run import durable, measure, stop
from stdspec.run.train import checkpoint, fitting, gather
from stdspec.run.train.interrupt import Interrupt, Limits
from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.resume import Resume

from .stopped import every, outcome

pytestmark = pytest.mark.run


@pytest.fixture
def progress(tmp_path: Path) -> Path:
    folder = tmp_path / "progress"
    folder.mkdir()
    return folder


def said(ran: Any, kind: str) -> list[Any]:
    return [dict(event.data) for event in ran.events if event.kind == kind]


def at_epoch(monkeypatch: pytest.MonkeyPatch, epoch: int, act: Any) -> None:
    """Do something once, when the mean loss of an epoch is made."""
    plain = gather.Losses.on_train_epoch_end

    def ended(self: Any, trainer: Any, module: Any) -> None:
        plain(self, trainer, module)
        if trainer.current_epoch == epoch:
            monkeypatch.setattr(gather.Losses, "on_train_epoch_end", plain)
            act()

    monkeypatch.setattr(gather.Losses, "on_train_epoch_end", ended)


def test_an_interrupt_waits_for_the_end_of_a_step_and_saves(train, progress, monkeypatch):
    whole = train({"training.epochs": 6})
    at_epoch(monkeypatch, 2, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        train({"training.epochs": 6}, progress=progress)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert [path.name for path in progress.glob("*.ckpt")] == [checkpoint.name(3, 0)]
    again = train({"training.epochs": 6}, progress=progress)
    assert said(again, "resumed") == [{"step": 18, "epoch": 4}]
    assert outcome(again) == outcome(whole)


def test_the_second_interrupt_stops_at_once():
    interrupt = Interrupt()
    with interrupt.heard():
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_a_limit_stops_between_steps_and_a_higher_one_goes_on(train, progress):
    whole = train({})
    with pytest.raises(RunError) as caught:
        train({"compute.limits": {"time": "1ms", "memory": None}}, progress=progress)
    assert caught.value.place == "compute.limits.time"
    assert "with a higher limit the same command goes on from step 1" in str(caught.value)
    again = train({}, progress=progress)
    assert said(again, "resumed") == [{"step": 1, "epoch": 1}]
    assert outcome(again) == outcome(whole)


def test_the_time_before_a_stop_counts_towards_the_limit(train, progress):
    with pytest.raises(RunError):
        train({"compute.limits": {"time": "1ms", "memory": None}}, progress=progress)
    place = next(progress.glob("*.ckpt"))
    kept = torch.load(place, weights_only=True)
    assert kept["stdspec"]["taken"]["spent"] > 0.001
    kept["stdspec"]["taken"]["spent"] = 1000.0
    checkpoint.Durable().save_checkpoint(kept, place)
    with pytest.raises(RunError, match=r"the training has used up the 900 s that compute.limits.time allows"):
        train({"compute.limits": {"time": "15min", "memory": None}}, progress=progress)


def test_the_peaks_before_a_stop_are_kept_and_are_no_reason_to_stop(train, progress, monkeypatch):
    with pytest.raises(RunError):
        train({"compute.limits": {"time": "1ms", "memory": None}}, progress=progress)
    place = next(progress.glob("*.ckpt"))
    kept = torch.load(place, weights_only=True)
    assert kept["stdspec"]["taken"]["held"] > 2**20
    kept["stdspec"]["taken"] |= {"held": 1 << 50, "held_on_device": 7}
    checkpoint.Durable().save_checkpoint(kept, place)
    with measure.measured() as cost:
        monkeypatch.setattr(fitting, "Limits", lambda job, _, before: Limits(job, cost, before))
        train({"compute.limits": {"time": None, "memory": "1TiB"}}, progress=progress)
    assert (cost.peak_memory, cost.device_memory) == (1 << 50, 7)
    assert cost.earlier > 0


def test_the_time_of_the_other_trainings_counts_towards_the_limit(train, progress):
    with pytest.raises(RunError, match=r"the trainings of the run have used up the 900 s that compute"):
        train({"compute.limits": {"time": "15min", "memory": None}}, progress=progress, trained=1000.0)


@pytest.mark.parametrize("damage", ["flipped", "torn", "not sealed", "empty seal"])
def test_a_damaged_checkpoint_is_passed_over(damage, train, progress):
    changes = every(4, {})
    whole = train(changes, progress=progress)
    older, newest = sorted(progress.glob("*.ckpt"))
    data, seal = bytearray(newest.read_bytes()), newest.with_name(newest.name + ".digest")
    if damage == "flipped":
        data[len(data) // 2] ^= 1
        newest.write_bytes(data)
    elif damage == "torn":
        newest.write_bytes(data[: len(data) // 2])
    elif damage == "not sealed":
        seal.unlink()
    else:
        seal.write_bytes(b"")
    again = train(changes, progress=progress)
    notes = [note["text"] for note in said(again, "note")]
    wanted = [f"the checkpoint {newest.stem} does not match its digest; it is passed over"]
    assert notes == ([] if damage == "not sealed" else wanted)
    assert said(again, "resumed")[0]["step"] == 12
    assert older.stem.startswith("000002")
    assert outcome(again) == outcome(whole)


def test_two_checkpoints_are_kept_and_nothing_else(train, progress):
    train(every(1, {}), progress=progress)
    names = sorted(path.name for path in progress.iterdir())
    assert len(names) == 4
    assert {name.partition(".")[2] for name in names} == {"ckpt", "ckpt.digest"}


def test_a_full_disk_costs_the_checkpoint_and_not_the_training(train, progress, monkeypatch):
    plain, count = durable.write, 0

    def write(path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count > 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(path, data)

    whole = train({})
    monkeypatch.setattr(durable, "write", write)
    ran = train(every(4, {}), progress=progress)
    assert outcome(ran) == outcome(whole)
    assert said(ran, "warning")[0]["text"] == (
        "step 12 could not be saved, and training goes on: No space left on device"
    )
    monkeypatch.undo()
    again = train(every(4, {}), progress=progress)
    assert said(again, "resumed")[0]["step"] == 8
    assert outcome(again) == outcome(whole)


def test_a_checkpoint_that_does_not_fit_is_one_sentence(train, progress):
    train(every(4, {}), progress=progress)
    changes = every(4, {"model": {"kind": "mlp", "hidden": [9], "activation": "relu", "dropout": 0.0}})
    with pytest.raises(RunError, match=r"does not fit the model as it is built now: .*; begin anew with --force train"):
        train(changes, progress=progress)


def test_a_loss_that_is_not_finite_is_named_by_its_step_after_a_resume(train, progress):
    changes = {
        "training.optimizer": {"kind": "sgd", "lr": 1e30, "momentum": 0.0},
        "training.checkpoint": {"monitor": "train/loss", "mode": "min"},
    }
    for _ in range(2):
        with pytest.raises(RunError, match=r"the loss is not finite at epoch 1, step [2-4]"):
            train(every(1, changes), progress=progress)


def test_saving_takes_a_twentieth_of_the_time_at_most(train, progress, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("stdspec.run.train.resume.time.monotonic", lambda: clock[0])
    saved = []
    plain = durable.write

    def write(path: Path, data: bytes) -> None:
        saved.append(path.name)
        clock[0] += 5.0
        plain(path, data)

    monkeypatch.setattr(durable, "write", write)
    train({"compute.resume": {"every": "1ms"}, "training.batch": {"global": 4, "micro": None}}, progress=progress)
    assert saved == []  # the clock stands still
    clock[0] = 1.0
    at_epoch(monkeypatch, 0, lambda: clock.__setitem__(0, clock[0] + 1))
    train({"compute.resume": {"every": "1ms"}, "training.epochs": 4}, progress=progress)
    assert saved == [f"{checkpoint.name(1, 0)}{end}" for end in ("", ".digest")]


def test_a_termination_saves_as_an_interrupt_does_and_is_told_apart(train, progress, monkeypatch):
    at_epoch(monkeypatch, 1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with stop.heard(), pytest.raises(stop.Terminated):
        train({"training.epochs": 4}, progress=progress)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    again = train({"training.epochs": 4}, progress=progress)
    assert said(again, "resumed") == [{"step": 12, "epoch": 3}]
    assert said(again, "saved") == []


@pytest.mark.parametrize(("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, stop.Terminated)])
def test_a_second_signal_stops_at_once(number, kind):
    def second() -> None:
        os.kill(os.getpid(), number)
        time.sleep(5)
        pytest.fail("it was not heard")

    interrupt = Interrupt()
    with stop.heard(), interrupt.heard():
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt) as raised:
            second()
    assert raised.type is kind


def test_signals_that_are_ignored_stay_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stop.heard(), Interrupt().heard():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_what_nobody_can_go_on_from_does_not_crowd_out_new_checkpoints(train, progress):
    changes = every(4, {})
    train(changes, progress=progress)
    damaged = sorted(progress.glob("*.ckpt"))
    for place in damaged:
        place.write_bytes(place.read_bytes()[:-1])
    there: list[list[str]] = []
    train(
        changes,
        progress=progress,
        report=lambda event: (
            there.append([path.stem for path in progress.glob("*.ckpt")]) if event.kind == "saved" else None
        ),
    )
    assert ["000000-000000004"] in there, "the first one saved is there, although the damaged ones come after it"


class _Mute:
    """Cannot be pickled, and does not say why."""

    def __reduce__(self) -> Any:
        raise ValueError


def test_a_state_that_cannot_be_written_is_named_even_where_it_says_nothing(tmp_path):
    with pytest.raises(checkpoint.NotPlain, match="ValueError"):
        checkpoint.Durable().save_checkpoint({"state": _Mute()}, tmp_path / checkpoint.name(0, 1))


def test_a_checkpoint_with_more_than_plain_data_is_one_sentence_and_no_traceback(train, progress):
    train(every(4, {}), progress=progress)
    place = sorted(progress.glob("*.ckpt"))[-1]
    found = torch.load(place, weights_only=True)
    writer = checkpoint.Durable()
    writer._tried = True  # as after a first checkpoint that was plain
    writer.save_checkpoint(found | {"more": {"folder": Path("x")}}, place)
    with pytest.raises(
        RunError, match=r"it holds a pathlib.\w+ beside tensors and plain data; begin anew with --force train"
    ):
        train(every(4, {}), progress=progress)


SHORT = {"training.max_steps": 9, "training.epochs": None}
"""Ends within an epoch, after which the last weights are measured."""


def test_an_interrupt_while_the_last_weights_are_measured_is_an_interrupt(train, progress, monkeypatch):
    whole = train(SHORT)
    plain = Fit.on_validation_epoch_end

    def ended(self: Any) -> None:
        plain(self)
        if not self.trainer.training and self.trainer.state.fn == "validate":
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Fit, "on_validation_epoch_end", ended)
    with pytest.raises(KeyboardInterrupt):
        train(every(1, SHORT), progress=progress)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    monkeypatch.undo()
    again = train(every(1, SHORT), progress=progress)
    assert said(again, "resumed") == [{"step": 9, "epoch": 3}]
    assert outcome(again) == outcome(whole)


def test_an_interrupt_after_the_last_look_is_not_lost(train, monkeypatch):
    plain = Resume.on_train_end

    def ended(self: Any, trainer: Any, module: Any) -> None:
        plain(self, trainer, module)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Resume, "on_train_end", ended)
    with stop.heard(), pytest.raises(stop.Terminated):
        train({})


def test_the_precision_is_that_of_the_first_step_however_late_it_is_resumed(train, progress, monkeypatch):
    monkeypatch.setattr(Fit, "training_step", _step_without_autocast)
    changes = every(1, {"compute.precision": "bf16-mixed"})
    whole = train(changes, progress=progress)
    assert whole.value("run.compute.precision") == "32-true"
    again = train(changes, progress=progress)
    assert said(again, "resumed")[0]["step"] == 18
    assert again.value("run.compute.precision") == "32-true"


def _step_without_autocast(self: Any, batch: Any, batch_idx: int) -> Any:
    with torch.autocast("cpu", enabled=False):
        return self.recipe.loss(self.core(batch[0].float()), batch[1])

"""How busy the machine was: after the warm-up alone, and nothing told of what was too short."""

from __future__ import annotations

import threading
import time
import types
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.run import device, energy, nvml
from stdspec.run.measure import Cost
from stdspec.run.train import measure, usage
from stdspec.run.train.usage import Usage

pytestmark = pytest.mark.run


class Board:
    """An accelerator that is busy three quarters of the time."""

    def busy(self) -> float:
        return 0.75


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "EVERY", 0.01)
    monkeypatch.setattr(usage, "WARM_SECONDS", 0.1)
    monkeypatch.setattr(usage, "SHORTEST", 0.3)


def trained(seconds: float, steps: int, *, idle: float = 0.0) -> Usage:
    """A fit that keeps one CPU busy for some seconds, idle before, within so many steps."""
    watch = Usage(Cost())
    watch._boards = [Board()]
    trainer: Any = types.SimpleNamespace(global_step=0)
    with watch.watching(trainer):
        time.sleep(idle)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            trainer.global_step = min(steps, trainer.global_step + 1)
            sum(range(20_000))
    return watch


def told(watch: Usage) -> dict[str, Any]:
    return {record.path.removeprefix("run.compute.utilisation."): record.value for record in watch.records()}


def test_a_busy_training_is_told_of_without_its_warm_up(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cpus", lambda: 1)
    found = told(trained(1.0, 10**9, idle=0.5))
    assert found["accelerator"] == 0.75
    assert 0.05 < found["cpu"] <= 1.2  # the machine may be shared; with the idle start counted in, it could be no 1


@pytest.mark.parametrize(("seconds", "steps"), [(0.15, 10**9), (0.6, 9)])
def test_what_was_too_short_is_not_told(seconds: float, steps: int, quick: None) -> None:
    assert told(trained(seconds, steps)) == {"cpu": "not measured: the training took less than 0.3 s after its warm-up"}


def test_the_thread_ends_with_the_training(quick: None) -> None:
    def names() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    trainer: Any = types.SimpleNamespace(global_step=0)
    with Usage(Cost()).watching(trainer):
        assert "stdspec-usage" in names()
    assert "stdspec-usage" not in names()


def test_an_accelerator_whose_driver_is_silent_says_why(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = trained(0.8, 10**9)
    watch._busy.clear()
    watch._why = nvml.MISSING
    monkeypatch.setattr(energy, "devices_used", lambda: {"GPU-0"})
    assert told(watch)["accelerator"] == "not measured: the package nvidia-ml-py is not installed"


@pytest.mark.parametrize(
    ("rates", "first", "pace"),
    [
        ([(100, 9.0), (100, 0.5), (100, 0.5)], None, 200.0),
        ([(100, 9.0)], 1234.56, 1234.6),
        ([(100, 9.0)], None, "not measured: the training took less than 1 s after its warm-up"),
        ([(100, 9.0), (100, 0.05)], 1234.5, "not measured: the training took less than 0.1 s after its warm-up"),
        ([], None, "not measured: the training took less than 1 s after its warm-up"),
    ],
)
def test_the_pace_leaves_the_warm_up_out(rates: Any, first: float | None, pace: float | str) -> None:
    assert measure.throughput(rates, first) == pace


def test_the_pace_within_the_first_epoch_leaves_validation_out() -> None:
    watch = Usage(Cost())
    watch._warm = usage.Mark(at=10.0, validated=0.0, cpu=0.0, steps=100)
    watch._epoch = usage.Mark(at=16.0, validated=2.0, cpu=0.0, steps=500)
    assert watch.pace(32) == 400 * 32 / 4
    assert watch.pace(32, 500 * 32) == 400 * 32 / 4
    assert watch.pace(32, 499 * 32 + 1) == (399 * 32 + 1) / 4  # the last step has one row
    watch._epoch = usage.Mark(at=12.5, validated=2.0, cpu=0.0, steps=500)
    assert watch.pace(32) is None

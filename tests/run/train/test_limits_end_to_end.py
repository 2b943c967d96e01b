"""Limits and retries of `compute.limits` as a user meets them: what is said, and what the next run goes on from."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.cli.main import run
from stdspec.run import again

from .test_lies_end_to_end import project

pytestmark = pytest.mark.run

CODE = """
from pathlib import Path

from torch import nn


class Net(nn.Linear):
    def __init__(self):
        super().__init__(4, 3)


class Flaky(Net):
    def forward(self, x):
        tried = list(Path(".").glob("tried-*"))
        if self.training and len(tried) < 2:
            self.calls = getattr(self, "calls", 0) + 1
            if self.calls > 5 + 3 * len(tried):
                Path(f"tried-{len(tried)}").touch()
                raise ConnectionError("the share is away")
        return super().forward(x)


class Wrong(Net):
    def forward(self, x):
        raise ValueError("no such table")
"""
OFTEN = "compute.resume.every=1"


class Said:
    """What a run printed and gave."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text

    @property
    def weights(self) -> str:
        return re.findall(r"^weights  (\S+)$", self.text, re.M)[0]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Run the spec of a fresh project with overrides."""
    project(tmp_path, CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(again, "FIRST_WAIT", 0.0)
    torch.set_num_threads(1)
    path = list(sys.path)

    def ran(*overrides: str) -> Said:
        status = run(["run", "spec.yaml", "model._target_=acme_lies.Net", OFTEN, *overrides])
        printed = capsys.readouterr()
        return Said(status, printed.err + printed.out)

    yield ran
    sys.path[:] = path
    sys.modules.pop("acme_lies", None)


def test_a_training_that_takes_too_long_goes_on_once_it_may(said):
    stopped = said("training.epochs=40", "compute.limits.time=1ms")
    assert stopped.status == 2
    assert (
        "compute.limits.time=1ms: the training has used up the 0.001 s that compute.limits.time allows; allow more time"
        " or train for fewer epochs; with a higher limit the same command goes on from step 1\n"
    ) in stopped.text
    again = said("training.epochs=40", "compute.limits.time=10min")
    assert again.status == 0
    assert "train  resumed at step 1, epoch 1\n" in again.text
    assert again.weights == said("training.epochs=40", "--force").weights


def test_a_training_that_takes_too_much_memory_goes_on_once_it_may(said):
    stopped = said("compute.limits.memory=50MiB")
    assert stopped.status == 2
    assert re.search(
        r"memory=50MiB: the run uses \d+ MiB, and compute.limits.memory allows 50 MiB; allow", stopped.text
    )
    assert "or the size of the model; with a higher limit the same command goes on from step 1\n" in stopped.text
    again = said("compute.limits.memory=64GiB")
    assert again.status == 0
    assert "train  resumed at step 1, epoch 1\n" in again.text


def test_a_fault_that_may_pass_costs_no_step(said):
    """It fails in the fifth step and, gone on from there, in the eighth; one call was to estimate the memory."""
    flaky = ("model._target_=acme_lies.Flaky", "training.epochs=4")
    ran = said(*flaky, "compute.limits.retries=2")
    assert ran.status == 0
    told = "it failed for a reason that may pass (ConnectionError: the share is away); it is tried again in 0 s"
    assert f"train  note: {told}, 1 of 2\n" in ran.text
    assert f"train  note: {told}, 2 of 2\n" in ran.text
    assert re.findall(r"resumed at step (\d+)", ran.text) == ["4", "7"]
    assert ran.weights == said("training.epochs=4").weights


def test_there_are_no_more_tries_than_allowed_and_the_next_run_goes_on(said):
    flaky = ("model._target_=acme_lies.Flaky", "training.epochs=4")
    stopped = said(*flaky, "compute.limits.retries=1")
    assert stopped.status == 2
    assert "acme_lies.Flaky raised ConnectionError in forward: the share is away; mend it there" in stopped.text
    ran = said(*flaky, "compute.limits.retries=0")
    assert ran.status == 0
    assert "train  resumed at step 7, epoch 2\n" in ran.text


def test_a_mistake_is_not_tried_again(said):
    ran = said("model._target_=acme_lies.Wrong", "compute.limits.retries=3")
    assert ran.status == 2
    assert "acme_lies.Wrong raised ValueError in forward: no such table; mend it there" in ran.text
    assert "tried again" not in ran.text

"""Runs that are killed at random moments, most of them in training, end with the bits of the run that nobody killed."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from kill import harness
from kill.cases import SHORT

pytestmark = [
    pytest.mark.run,
    pytest.mark.skipif(sys.platform != "linux", reason="a process is killed by a handle, which Linux has"),
]

KILLS = 10
"""Of each of the two experiments."""


def test_a_killed_run_ends_as_if_nobody_had(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    total = harness.Tally()
    with harness.zygote() as process:
        for name, overrides in SHORT.items():
            total.add(harness.many(process, tmp_path / name, overrides, KILLS, random.Random(name)))
    record_property("summary", str(total))
    assert total.differences == []
    assert total.kills.total() >= KILLS * len(SHORT)
    assert total.kills["train"] > total.kills.total() / 2

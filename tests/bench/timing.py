"""Medians, taken side by side: a round runs every rival once, so that a slow moment of the machine hits all alike."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the result: what was measured, ours and the rival's median in `unit`, and the budget of the ratio."""

    what: str
    ours: float
    rival: str
    theirs: float
    unit: str
    budget: str

    def markdown(self) -> str:
        ratio = self.ours / self.theirs if self.theirs else float("nan")
        return (
            f"| {self.what} | {self.ours:,.3g} {self.unit} | {self.rival} | {self.theirs:,.3g} {self.unit} "
            f"| {ratio:.2f} | {self.budget} |"
        )


HEAD = "| What | stdspec | Against | Rival | Ratio | Budget |\n|-|-|-|-|-|-|"


def medians(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each contender's own measure over `rounds` rounds, after one that is thrown away."""
    for run in contenders.values():
        run()
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            found[name].append(run())
    return {name: statistics.median(values) for name, values in found.items()}


def cpu_of(command: Sequence[str], cwd: Path, more: Mapping[str, str] | None = None) -> float:
    """The CPU seconds, user and system, of a command and its children. Its exit status does not matter here.

    Args:
        command: the command.
        cwd: where it is run.
        more: variables of its environment besides those of this process.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(command, cwd, more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wall_of(command: Sequence[str], cwd: Path, more: Mapping[str, str] | None = None) -> float:
    """The seconds that a command takes by the clock on the wall."""
    before = time.perf_counter()
    _run(command, cwd, more)
    return time.perf_counter() - before


def _run(command: Sequence[str], cwd: Path, more: Mapping[str, str] | None) -> None:
    """Runs a command.

    Python may keep bytecode, as it does for whoever installs a package: an environment that forbids it would have our
    sources, which are installed in place, compiled each time, and the rivals' not.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=cwd, capture_output=True, check=False, env={**environment, **(more or {})})

"""Kills runs at random moments, runs the same command again, and holds the end against a run that nobody killed.

What must be equal: the weights, every metric, and `result_digest`. What must not be there: a remnant in the store, or
a lock that is held.
"""

from __future__ import annotations

import json
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kill.cases import Case

from stdspec.run import housekeeping
from stdspec.run.locks import is_locked
from stdspec.run.store import Store

ENTRY = "stdspec.run.train.rank"
ZYGOTE = Path(__file__).with_name("zygote.py")
MOST = 3
"""Kills of one run, before it is left to end."""

_ANYTIME = 0.15
"""The share of kills that fall at any moment of the run; the rest falls while it trains."""


class Zygote:
    """The process that forks a child for each run."""

    def __init__(self) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
        self._process = subprocess.Popen(
            [sys.executable, str(ZYGOTE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self._said() == "ready"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def start(self, root: Path, overrides: list[str]) -> int:
        """Begin a run, and give its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"root": str(root), "overrides": overrides}) + "\n")
        self._process.stdin.flush()
        return int(self._said())

    def end(self) -> int:
        """Wait for the run's end and give its exit status; minus the signal when it was killed."""
        return int(self._said())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@contextmanager
def zygote() -> Iterator[Zygote]:
    process = Zygote()
    try:
        yield process
    finally:
        process.close()


@dataclass
class Whole:
    """A run that nobody killed."""

    result: dict[str, Any]
    seconds: float
    training: float
    """The seconds that it trained."""


@dataclass
class Tally:
    """What came of the kills.

    Attributes:
        kills: where each one landed: the kind of the node at work, or ``between``.
        trials: runs that were killed once or more often, and then ended.
        resumed: the steps at which a fit went on.
        differences: what was not as it should be, in words.
    """

    kills: Counter[str] = field(default_factory=Counter)
    trials: int = 0
    resumed: list[int] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        total = self.kills.total()
        share = self.kills["train"] / total if total else 0.0
        landed = ", ".join(f"{kind} {number}" for kind, number in self.kills.most_common())
        later = sum(step > 0 for step in self.resumed)
        return (
            f"{total} kills in {self.trials} runs, {share:.0%} in training ({landed}); "
            f"{len(self.resumed)} fits resumed, {later} of them after a step; {len(self.differences)} differences"
        )

    def add(self, other: Tally) -> None:
        self.kills += other.kills
        self.trials += other.trials
        self.resumed += other.resumed
        self.differences += other.differences


def whole(process: Zygote, root: Path, case: Case) -> Whole:
    """Run to the end.

    Raises:
        AssertionError: with what the run said, when it fails.
    """
    _project(root, case)
    started = time.monotonic()
    process.start(root, case.overrides)
    assert process.end() == 0, (root / "said.txt").read_text()
    seconds = time.monotonic() - started
    ends = re.findall(r"train\S* node-end seconds=(\S+)", _log(root, 0.0))
    return Whole(_result(root), seconds, sum(map(float, ends)))


def _project(root: Path, case: Case) -> None:
    """The folder of a run with the files that it needs."""
    root.mkdir(parents=True)
    for path, text in case.files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)


def trial(process: Zygote, root: Path, case: Case, unkilled: Whole, chance: random.Random) -> Tally:
    """Kill a run up to `MOST` times, let it end, and look."""
    _project(root, case)
    tally = Tally(trials=1)
    for left in reversed(range(chance.randint(1, MOST) + 1)):
        started = time.time()
        pid = process.start(root, case.overrides)
        if left:
            _kill(pid, partial(_wait, root, started, unkilled, chance), chance)
        status = process.end()
        log = _log(root, started)
        tally.resumed += [int(step) for step in re.findall(r" resumed .*?step=(\d+)", log)]
        if not _killed(root, status):
            break
        tally.kills[_at_work(log)] += 1
    if status == 0:
        tally.differences += [f"{root.name}: {text}" for text in _differences(root, unkilled)]
    else:
        tally.differences.append(f"{root.name}: exit status {status}: {(root / 'said.txt').read_text()}")
    return tally


def many(process: Zygote, root: Path, case: Case, kills: int, chance: random.Random) -> Tally:
    """Trials until so many kills have landed, then a sentence of each difference in the tally."""
    unkilled, tally = whole(process, root / "whole", case), Tally()
    while tally.kills.total() < kills:
        folder = root / f"run-{tally.trials}"
        tally.add(trial(process, folder, case, unkilled, chance))
        if not tally.differences:
            shutil.rmtree(folder)
    return tally


def _wait(root: Path, started: float, unkilled: Whole, chance: random.Random, ended: Callable[[], bool]) -> None:
    """Wait for the moment of a kill: mostly one while it trains, however busy the machine is, else any."""
    if chance.random() < _ANYTIME:
        time.sleep(chance.uniform(0.0, unkilled.seconds))
        return
    while not ended() and " kind=train" not in _log(root, started):
        time.sleep(0.002)
    time.sleep(chance.uniform(0.0, unkilled.training))


def _kill(pid: int, moment: Callable[[Callable[[], bool]], None], chance: random.Random) -> None:
    """Kill a process at a moment, unless it has ended by then; never another one that got its number.

    Of a fit that processes share, any of them is killed.
    """
    handle = os.pidfd_open(pid)
    try:
        moment(lambda: bool(select.select([handle], [], [], 0)[0]))
        victim = chance.choice([pid, *_others(pid)])
        with suppress(ProcessLookupError):
            if victim == pid:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            else:
                os.kill(victim, signal.SIGKILL)
    finally:
        os.close(handle)


def _others(pid: int) -> list[int]:
    """The processes that share a fit with this one, which it has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and ENTRY in (folder / "cmdline").read_text().split("\0"):
                found.append(int(folder.name))
    return found


def _killed(root: Path, status: int) -> bool:
    """Whether a run was killed, or has lost one of the processes that share its fit and says so."""
    lost = "was killed by SIGKILL, and the others cannot train on without it"
    return status == -signal.SIGKILL or (status == 1 and lost in (root / "said.txt").read_text())


def _log(root: Path, started: float) -> str:
    """What the run that began at `started` wrote into its log; the run folder may be staged still."""
    text = ""
    for path in root.glob("outputs/*/*/log.txt"):
        with suppress(FileNotFoundError):  # the run folder takes its place just now
            text += path.read_text() if path.stat().st_mtime >= started - 0.01 else ""
    return text


def _at_work(log: str) -> str:
    """The kind of the node that had begun and not ended."""
    events = re.findall(r"node-(start|hit|end)(?: kind=(\w+))?", log)
    return events[-1][1] if events and events[-1][0] == "start" else "between"


def _differences(root: Path, unkilled: Whole) -> Iterator[str]:
    """What is not as it should be."""
    found = _result(root)
    for name, wanted in unkilled.result.items():
        if found[name] != wanted:
            yield f"{name} is {found[name]} and was {wanted}"
    store = Store(root / ".stdspec" / "store")
    for file in store.root.glob("*/*.lock"):
        if is_locked(file):
            yield f"{file.name} is still locked"
    health = housekeeping.verify(store)
    yield from (f"{item.key} is damaged: {item.reason}" for item in health.damaged)
    left = [*store.root.glob("progress/*"), *store.root.glob("objects/*/*/.*"), *root.glob("outputs/*/.*.partial*")]
    yield from (f"{path.relative_to(root)} was left" for path in left)


def _result(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "result.json").read_text())
    return found

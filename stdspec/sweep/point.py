"""One point of a sweep: `stdspec run` in a process of its own, and what came of it.

A process of its own, because Lightning starts further processes by the command line of the one it runs in: that must be
the command line of the point and not of the sweep.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from stdspec.errors import RunError
from stdspec.lint.secret_override import shown
from stdspec.run import log
from stdspec.run.folder import LOG, REPORT
from stdspec.sweep.objective import Objective

PASS, FAIL, INTERRUPTED = 0, 1, 130
STOP: Final = "stop"
_PLAIN: Final = re.compile(r"[A-Za-z/][\w/.+-]*")
_VERDICTS: Final = {PASS: "pass", FAIL: "fail", INTERRUPTED: "interrupted"}


class StoppedError(BaseException):
    """The sweep was interrupted. Like KeyboardInterrupt it is no exception that Hydra would keep for later."""


class Point(Struct, frozen=True):
    """What came of one point.

    Attributes:
        number: its number, from 0, which is the name of its folder, too, unless `hydra.sweep.subdir` says otherwise.
        overrides: what was composed.
        folder: its run folder, absolute.
        status: the exit status of its process.
        stage: the stage of its spec, or the empty text.
        metrics: the estimate of each metric of the gate.
        value: what the sweep optimizes, or None.
        ran: how many nodes were executed, and not taken from the store.
        said: the last line of what its process said, where nobody saw it.
    """

    number: int
    overrides: tuple[str, ...]
    folder: str
    status: int
    stage: str = ""
    metrics: dict[str, float] = {}
    value: float | None = None
    ran: int = 0
    said: str = ""

    @property
    def verdict(self) -> str:
        """``pass``, ``fail``, ``interrupted``, or ``error`` where it could not be run."""
        return _VERDICTS.get(self.status, "error")

    @property
    def stored(self) -> bool:
        """Whether all of it came from the store."""
        return self.status in (PASS, FAIL) and self.ran == 0


class Job(Struct, frozen=True):
    """Runs points. It is pickled to the workers of a launcher that has some.

    Attributes:
        arguments: what `stdspec run` gets besides the overrides.
        settings: overrides that every point gets in addition.
        control: the sweep's own folder: its processes, their output, what came of each point, and the wish to stop.
        total: how many points there are.
        cwd: where the sweep was started.
        objective: what is optimized, or None.
        must_give: whether a point that gives no such number is a failure to the sweeper.
        live: whether what a point says goes to standard error at once, since only one runs at a time.
    """

    arguments: tuple[str, ...]
    settings: tuple[str, ...]
    control: str
    total: int
    cwd: str
    objective: Objective | None
    must_give: bool
    live: bool

    def __call__(self, number: int, overrides: tuple[str, ...], folder: Path) -> float | None:
        """Run one point and give what is optimized.

        Raises:
            StoppedError: when the sweep was interrupted and runs in this process.
            RunError: when a sweeper needs a number and the point gives none.
        """
        control = Path(self.control)
        if (control / STOP).exists():
            self._end()
            return None
        words = f"point {number + 1} of {self.total}"
        _say(f"{words}: {' '.join(map(shown, overrides))}")
        with _deaf(self.live):
            status, said = self._ran(control, number, self._command(overrides, folder))
        point = self._outcome(Point(number, overrides, str(folder), status, said=said))
        (control / f"{number}.json").write_bytes(msgspec.json.encode(point))
        if (control / STOP).exists():
            self._end()
            return None
        _say(f"{words}: {'in the store' if point.stored else 'ran'}, {point.verdict}")
        if self.must_give and point.value is None:
            name = self.objective.name if self.objective else "its objective"
            raise RunError(f"{words} gives no {name}", str(folder), point.said or "see what it said")
        return point.value

    def _end(self) -> None:
        """End the sweep where it runs in this process; a worker gives nothing, and its launcher soon ends by itself.

        Raises:
            StoppedError: in the process of the sweep.
        """
        if self.live:
            raise StoppedError

    def _command(self, overrides: tuple[str, ...], folder: Path) -> list[str]:
        """The command line of one run; -P keeps a module of the working folder from being taken for a library."""
        command = [sys.executable, "-P", "-m", "stdspec", "run", *self.arguments]
        return [*command, *self.settings, *overrides, f"hydra.run.dir={quoted(str(folder))}"]

    def _ran(self, control: Path, number: int, command: list[str]) -> tuple[int, str]:
        """The exit status of a command, and the last line that it said where nobody sees it."""
        heard = control / f"{number}.err"
        with heard.open("wb") as stream, running(control, command, None if self.live else stream, self.cwd) as process:
            status = process.wait()
        if status not in (PASS, FAIL) and (control / STOP).exists():
            status = INTERRUPTED  # also one that had not yet come so far as to end in order
        lines = heard.read_text(encoding="utf-8", errors="replace").splitlines()
        return status, "" if status in _VERDICTS or not lines else lines[-1]

    def _outcome(self, point: Point) -> Point:
        """The point with what its run folder says."""
        file = Path(point.folder, REPORT)
        if point.status not in (PASS, FAIL) or not file.is_file():
            return point
        report: Mapping[str, Any] = json.loads(file.read_bytes())
        observed = report["observed"].get("run", {})
        metrics = (observed.get("evaluation") or {}).get("metrics") or {}
        return msgspec.structs.replace(
            point,
            stage=str(report["stage"]),
            metrics={name: float(item["estimate"]) for name, item in metrics.items() if _is_number(item)},
            value=self.objective.of(observed) if self.objective else None,
            ran=log.executed(Path(point.folder, LOG)),
        )


@contextmanager
def running(control: Path, command: list[str], stderr: Any, cwd: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, which is on the list of the sweep while it runs.

    An interrupt at the terminal does not reach it: the sweep hands it on, and waits.
    """
    process = subprocess.Popen(  # noqa: S603 - our own command line; the overrides are arguments, not a shell's words
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True
    )
    listed = control / f"{process.pid}.pid"
    try:
        listed.touch()
        if (control / STOP).exists():  # it may have been made before this process was on the list
            process.send_signal(signal.SIGINT)
        yield process
    finally:
        process.wait()
        listed.unlink(missing_ok=True)


@contextmanager
def _deaf(live: bool) -> Iterator[None]:
    """Keep a worker from being ended by an interrupt at the terminal while its point ends in order."""
    if live or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def quoted(text: str) -> str:
    """A text as a quoted value of Hydra's override grammar, where it is no plain path."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


def _is_number(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("estimate"), int | float)


def _say(text: str) -> None:
    """A line of the sweep on standard error, whole, whichever process writes it."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()

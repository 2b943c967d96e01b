"""Spreads work over processes: copies of this one, which know all that it knows and answer in bytes.

A copy is made where the system does that safely, and where there is enough to do to be worth it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar

from stdspec.errors import RunError

WORTH: Final = 48
"""How many tasks of a few milliseconds make up for the price of one more process."""

Task = TypeVar("Task")


def shares(tasks: Sequence[Task], jobs: int | None) -> list[Sequence[Task]]:
    """The tasks by the process that does them, this one's first; one share where no further process pays.

    Neighbours go to different processes: files that stand together are mostly alike, and take alike long.

    Args:
        tasks: what is to be done.
        jobs: the largest number of processes; None for as many as there are cores.
    """
    count = max(1, min(jobs or _cores(), len(tasks) // WORTH)) if _safe() else 1
    return [tasks[first::count] for first in range(count)]


def _safe() -> bool:
    """Whether a copy of this process can be made: threads would be missing in it; macOS's own libraries break in it."""
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    parts: Sequence[Sequence[Task]], work: Callable[[Iterator[Task]], bytes], own: Callable[[Sequence[Task]], None]
) -> list[bytes]:
    """Has one further process do each share but the first, which is done here meanwhile.

    Args:
        parts: the shares.
        work: does a share in another process, and says what came out.
        own: does the first share.

    Returns:
        What the other processes say, in the order of their shares.

    Raises:
        RunError: when a process ends before it has said all.
    """
    helpers: list[_Helper] = []
    try:
        helpers.extend(_forked(work, part) for part in parts[1:])
        own(parts[0])
        return [helper.answer() for helper in helpers]
    finally:
        for helper in helpers:
            helper.end()


@dataclass(slots=True)
class _Helper:
    """Another process, and the end of the pipe from which its answer is read."""

    process: int
    pipe: int
    ended: bool = False

    def answer(self) -> bytes:
        with open(self.pipe, "rb", closefd=False) as pipe:
            said = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        self.ended = True
        if status:
            ending = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            raise RunError(f"one of the processes that share the work {ending}", remedy="try again with --jobs 1")
        return said

    def end(self) -> None:
        """Ends a process that nobody waits for any more."""
        os.close(self.pipe)
        if not self.ended:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)


def _forked(work: Callable[[Iterator[Task]], bytes], tasks: Sequence[Task]) -> _Helper:
    reading, writing = os.pipe()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _help(work, _while_alive(tasks, parent), writing)
    os.close(writing)
    return _Helper(process, reading)


def _help(work: Callable[[Iterator[Task]], bytes], tasks: Iterator[Task], writing: int) -> NoReturn:
    """The life of another process. What its parent registered for its own end is not run."""
    status = 1
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent alone says that it was interrupted
        with open(writing, "wb") as pipe:
            pipe.write(work(tasks))
        status = 0
    finally:
        os._exit(status)


def _while_alive(tasks: Sequence[Task], parent: int) -> Iterator[Task]:
    """The tasks, as long as the process is there that waits for them."""
    for task in tasks:
        if os.getppid() != parent:
            return
        yield task

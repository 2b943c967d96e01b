"""What a further process of a fit is told, and how it takes part: it lives no longer than the one that tells it."""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from stdspec.run import measure
from stdspec.run.train import group
from stdspec.run.train.sharing import Share
from stdspec.settings import Settings


class Task(Struct, frozen=True):
    """What another process is told.

    Attributes:
        plan: the plan as plain data.
        node: the node as plain data.
        inputs: name to folder.
        settings: the project's.
        debug: see `Context`.
        progress: the folder of the checkpoints to go on from, or None.
        share: its part.
        meeting: the folder in which the processes meet.
        backend: of `torch.distributed`.
        threads: of one operation.
        paths: where modules are found.
    """

    plan: dict[str, Any]
    node: dict[str, Any]
    inputs: dict[str, str]
    settings: Settings
    debug: bool
    progress: str | None
    share: Share
    meeting: str
    backend: str
    threads: int
    paths: list[str]


class Fault(Struct, frozen=True):
    """How another process says what it cannot do: the fields of a `RunError`."""

    message: str
    place: str | None
    remedy: str | None


def told(source: BinaryIO) -> Task:
    """The task of this process, which ends with whoever gives it.

    Args:
        source: the standard input.
    """
    task: Task = pickle.load(source)  # noqa: S301 - written by the process that has started this one
    threading.Thread(target=_live_as_long, args=(source,), daemon=True).start()
    return task


def _live_as_long(source: BinaryIO) -> None:
    while os.read(source.fileno(), 4096):  # of a buffered read the interpreter would wait for the lock when it ends
        pass
    os._exit(1)  # nobody is left who could be told, and the main thread may wait for a process that is gone


class Follower:
    """One of the other processes, as it sees itself."""

    def __init__(self, task: Task) -> None:
        self.task, self.share = task, task.share

    def join(self) -> None:
        """Say that it is there, then meet the others."""
        arrived(self.task, self.share.rank).touch()
        group.meet(Path(self.task.meeting), self.task.backend, self.share)

    def leave(self) -> None:
        """Say how much memory it has held."""
        peak(self.task, self.share.rank).write_text(str(measure.resident()), encoding="ascii")


def arrived(task: Task, rank: int) -> Path:
    """The file by which a process says that it is there."""
    return Path(task.meeting) / f"arrived-{rank}"


def peak(task: Task, rank: int) -> Path:
    """The file in which a process says how many bytes of memory it has held."""
    return Path(task.meeting) / f"peak-{rank}"

"""A disk that fails: at its N-th call it is full, reports a fault, kills the process or loses its power.

What a power cut leaves is the worst that a disk may do: every byte that was not flushed is lost, and every name that
was made, moved or removed without a flush of its folder is as it was.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
import stat
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

UNTOUCHED, REFUSED, STOPPED = 0, 7, 9
"""How a child ended: before its N-th call, with the fault as an exception, or right there."""

CALLS = ("fsync", "rename", "replace", "unlink", "remove", "mkdir", "rmdir", "utime", "open")
FAULTS = {"full": errno.ENOSPC, "fault": errno.EIO}
MODES = ("full", "full from then on", "fault", "kill", "power cut")


class Disk:
    """Counts the calls and acts at one of them.

    Args:
        root: the folder that a power cut hurts.
        at: the number of the call, from 0.
        mode: one of `MODES`.
    """

    def __init__(self, root: Path, at: int, mode: str) -> None:
        self.root, self.at, self.mode = root, at, mode
        self.count = 0
        self.unflushed: set[int] = set()
        self.undo: list[tuple[int, Callable[[], object]]] = []
        self.real = {name: getattr(os, name) for name in CALLS}
        self.real_open = builtins.open

    @contextmanager
    def mounted(self) -> Iterator[None]:
        with patch.object(builtins, "open", self.open), patch.object(io, "open", self.open):
            for name in CALLS:
                setattr(os, name, self._counted(name))
            try:
                yield
            finally:
                for name, function in self.real.items():
                    setattr(os, name, function)

    def step(self, tear: Callable[[], object] = lambda: None) -> None:
        """One call; `tear` does the half of it that may have been done when it fails."""
        number, self.count = self.count, self.count + 1
        kind = self.mode.partition(" from")[0]
        if number == self.at or (number > self.at and kind != self.mode):
            tear()
            if kind in FAULTS:
                raise OSError(FAULTS[kind], os.strerror(FAULTS[kind]))
            if kind == "power cut":
                self.cut()
            os._exit(STOPPED)

    def cut(self) -> None:
        """Lose what was not flushed."""
        for name, function in self.real.items():
            setattr(os, name, function)
        for _, back in reversed(self.undo):
            with suppress(OSError):
                back()
        for path in self.root.rglob("*"):
            if path.is_file() and path.stat().st_ino in self.unflushed:
                os.truncate(path, 0)

    def open(self, file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if not set(mode) & set("wxa+"):
            self.step()
            return self.real_open(file, mode, *arguments, **named)
        self.step()
        there = isinstance(file, int) or os.path.lexists(file)
        stream = self.real_open(file, mode, *arguments, **named)
        if not there:
            self._named(Path(file), lambda: self.real["unlink"](file))
        self.unflushed.add(os.fstat(stream.fileno()).st_ino)
        return _Stream(stream, self)

    def _counted(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.step()
            if "dir_fd" not in named or named["dir_fd"] is None:
                getattr(self, f"_before_{name}", lambda *_: None)(*arguments)
            return self.real[name](*arguments, **named)

        return call

    def _before_fsync(self, handle: int) -> None:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            self.undo = [item for item in self.undo if item[0] != status.st_ino]
        else:
            self.unflushed.discard(status.st_ino)

    def _before_mkdir(self, path: Any, *_: Any) -> None:
        if not os.path.lexists(path):
            self._named(Path(path), lambda: shutil.rmtree(path))

    def _before_rmdir(self, path: Any, *_: Any) -> None:
        self._named(Path(path), lambda: self.real["mkdir"](path))

    def _before_unlink(self, path: Any, *_: Any) -> None:
        if Path(path).is_file():
            self._named(Path(path), self._restored(path))

    def _before_rename(self, source: Any, target: Any, *_: Any) -> None:
        old = self._restored(target) if Path(target).is_file() else None

        def back() -> None:
            self.real["rename"](target, source)
            if old is not None:
                old()

        self._named(Path(target), back)

    _before_replace, _before_remove = _before_rename, _before_unlink

    def _restored(self, path: Any) -> Callable[[], object]:
        with self.real_open(path, "rb") as stream:
            data = stream.read()

        def back() -> None:
            with self.real_open(path, "wb") as stream:
                stream.write(data)

        return back

    def _named(self, path: Path, back: Callable[[], object]) -> None:
        self.undo.append((path.parent.stat().st_ino, back))


class _Stream:
    """A file whose writes are calls, too."""

    def __init__(self, stream: Any, disk: Disk) -> None:
        self._stream, self._disk = stream, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def write(self, data: Any) -> int:
        def tear() -> None:
            self._stream.write(data[: len(data) // 2])
            self._stream.flush()

        self._disk.step(tear)
        self._disk.unflushed.add(os.fstat(self._stream.fileno()).st_ino)
        return int(self._stream.write(data))


def attempt(work: Callable[[], object], disk: Disk, refusals: tuple[type[BaseException], ...]) -> int:
    """Do some work on a disk in a child process, and say how that ended.

    When the work ends untouched on a disk that loses its power, it does so right afterwards.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        with disk.mounted():
            work()
        status = UNTOUCHED if disk.count <= disk.at else REFUSED
        if status == UNTOUCHED and disk.mode == "power cut":
            disk.cut()
    except refusals:
        status = REFUSED
    except BaseException:  # noqa: BLE001 - a child must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(status)

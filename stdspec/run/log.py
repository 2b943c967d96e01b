"""log.txt of a run: what happened when, what the libraries said, and whole tracebacks that the terminal is spared."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from stdspec.run.context import Event

_SPEAKERS: Final = ("", "lightning.pytorch", "lightning.fabric", "py.warnings")
"""Loggers whose lines are kept; Lightning's do not pass theirs on to the root."""


_WORK: Final = frozenset({"epoch", "node-end"})
STOPPED: Final = "stopped"
INTERRUPTED: Final = f"- {STOPPED} interrupted"
"""The last line of a run that did not come to its end; see `stopped`."""


class Log:
    """A log file, one line an event, written through at once so that a killed run leaves what it said.

    Args:
        path: the file.
        hide: takes what must not be written out of a text.

    Attributes:
        worked: whether the run has come to anything: an epoch or a node has ended.
    """

    def __init__(self, path: Path, hide: Callable[[str], str] = str) -> None:
        self.worked = False
        self._path = path
        self._hide = hide
        path.touch()

    def line(self, text: str) -> None:
        """Append one line with the time in UTC."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with open(self._path, "a", encoding="utf-8") as stream:
            stream.write(f"{stamp} {self._hide(text)}\n")

    def event(self, event: Event) -> None:
        """Append an event."""
        self.worked = self.worked or event.kind in _WORK
        said = " ".join(f"{key}={value}" for key, value in event.data.items())
        self.line(f"{event.node or '-'} {event.kind} {said}".rstrip())

    def fault(self, error: BaseException) -> None:
        """Append an exception with its traceback and its causes."""
        self.line("".join(traceback.format_exception(error)).rstrip())


def executed(path: Path) -> int:
    """How many nodes were executed by a log that `Log` wrote, and not taken from the store."""
    lines = (line.split(" ", 3) for line in path.read_text(encoding="utf-8").splitlines())
    return sum(len(words) > 2 and words[2] == "node-start" for words in lines)


def stopped(path: Path) -> str | None:
    """Why a run did not come to its end, as its log says; None where it does not: it runs, or was killed."""
    last = path.read_text(encoding="utf-8").rstrip().rpartition("\n")[2].split(" ", 3)
    return last[3] if last[1:3] == ["-", STOPPED] and len(last) > 3 else None


@contextmanager
def listening(log: Log) -> Iterator[None]:
    """Write what libraries log and warn of into `log`, and nowhere else."""
    handler = _Handler(log)
    kept = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate) for name in _SPEAKERS}
    logging.captureWarnings(True)
    try:
        for name in _SPEAKERS:
            speaker = logging.getLogger(name)
            speaker.handlers, speaker.propagate = [handler], False
        yield
    finally:
        logging.captureWarnings(False)
        for name, (handlers, propagate) in kept.items():
            speaker = logging.getLogger(name)
            speaker.handlers, speaker.propagate = handlers, propagate


class _Handler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.line(f"{record.name} {record.levelname.lower()} {record.getMessage()}")

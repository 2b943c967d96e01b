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


class Log:
    """A log file, one line an event, written through at once so that a killed run leaves what it said.

    Args:
        path: the file.
        hide: takes what must not be written out of a text.
    """

    def __init__(self, path: Path, hide: Callable[[str], str] = str) -> None:
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
        said = " ".join(f"{key}={value}" for key, value in event.data.items())
        self.line(f"{event.node or '-'} {event.kind} {said}".rstrip())

    def fault(self, error: BaseException) -> None:
        """Append an exception with its traceback and its causes."""
        self.line("".join(traceback.format_exception(error)).rstrip())


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

"""What an interrupt does to a sweep: the points that run are told and waited for; no further one starts.

A second interrupt waits for nobody: it ends the points with all that they started.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

from stdspec.run.stop import RAISED
from stdspec.sweep.point import STOP

_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def handed_on(control: Path) -> Iterator[None]:
    """Hand interrupts on to the processes listed in a folder while the block runs; a second one kills them.

    Nothing is raised by the first: the processes end by themselves, in a state that can be taken up, and with them the
    sweep, which asks whether it is wanted before every point. The second ends the block, too.
    """
    before: dict[int, Any] = {}

    def take(number: int, frame: FrameType | None) -> None:
        del frame
        (control / STOP).write_text(str(number), encoding="utf-8")
        for signal_number in before:
            signal.signal(signal_number, end)
        for listed in control.glob("*.pid"):
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(int(listed.stem), signal.SIGINT)

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        for signal_number, old in before.items():
            signal.signal(signal_number, old)
        for listed in control.glob("*.pid"):
            with suppress(ProcessLookupError):
                _kill(int(listed.stem))
        raise RAISED.get(number, KeyboardInterrupt)

    for each in _SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # who started us in the background ignores interrupts
            before[each] = signal.signal(each, take)
    try:
        yield
    finally:
        for each, old in before.items():
            signal.signal(each, old)


def _kill(leader: int) -> None:
    """Kill a process that leads a session of its own, and what it started there; nothing but that cannot be put off."""
    if os.name == "nt":
        os.kill(leader, signal.SIGTERM)
    else:
        os.killpg(leader, signal.SIGKILL)


def kind(control: Path) -> type[KeyboardInterrupt] | None:
    """What the first interrupt of a sweep raises in the end; None where there was none."""
    file = control / STOP
    return RAISED.get(int(file.read_text(encoding="utf-8")), KeyboardInterrupt) if file.exists() else None

"""What asks a run to stop from outside: Ctrl-C, and the signal that a scheduler sends before it kills."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import ClassVar, Final, NoReturn


class Terminated(KeyboardInterrupt):
    """SIGTERM came. It ends a run as Ctrl-C does, with the exit status of that signal."""

    exit_code: ClassVar[int] = 143


RAISED: Final[dict[int, type[KeyboardInterrupt]]] = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}
"""The signals that ask a run to stop, and what each of them raises."""


def stop(number: int, frame: FrameType | None = None) -> NoReturn:
    """Stop at once: a handler of signals.

    Raises:
        KeyboardInterrupt: for SIGINT; `Terminated` for SIGTERM.
    """
    del frame
    raise RAISED[number]


@contextmanager
def heard() -> Iterator[None]:
    """Within the block, SIGTERM unwinds the stack, so that what is open is closed and what was done is kept.

    Whoever ignores or takes the signal has a reason. Python hears signals in its main thread alone.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

"""What may stop a training from outside: a signal, which waits for the end of a step, and the spec's limits."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from stdspec.errors import RunError
from stdspec.run.measure import Cost, resident
from stdspec.run.stop import RAISED, stop
from stdspec.run.train.job import Job


class Interrupt:
    """Whether someone has asked the training to stop.

    Attributes:
        asked: set by the first signal; the second one stops at once.
        kind: what is to be raised once the training has stopped.
    """

    def __init__(self) -> None:
        self.asked = False
        self.kind: type[KeyboardInterrupt] = KeyboardInterrupt

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Within the block, hear what would raise now. Python hears signals in its main thread alone."""
        before = {number: signal.getsignal(number) for number in RAISED}
        taken = [number for number, handler in before.items() if handler in (signal.default_int_handler, stop)]
        if threading.current_thread() is not threading.main_thread():  # and who ignores or takes them has a reason
            taken = []
        for number in taken:
            signal.signal(number, self._hear)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, before[number])

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            stop(number, frame)
        self.asked, self.kind = True, RAISED[number]


class Limits:
    """`compute.limits` of a run, watched by one of its trainings; time from before a resume counts.

    Attributes:
        job: holds the limits.
        cost: of the node, which is told of the time from before.
        before: seconds that other trainings of the run took.
    """

    def __init__(self, job: Job, cost: Cost, before: float = 0.0) -> None:
        self.job, self.cost, self.before = job, cost, before
        self._began = time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds of this training so far."""
        return time.monotonic() - self._began

    def go_on(self, spent: float) -> None:
        """Count on from the time of an earlier part."""
        self._began = time.monotonic() - spent
        self.cost.earlier = spent

    def exceeded(self) -> RunError | None:
        """The limit that does not hold any more, or None."""
        seconds, allowed = self.before + self.spent, self.job.max_seconds
        if allowed is not None and seconds > allowed:
            who = "trainings of the run have" if self.before else "training has"
            return RunError(
                f"the {who} taken {seconds:.0f} s, and compute.limits.time allows {allowed:.0f} s",
                "compute.limits.time",
                "allow more time or train for fewer epochs",
            )
        used = max(resident(), self.cost.peak_memory)
        if self.job.max_bytes is not None and used > self.job.max_bytes:
            return RunError(
                f"the run uses {used / 2**20:.0f} MiB, and compute.limits.memory allows"
                f" {self.job.max_bytes / 2**20:.0f} MiB",
                "compute.limits.memory",
                "allow more memory, or lower training.batch or the size of the model",
            )
        return None

"""What may stop a training from outside: a signal, which waits for the end of a step, and the spec's limits."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from stdspec.errors import RunError
from stdspec.run.measure import Cost, on_device, resident
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

    def taken(self) -> dict[str, Any]:
        """What this training has taken so far, for a later part to count on from: seconds and bytes."""
        return {
            "spent": self.spent,
            "held": max(self.held(), self.cost.earlier_memory),
            "held_on_device": max(on_device(), self.cost.earlier_device_memory),
        }

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Count on from what an earlier part has `taken`.

        Its memory is evidence of the training and no reason to stop: of the limit, what is held now counts.
        """
        self._began = time.monotonic() - kept["spent"]
        self.cost.earlier = kept["spent"]
        self.cost.earlier_memory, self.cost.earlier_device_memory = kept["held"], kept["held_on_device"]

    def late(self) -> RunError | None:
        """What to say when the time is up, else None."""
        allowed = self.job.max_seconds
        if allowed is None or self.before + self.spent <= allowed:
            return None
        who = "trainings of the run have" if self.before else "training has"
        return RunError(
            f"the {who} used up the {allowed:g} s that compute.limits.time allows",
            "compute.limits.time",
            "allow more time or train for fewer epochs",
        )

    def held(self) -> int:
        """The most memory that this process and what it loads with have held, in bytes."""
        return max(resident(), self.cost.peak_memory)

    def full(self, held: int) -> RunError | None:
        """What to say when more memory is held than allowed, else None.

        Args:
            held: bytes, by every process of the fit together.
        """
        if self.job.max_bytes is None or held <= self.job.max_bytes:
            return None
        return RunError(
            f"the run uses {held / 2**20:.0f} MiB, and compute.limits.memory allows"
            f" {self.job.max_bytes / 2**20:.0f} MiB",
            "compute.limits.memory",
            "allow more memory, or lower training.batch or the size of the model",
        )

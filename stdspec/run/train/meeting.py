"""What the processes of one fit agree on: whether to save, whether to stop, and when to ask each other again.

A process cannot save or stop alone: the others would wait for it for ever. They meet at steps that each of them knows
beforehand, about two a second; between meetings no step waits for a word. A fit on one device meets itself each time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from stdspec.run.train.sharing import Share

_EVERY: Final = 0.5
"""Seconds between two meetings within an epoch."""


class Word(Struct, frozen=True):
    """What one process says at a meeting.

    Attributes:
        stops: whether it has been told to stop, or the time is up.
        due: whether a save is due.
        able: whether it could write one.
        held: bytes of memory that it holds.
        cannot: why its own code cannot be resumed, or None.
        stride: steps after which it would meet again.
    """

    stops: bool = False
    due: bool = False
    able: bool = False
    held: int = 0
    cannot: str | None = None
    stride: int = 1


class Agreed(Struct, frozen=True):
    """What holds for all of them. The first process decides what each might see otherwise.

    Attributes:
        stops: whether they stop.
        due: whether a save is due.
        able: whether it can be written.
        held: bytes of memory that they hold together.
        cannot: why the fit cannot be resumed, or None.
    """

    stops: bool
    due: bool
    able: bool
    held: int
    cannot: str | None


class Meetings:
    """The meetings of one process.

    Args:
        share: its part in the fit.
        save_steps: optimizer steps after which a save is due, or None; there is a meeting at each of them.
    """

    def __init__(self, share: Share, save_steps: int | None) -> None:
        self.share, self.save_steps = share, save_steps
        self._next = self._last = 0
        self._stride = 1
        self._at = time.monotonic()

    def now(self, step: int) -> bool:
        """Whether they meet after this optimizer step; the answer is the same in every process."""
        return self.share.alone or step >= self._next

    def stride(self, step: int) -> int:
        """The steps until the next meeting, by the pace since the last; at most twice as many, should they get slow."""
        now = time.monotonic()
        pace = (now - self._at) / max(1, step - self._last)
        self._at, self._last = now, step
        self._stride = max(1, min(2 * self._stride, int(_EVERY / max(pace, 1e-9))))
        return self._stride

    def hold(self, step: int, word: Word) -> Agreed:
        """Hear what every process says, and agree. Each of them must come, with the same step."""
        words = self.share.exchange(word)
        self._next = step + words[0].stride
        if self.save_steps is not None:
            self._next = min(self._next, step + self.save_steps - step % self.save_steps)
        return agreed(words)


def agreed(words: Sequence[Word]) -> Agreed:
    """What follows from the words of every process."""
    first = words[0]
    return Agreed(
        stops=first.stops,
        due=first.due,
        able=first.able,
        held=sum(word.held for word in words),
        cannot=next((word.cannot for word in words if word.cannot is not None), None),
    )

"""What an interrupted run says: where it was stopped, what is kept, and the command line that goes on."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from stdspec.run import stop
from stdspec.run.context import Event

_ANEW: Final = "--force"
"""The option that would throw away what the interrupted run has kept."""


class Followed:
    """Follows a run.

    Attributes:
        node: the node at work, or the empty text.
        step: the optimizer step of that node up to which it is saved, or None.
    """

    def __init__(self) -> None:
        self.node = ""
        self.step: int | None = None

    def take(self, event: Event) -> None:
        """Hear one event."""
        if event.kind in ("node-start", "node-end"):
            self.node, self.step = event.node if event.kind == "node-start" else "", None
        elif event.kind in ("saved", "resumed"):
            self.step = event.data["step"]

    def sentence(self, how: str, arguments: Sequence[str]) -> str:
        """How it ended, in words.

        Args:
            how: interrupted or terminated.
            arguments: those of `stdspec run`.
        """
        where = f"{how} in '{self.node}'" if self.node else how
        kept = "what was done is kept" if self.step is None else f"saved at step {self.step}"
        return f"{where}, {kept}; go on with: {command(arguments)}"


def command(arguments: Sequence[str]) -> str:
    """The command line that goes on, as a shell takes it."""
    words = [word for word in arguments if word != _ANEW and not word.startswith(f"{_ANEW}=")]
    return shlex.join(["stdspec", "run", *words])


@contextmanager
def followed(
    report: Callable[[Event], None], arguments: Sequence[str], *, debug: bool
) -> Iterator[Callable[[Event], None]]:
    """Take events and pass them on; an interrupt of the block says how to go on. SIGTERM interrupts it, too.

    Args:
        report: takes the events further.
        arguments: those of `stdspec run`.
        debug: whether nothing is kept.
    """
    found = Followed()

    def take(event: Event) -> None:
        found.take(event)
        report(event)

    try:
        with stop.heard():
            yield take
    except KeyboardInterrupt as error:
        how = "terminated" if isinstance(error, stop.Terminated) else "interrupted"
        error.args = (how if debug else found.sentence(how, arguments),)
        raise

"""The progress of a run on standard error: a live display on a terminal, a few plain lines elsewhere and in CI."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TextIO

from stdspec.cli.visible import visible
from stdspec.run.context import Event

WIDTH: Final = 80
"""No plain line of an epoch is wider: metrics are left out instead. Notes about the whole run are folded."""
_EPOCH_LINES: Final = 10
"""At most about so many plain lines for the epochs of one training."""
_LOSSES: Final = ("validation/loss", "train/loss", "loss")
"""The names of a loss, the one that is shown first."""


@contextmanager
def display() -> Iterator[Callable[[Event], None]]:
    """What takes events and shows them, as standard error allows."""
    if not watched(sys.stderr):
        yield Lines().take
        return
    from stdspec.cli.live import shown

    with shown() as take:
        yield take


def watched(stream: TextIO) -> bool:
    """Whether somebody looks at a stream who sees it move: a terminal that can, and not the log of a CI job."""
    plain = os.environ.get("TERM") == "dumb" or os.environ.get("CI", "").lower() not in ("", "0", "false")
    return stream.isatty() and not plain


class Lines:
    """Plain lines: one when a node ends or is taken from the store, and some of the epochs between."""

    def take(self, event: Event) -> None:
        """Show one event."""
        text = _PLAIN.get(event.kind, _silent)(event)
        if text is not None:
            sys.stderr.write(_folded(visible(text), event) + "\n")
            sys.stderr.flush()


def _folded(text: str, event: Event) -> str:
    """A note about the whole run may list many keys: in lines of 80 columns, the further ones moved in."""
    if event.kind != "note" or event.node or len(text) <= WIDTH:
        return text
    from stdspec.cli.text import wrapped

    first, *rest = wrapped(text, WIDTH - 2)
    return "\n".join([first, *(f"  {line}" for line in rest)])


def note(event: Event) -> str:
    """A note or a warning as a line."""
    about = f"{event.node}  " if event.node else ""
    return f"{about}{event.kind}: {event.data['text']}"


def metrics(data: Mapping[str, Any]) -> list[str]:
    """The loss of an epoch and the metric that decides which epoch is kept, that one last; each as text."""
    found = data.get("metrics") or {}
    loss = next((name for name in _LOSSES if name in found), None)
    names = [name for name in dict.fromkeys((loss, data.get("watched"))) if name in found] or list(found)[:1]
    return [f"{name} {found[name]:.4g}" for name in names]


def clock(seconds: float) -> str:
    """A time as people write it: ``0:07``, ``1:02:03``."""
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def took(seconds: float) -> str:
    """How long something took."""
    return f"{seconds:.1f} s" if seconds < 60 else clock(seconds)


def resumed(event: Event) -> str:
    """From where a training goes on."""
    return f"resumed at step {event.data['step']}, epoch {event.data['epoch']}"


def _ended(event: Event) -> str:
    return f"{event.node}  done in {took(event.data['seconds'])}"


def _hit(event: Event) -> str:
    return f"{event.node}  from the store"


def _resumed(event: Event) -> str:
    return f"{event.node}  {resumed(event)}"


def _epoch(event: Event) -> str | None:
    epoch, epochs = int(event.data["epoch"]), event.data.get("epochs")
    every = max(1, -(-epochs // _EPOCH_LINES)) if isinstance(epochs, int) else _EPOCH_LINES
    if epoch % every and epoch != epochs:
        return None
    whole = f"/{epochs}" if epochs is not None else ""
    left = event.data.get("seconds_left")
    shown = metrics(event.data)
    line = _line(f"{event.node}  epoch {epoch}{whole}", shown, left)
    while shown and len(line) > WIDTH:
        shown = shown[1:]
        line = _line(f"{event.node}  epoch {epoch}{whole}", shown, left)
    return line


def _line(head: str, shown: list[str], left: float | None) -> str:
    return "  ".join(filter(None, [head, *shown, "" if left is None else f"{clock(left)} left"]))


def _silent(event: Event) -> None:
    del event


_PLAIN: Final[dict[str, Callable[[Event], str | None]]] = {
    "node-end": _ended,
    "node-hit": _hit,
    "epoch": _epoch,
    "resumed": _resumed,
    "note": note,
    "warning": note,
}
"""Event kind to the plain line that it makes, or None."""

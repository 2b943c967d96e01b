"""The progress of a run on standard error: bars with the time left on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from stdspec.run.context import Event

WIDTH: Final = 80
"""No plain line of an epoch is wider: metrics are left out instead."""
_EPOCH_LINES: Final = 10
"""At most about so many plain lines for the epochs of one training."""
_LOSSES: Final = ("validation/loss", "train/loss", "loss")
"""The names of a loss, the one that is shown first."""


@contextmanager
def display() -> Iterator[Callable[[Event], None]]:
    """What takes events and shows them, as standard error allows."""
    if not sys.stderr.isatty():
        yield Lines().take
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    from stdspec.cli.color import colored

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=11)),
        BarColumn(bar_width=16),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[said]}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True, no_color=not colored(stream=sys.stderr))) as progress:
        yield Bars(progress).take


class Lines:
    """Plain lines: one when a node ends or is taken from the store, and some of the epochs between."""

    def take(self, event: Event) -> None:
        """Show one event."""
        text = _PLAIN.get(event.kind, _silent)(event)
        if text is not None:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


class Bars:
    """A bar for each node, in a rich progress display."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def take(self, event: Event) -> None:
        """Show one event."""
        if event.kind in ("note", "warning"):
            self._progress.console.print(_note(event), markup=False, highlight=False, soft_wrap=True)
            return
        task = self._tasks.get(event.node)
        if task is None:
            total = None if event.kind == "node-start" else 1
            task = self._progress.add_task(event.node, total=total, left="", said="")
            self._tasks[event.node] = task
        if event.kind == "epoch":
            data = event.data
            self._progress.update(
                task, total=data.get("epochs"), completed=data["epoch"], left=_left(data), said=_watched(data)
            )
        elif event.kind == "node-hit":
            self._progress.update(task, total=1, completed=1, said="from the store")
        elif event.kind == "node-end":
            self._progress.update(task, total=1, completed=1, left="")


def _ended(event: Event) -> str:
    return f"{event.node}  done in {event.data['seconds']:.1f} s"


def _hit(event: Event) -> str:
    return f"{event.node}  from the store"


def _note(event: Event) -> str:
    about = f"{event.node}  " if event.node else ""
    return f"{about}{event.kind}: {event.data['text']}"


def _epoch(event: Event) -> str | None:
    epoch, epochs = int(event.data["epoch"]), event.data.get("epochs")
    every = max(1, -(-epochs // _EPOCH_LINES)) if isinstance(epochs, int) else _EPOCH_LINES
    if epoch % every and epoch != epochs:
        return None
    whole = f"/{epochs}" if epochs is not None else ""
    shown = _metrics(event.data)
    line = _line(f"{event.node}  epoch {epoch}{whole}", shown, _left(event.data))
    while shown and len(line) > WIDTH:
        shown = shown[1:]
        line = _line(f"{event.node}  epoch {epoch}{whole}", shown, _left(event.data))
    return line


def _line(head: str, metrics: list[str], left: str) -> str:
    return "  ".join(filter(None, [head, *metrics, left]))


def _silent(event: Event) -> None:
    del event


_PLAIN: Final[dict[str, Callable[[Event], str | None]]] = {
    "node-end": _ended,
    "node-hit": _hit,
    "epoch": _epoch,
    "note": _note,
    "warning": _note,
}
"""Event kind to the plain line that it makes, or None."""


def _metrics(data: Any) -> list[str]:
    """The loss of an epoch and the metric that decides which epoch is kept, that one last; each as text."""
    metrics = data.get("metrics") or {}
    loss = next((name for name in _LOSSES if name in metrics), None)
    watched = data.get("watched")
    names = [name for name in dict.fromkeys((loss, watched)) if name in metrics] or list(metrics)[:1]
    return [f"{name} {metrics[name]:.4g}" for name in names]


def _watched(data: Any) -> str:
    """The one metric that a bar has room for."""
    return "".join(_metrics(data)[-1:])


def _left(data: Any) -> str:
    seconds = data.get("seconds_left")
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"{clock} left"

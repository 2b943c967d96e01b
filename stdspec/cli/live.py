"""The live display of a run: what is done stays in the scroll, below it a few lines show the node at work.

So it fits any terminal, however many folds there are. rich is imported when the first node starts to work: a run that
comes from the store alone does without it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from stdspec.cli.color import colored
from stdspec.cli.progress import clock, metrics, note, resumed, took
from stdspec.cli.visible import visible
from stdspec.run.context import Event

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

_BAR: Final = (8, 16)
"""The least and the greatest width of the bar."""
_NAME: Final = 12
"""Columns that names are filled up to, where the terminal is wide."""
_NARROW: Final = 60
_REDRAWN: Final = 8
"""How often in a second the display is drawn anew."""
_MARKS: Final = {"done": ("✓", "+"), "resumed": ("↻", ">"), "stopped": ("✗", "x"), "note": ("•", "*")}
_COLOURS: Final = {"done": "32", "resumed": "36", "stopped": "31", "note": "33"}
"""What a line is about to its mark, the second one for terminals without Unicode, and its colour."""
_SPINNERS: Final = ("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\")


@contextmanager
def shown() -> Iterator[Callable[[Event], None]]:
    """What takes events and shows them on standard error, a terminal."""
    display = Display()
    try:
        yield display.take
    except BaseException:
        display.close(stopped=True)
        raise
    display.close()


class Work:
    """The node at work.

    Attributes:
        node: its id.
        began: when it started, in seconds of a monotonic clock.
        epoch: the data of its last epoch, or None.
        heard: when that came.
    """

    def __init__(self, node: str) -> None:
        self.node = node
        self.began = time.monotonic()
        self.epoch: Any = None
        self.heard = self.began

    def count(self) -> str:
        """How far it is: ``12/40``; empty before the first epoch."""
        if self.epoch is None:
            return ""
        whole = self.epoch.get("epochs")
        return f"{self.epoch['epoch']}/{whole}" if whole else f"epoch {self.epoch['epoch']}"

    def share(self) -> float | None:
        """The share of the epochs that are done, or None where nobody knows."""
        whole = (self.epoch or {}).get("epochs")
        return self.epoch["epoch"] / whole if whole else None

    def clock(self) -> str:
        """The time left where it is known, else the time so far."""
        left, now = (self.epoch or {}).get("seconds_left"), time.monotonic()
        return clock(now - self.began) if left is None else f"{clock(left - (now - self.heard))} left"


class Display:
    """Takes events and keeps the display."""

    def __init__(self) -> None:
        self.ascii = not _takes_unicode(sys.stderr.encoding)
        self.color = colored(stream=sys.stderr)
        self.nodes: list[str] = []
        self.done = 0
        self.work: Work | None = None
        self._hits: list[str] = []
        self._live: Live | None = None
        self._take: dict[str, Callable[[Event], None]] = {
            "plan": self._planned,
            "node-start": self._started,
            "node-hit": self._hit,
            "node-end": self._ended,
            "epoch": self._epoch,
            "resumed": self._resumed,
            "note": self._noted,
            "warning": self._noted,
        }

    def take(self, event: Event) -> None:
        """Show one event."""
        if event.kind != "node-hit":
            self._tell_hits()
        act = self._take.get(event.kind)
        if act is not None:
            act(event)

    def close(self, *, stopped: bool = False) -> None:
        """Take the moving lines away; where the run was stopped, say in which node."""
        self._tell_hits()
        work, self.work = self.work, None
        if work is not None and stopped:
            far = f", epoch {work.epoch['epoch']}" if work.epoch is not None else ""
            self._print("stopped", work.node, f"stopped after {took(time.monotonic() - work.began)}{far}")
        if self._live is not None:
            self._live.stop()
            self._live = None

    # --- events ---

    def _planned(self, event: Event) -> None:
        self.nodes = list(event.data["nodes"])

    def _started(self, event: Event) -> None:
        self.work = Work(event.node)
        if self._live is None:
            self._live = _live(self)
            self._live.start()

    def _hit(self, event: Event) -> None:
        self.done += 1
        self._hits.append(event.node)

    def _ended(self, event: Event) -> None:
        self.done += 1
        work, self.work = self.work, None
        text = took(event.data["seconds"])
        if work is not None and work.epoch is not None:
            epochs = work.epoch["epoch"]
            text = "  ".join([f"{epochs} epoch{'s' if epochs > 1 else ''} in {text}", *metrics(work.epoch)[-1:]])
        self._print("done", event.node, text)

    def _epoch(self, event: Event) -> None:
        if self.work is not None:
            self.work.epoch, self.work.heard = event.data, time.monotonic()

    def _resumed(self, event: Event) -> None:
        self._print("resumed", event.node, resumed(event))

    def _noted(self, event: Event) -> None:
        self._write(self._mark("note"), note(event))

    def _tell_hits(self) -> None:
        if self._hits:
            self._print("done", listed(self._hits, _width() - 20), "from the store")
            self._hits = []

    # --- what stays ---

    def _print(self, about: str, name: str, text: str) -> None:
        column = _NAME if _width() >= _NARROW else 0
        self._write(self._mark(about), f"{name:<{column}}  {text}")

    def _mark(self, about: str) -> str:
        mark = _MARKS[about][self.ascii]
        return f"\x1b[{_COLOURS[about]}m{mark}\x1b[0m" if self.color else mark

    def _write(self, mark: str, text: str) -> None:
        if self._live is None:
            sys.stderr.write(f"{mark} {visible(text)}\n")
            sys.stderr.flush()
            return
        from rich.text import Text

        line = Text.from_ansi(mark).append(f" {visible(text)}")
        self._live.console.print(line, soft_wrap=True, highlight=False)

    # --- what moves ---

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The moving lines, as rich asks for them."""
        from rich.text import Text

        for line in self.lines(options.max_width):
            yield Text("").join(Text(text, style) for text, style in line)

    def lines(self, width: int) -> Iterator[list[tuple[str, str]]]:
        """The moving lines, each as parts with their styles; none is wider than the terminal."""
        if self.work is None:
            return
        first, rest = self._first(self.work, width)
        yield first
        together = "  ".join(rest)
        for text in filter(None, [together] if len(together) + 2 <= width else rest):
            yield [(_cut(f"  {text}", width), "")]
        yield [(_cut(self._ahead(width), width), "dim")]

    def _first(self, work: Work, width: int) -> tuple[list[tuple[str, str]], list[str]]:
        """The line of the node at work, and the metrics for which it has no room."""
        signs = _SPINNERS[self.ascii]
        sign = signs[int(time.monotonic() * _REDRAWN) % len(signs)]
        name = f"{work.node:<{_NAME}}" if width >= _NARROW else work.node
        count, left, share = work.count(), work.clock(), work.share()
        used = len("  ".join(filter(None, (f"{sign} {name}", count, left))))
        room = width - used - (_BAR[0] + 2 if share is not None else 0)
        fits: list[str] = []
        rest = metrics(work.epoch) if work.epoch is not None else []
        while rest and len(rest[-1]) + 2 <= room:
            fits.insert(0, rest.pop())
            room -= len(fits[0]) + 2
        parts = [(sign, "cyan"), (" " + _cut(name, max(width - 2, 1)), "bold")]
        if share is not None and room >= 0:
            parts += [("  ", ""), *self._bar(share, min(_BAR[1], _BAR[0] + room))]
        parts += [(f"  {text}", "") for text in (count, left, *fits) if text]
        return parts, rest

    def _bar(self, share: float, width: int) -> list[tuple[str, str]]:
        full = round(min(share, 1.0) * width)
        done, open_ = ("#", "-") if self.ascii else ("━", "━" if self.color else "─")
        return [(done * full, "cyan"), (open_ * (width - full), "bright_black")]

    def _ahead(self, width: int) -> str:
        """What is done and what comes: ``3 of 11 done, next: evaluate, gate``."""
        if not self.nodes:
            return ""
        head = f"  {self.done} of {len(self.nodes)} done"
        after = self.nodes[self.done + 1 :]
        return f"{head}, next: {some(after, width - len(head) - 8)}" if after else head


def _live(display: Display) -> Live:
    """Rich's live display of what moves. What own code prints goes above it."""
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, no_color=not display.color, highlight=False)
    return Live(
        display,
        console=console,
        refresh_per_second=_REDRAWN,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        redirect_stderr=True,
    )


def listed(names: Sequence[str], width: int) -> str:
    """Names with commas between, or the first and the last where that is too wide."""
    text = ", ".join(names)
    return text if len(text) <= width else f"{names[0]} … {names[-1]} ({len(names)})"


def some(names: Sequence[str], width: int) -> str:
    """As many names as fit, and how many more there are."""
    for count in range(len(names), 0, -1):
        rest = f", {len(names) - count} more" if count < len(names) else ""
        text = ", ".join(names[:count]) + rest
        if len(text) <= width:
            return text
    return f"{len(names)} more"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _takes_unicode(encoding: str | None) -> bool:
    try:
        "✓…━⠋".encode(encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True

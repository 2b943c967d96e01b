"""What the executor hands to a node, and the events that it and the nodes report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from stdspec.plan.model import Plan
from stdspec.settings import Settings


class Event(Struct, frozen=True):
    """Something a progress display may show.

    Attributes:
        kind: ``node-start``, ``node-hit``, ``node-end``, ``epoch``, ``note`` or ``warning``.
        node: the id of the node it happened in.
        data: plain data: for ``epoch`` the keys epoch (from 1), epochs (or None), metrics (name to float),
            watched (the metric that decides which epoch is kept, or None) and seconds_left (float or None); for
            ``note`` and ``warning`` the key text.
    """

    kind: str
    node: str
    data: Mapping[str, Any]


class Context(Struct, frozen=True):
    """What a node may use besides its config and its inputs.

    Attributes:
        plan: the whole plan, for reading only.
        settings: the project's settings; `settings.root` is where relative source paths start.
        report: takes events.
        debug: two batches, in process, breakpoints work; nothing of such a run is cached.
        logs: the folder in which training loggers write, or None where nothing is to be logged.
    """

    plan: Plan
    settings: Settings
    report: Callable[[Event], None]
    debug: bool = False
    logs: Path | None = None

"""What the executor hands to a node, and the events that it and the nodes report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from stdspec.plan.model import Plan
from stdspec.run.measure import Cost
from stdspec.settings import Settings


class Event(Struct, frozen=True):
    """Something a progress display may show.

    Attributes:
        kind: ``plan``, ``node-start``, ``node-hit``, ``node-end``, ``epoch``, ``resumed``, ``saved``, ``note`` or
            ``warning``.
        node: the id of the node it happened in; empty for what concerns the run.
        data: plain data: for ``plan`` the keys name, stage, spec_digest, plan_digest and nodes (their ids, in order);
            for ``node-start`` kind; for ``node-end`` seconds; for ``epoch`` epoch (from 1), epochs (or None), metrics
            (name to float), watched (the metric that decides which epoch is kept, or None) and seconds_left (float or
            None); for ``resumed`` step (optimizer steps that were taken before) and epoch (from 1, the one that goes
            on); for ``saved``, from where a training can go on now, the same; for ``note`` and ``warning`` text.
    """

    kind: str
    node: str
    data: Mapping[str, Any]


def planned(plan: Plan) -> Event:
    """What is about to be done."""
    data = {"name": plan.name, "stage": plan.stage, "spec_digest": plan.spec_digest, "plan_digest": plan.digest}
    return Event("plan", "", {**data, "nodes": [node.id for node in plan.nodes]})


class Context(Struct, frozen=True):
    """What a node may use besides its config and its inputs.

    Attributes:
        plan: the whole plan, for reading only.
        settings: the project's settings; `settings.root` is where relative source paths start.
        report: takes events.
        debug: two batches, in process, breakpoints work; nothing of such a run is cached.
        logs: the folder in which training loggers write, or None where nothing is to be logged.
        progress: the folder in which the node at work keeps what it can go on from after a kill; it is there, and is
            removed when the node's result is in the store. None where nothing is to be kept.
        cost: what executing the node at work costs; a node that goes on from an earlier part says what that took.
        trained: seconds of the trainings before this node of which the run's result is made, those from the store too.
    """

    plan: Plan
    settings: Settings
    report: Callable[[Event], None]
    debug: bool = False
    logs: Path | None = None
    progress: Path | None = None
    cost: Cost = field(default_factory=Cost)
    trained: float = 0.0

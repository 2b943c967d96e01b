"""Foretells, without running or writing anything, which nodes of a plan the store answers and which run, and why.

Keys are those of the executor. Below a node that runs, nothing is known until it has run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.compose import variables
from stdspec.plan import source_digest, why
from stdspec.plan.model import Node, Plan
from stdspec.plan.why import Reason
from stdspec.run import action
from stdspec.run.entry import DamagedError, Entry
from stdspec.run.store import Store
from stdspec.settings import Settings


class Fate(StrEnum):
    """What becomes of a node."""

    HIT = "hit"
    RUN = "run"


class Step(Struct, frozen=True):
    """One node, and what a run would make of it.

    Attributes:
        node: the node.
        fate: whether the store answers it.
        after: nodes that run first and whose result this one waits for. Of a hit: nodes that run in any case, and
            that must give what they gave before.
        forced: whether it runs because the user asks for it.
        resumes: whether it goes on from where it was interrupted.
        always: whether it runs every time, because it reads what no key can see.
        reasons: why it runs, apart from what is in `after`.
        damaged: what is wrong with the entry that would have answered it; empty where nothing is.
        key: the action key; None where a result that it depends on is not there yet.
    """

    node: Node
    fate: Fate
    after: tuple[str, ...] = ()
    forced: bool = False
    resumes: bool = False
    always: bool = False
    reasons: tuple[Reason, ...] = ()
    damaged: str = ""
    key: str | None = None

    @property
    def open(self) -> bool:
        """Whether it runs only if a result that it waits for is another one than before."""
        known = self.reasons or self.damaged or self.forced or self.always
        return bool(self.after) and self.fate is Fate.RUN and not known


def dry_run(
    plan: Plan, store: Store, settings: Settings, force: bool | Collection[str] = False, *, verify: bool = False
) -> list[Step]:
    """Every node of a plan, in its order.

    Args:
        plan: the plan.
        store: where results are looked for; nothing is written to it.
        settings: the project's settings.
        force: True where every node is to run, or the ids of those that are.
        verify: hash every file of every entry that answers a node, as a run does; else only those of small entries.

    Raises:
        StdspecError: when a file or a variable that a node reads is not there.
    """
    variables.fill(plan.spec, settings.allow_env)
    source_digest.recall(store.root / action.SOURCES)
    digests: dict[str, str] = {}
    again: dict[str, set[str]] = {}
    forced = action.forced(plan, force)
    look = partial(_looked_at, store, whole=verify)
    return [_step(plan, node, store, settings, node.id in forced, digests, again, look) for node in plan.nodes]


def _step(
    plan: Plan,
    node: Node,
    store: Store,
    settings: Settings,
    forced: bool,
    digests: dict[str, str],
    again: dict[str, set[str]],
    look: Callable[[str], tuple[Entry | None, str]],
) -> Step:
    """One node; what is known of its result is put into `digests`, and what that hangs on into `again`."""
    inputs = {name: digests[item.node] for name, item in node.inputs.items() if item.node in digests}
    waits = {name: item.node for name, item in node.inputs.items() if item.node not in digests}
    asked = action.action(plan, node, inputs, settings)
    always = node.run in action.VOLATILE
    known, damaged = (None, "") if waits else look(asked.key)
    hangs = set[str]().union(*(again.get(item.node, ()) for item in node.inputs.values()))
    if known is not None:
        digests[node.id] = known.digest
        again[node.id] = hangs | ({node.id} if forced or always else set())
    if known is not None and not (forced or always):
        return Step(node, Fate.HIT, _ordered(plan, hangs), key=asked.key)
    return Step(
        node,
        Fate.RUN,
        _nearest(plan, set(waits.values())),
        forced=forced,
        resumes=not waits and not forced and _interrupted(store, asked.key),
        always=always,
        reasons=() if known or damaged else _reasons(asked, store, settings, waits),
        damaged=damaged,
        key=None if waits else asked.key,
    )


def _looked_at(store: Store, key: str, *, whole: bool) -> tuple[Entry | None, str]:
    """The entry of a key, or what is wrong with it."""
    try:
        return store.glance(key, whole=whole), ""
    except DamagedError as error:
        return None, str(error)


def _interrupted(store: Store, key: str) -> bool:
    place = store.progress_place(key)
    return place.is_dir() and any(place.iterdir())


def _reasons(asked: action.Action, store: Store, settings: Settings, waits: Collection[str]) -> tuple[Reason, ...]:
    node = asked.node
    found = why.reasons(store.last(asked.plan.name, node.id), asked.made, node.origins, waits)
    return tuple(_named(reason, node, settings) for reason in found)


def _named(reason: Reason, node: Node, settings: Settings) -> Reason:
    """A reason that says what people know: the file of a module, the node of an input."""
    if reason.what == "code":
        return Reason("code", _file(reason.name, settings))
    if reason.what == "file":
        return Reason("file", reason.name.partition(" ")[2])  # without its number among the files
    if reason.what == "input":
        return Reason("input", node.inputs[reason.name].node)
    return reason


def _file(module: str, settings: Settings) -> str:
    """The source file of a module, relative to the project; the module where it lies elsewhere or is gone."""
    file = source_digest.locate(module, action.roots(settings))
    root = settings.root.resolve()
    inside = file is not None and file.is_relative_to(root) and not file.is_relative_to(_OURS)
    return file.relative_to(root).as_posix() if file is not None and inside else module


_OURS: Final = Path(__file__).parents[1]


def _nearest(plan: Plan, ids: set[str]) -> tuple[str, ...]:
    """Those that no other one waits for: the last of a chain says it all."""
    before = set[str]().union(*(plan.ancestors(one) for one in ids))
    return _ordered(plan, ids - before)


def _ordered(plan: Plan, ids: set[str]) -> tuple[str, ...]:
    return tuple(node.id for node in plan.nodes if node.id in ids)

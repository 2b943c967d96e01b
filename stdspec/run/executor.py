"""Executes a plan, node after node: what is in the store is taken from it, the rest runs in this process.

Every engine comes through `execute_node`, so that a node means the same wherever it runs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from stdspec.compose import variables
from stdspec.errors import RunError, needs_run_extra
from stdspec.evidence import Record
from stdspec.paths import shown
from stdspec.plan import loaded, source_digest
from stdspec.plan.keys import Code, own_classes
from stdspec.plan.model import Node, Plan
from stdspec.run import action, again, device, environment, faults, measure
from stdspec.run import records as evidence
from stdspec.run.action import Action
from stdspec.run.context import Context, Event
from stdspec.run.entry import Entry, changed
from stdspec.run.store import Store
from stdspec.settings import Settings

Execute = Callable[[Node, Mapping[str, Path], Path, Context], list[Record]]


class Execution(Struct, frozen=True):
    """What executing a plan gave.

    Attributes:
        records: every record, in the order of the plan, then the executor's own.
        outputs: node id to the folder of its output in the store.
        digests: node id to the digest of its output.
        hits: the ids of the nodes that were taken from the store.
        at: node id to when its output was made, in UTC, as in ``2026-01-31T12:00:00Z``.
    """

    records: list[Record]
    outputs: dict[str, Path]
    digests: dict[str, str]
    hits: tuple[str, ...]
    at: Mapping[str, str] = {}


@dataclass(slots=True)
class _State:
    """What is known so far of a plan in execution."""

    plan: Plan
    context: Context
    store: Store
    entries: dict[str, Entry] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)


def execute(plan: Plan, context: Context, store: Store, *, force: bool | Collection[str] = False) -> Execution:
    """Execute every node of a plan, in its order.

    Args:
        plan: the plan.
        context: what nodes may use; its `report` takes events.
        store: where results are looked for and kept.
        force: run every node, or those of these ids, anew, whatever the store holds of it.

    Raises:
        StdspecError: when a node cannot be executed.
    """
    state = _State(plan, context, store)
    variables.fill(plan.spec, context.settings.allow_env)  # one that is not set is said before any work
    forced = action.forced(plan, force)
    records: list[Record] = []
    sources = store.root / action.SOURCES
    recalled = source_digest.recall(sources)
    for node in plan.nodes:
        records += _stamped(state, node, _entry(state, node, force=node.id in forced))
    source_digest.keep(sources, recalled)
    records += _whole(state)
    outputs = {node: entry.output for node, entry in state.entries.items()}
    digests = {node: entry.digest for node, entry in state.entries.items()}
    at = {node: entry.at for node, entry in state.entries.items()}
    return Execution(records, outputs, digests, tuple(state.hits), at)


def execute_node(plan: Plan, node_id: str, context: Context, store: Store) -> Entry:
    """Execute one node of a plan, provided that the store holds the results of those it depends on.

    Raises:
        RunError: when a node before it has no result yet.
    """
    state = _State(plan, context, store)
    wanted = plan.ancestors(node_id)
    for node in plan.nodes:
        if node.id not in wanted:
            continue
        key = _action(state, node).key
        with store.lock(key):
            found = store.get(key)
        if found is None:
            raise RunError(f"node '{node.id}' has no result in the store yet", remedy=f"execute it before '{node_id}'")
        state.entries[node.id] = found
    return _entry(state, plan.node(node_id), force=False)


def _entry(state: _State, node: Node, *, force: bool) -> Entry:
    """The node's result: from the store, or made now."""
    asked = _action(state, node)
    fresh = force or node.run in action.VOLATILE
    with state.store.lock(asked.key):
        found = None if fresh else state.store.get(asked.key)
        if found is not None:
            state.hits.append(node.id)
            state.store.point(state.plan.name, node.id, asked.key)
            state.context.report(Event("node-hit", node.id, {}))
        else:
            if force:
                state.store.forget_progress(asked.key)
            found = _make(state, asked)
    state.entries[node.id] = found
    return found


def _make(state: _State, asked: Action) -> Entry:
    """Make a node's result, more than once where a fault may pass and the spec allows it."""
    node, compute = asked.node, state.plan.spec.get("compute") or {}
    retries = (compute.get("limits") or {}).get("retries") or 0
    state.context.report(Event("node-start", node.id, {"kind": node.kind}))
    made, seconds = again.tried(
        lambda: _made(state, asked),
        0 if state.context.debug else int(retries),
        lambda text: state.context.report(Event("note", node.id, {"text": text})),
    )
    state.context.report(Event("node-end", node.id, {"seconds": seconds}))
    return made


def _made(state: _State, asked: Action) -> tuple[Entry, float]:
    """Run a node's function in a fresh folder and commit what it wrote; gives the seconds, too."""
    node = asked.node
    inputs = {name: state.entries[item.node] for name, item in node.inputs.items()}
    with ExitStack() as stack:
        stack.enter_context(faults.plain(state.store.root))
        stack.enter_context(faults.own_code(own_classes(state.plan.spec, action.roots(state.context.settings))))
        out = stack.enter_context(state.store.workspace(asked.key))
        kept = None if state.context.debug else stack.enter_context(state.store.progress(asked.key))
        with measure.measured() as cost:
            context = replace(state.context, progress=kept, cost=cost, trained=_trained(state))
            function = _function(node, state.context.settings)
            folders = {name: entry.output for name, entry in inputs.items()}
            records = function(node, folders, out, context)
        _check_unchanged(state, asked, inputs)
        return state.store.put(asked.key, out, records, cost.as_json(), asked.made), cost.seconds


def _trained(state: _State) -> float:
    """Seconds of the trainings so far of which the run's result is made, whichever run they were made in."""
    fits = {node.id for node in state.plan.nodes if node.kind == "train"}
    return sum(measure.Cost.from_json(entry.cost).whole for name, entry in state.entries.items() if name in fits)


def _check_unchanged(state: _State, asked: Action, inputs: Mapping[str, Entry]) -> None:
    """Refuse to keep a result when what it was made from is no longer what its key says.

    Raises:
        RunError: naming the input or the files. Neither the result nor what the node would go on from is kept.
    """
    node = asked.node
    found = [
        f"the input '{name}' of node '{node.id}' was changed in the store"
        for name, entry in inputs.items()
        if changed(entry)
    ]
    if action.read_files(node, state.context.settings) != asked.files:
        found.append(f"the files that node '{node.id}' reads were changed")
    own = loaded.edited(asked.code.files.keys(), source_digest.digest_now)
    found += [f"the source {shown(path)}, which node '{node.id}' runs, was changed" for path in own]
    if found:
        state.store.forget_progress(asked.key)
        raise RunError(f"{found[0]} while it ran, so its result is not kept", remedy="see what writes there; run again")


def _function(node: Node, settings: Settings) -> Execute:
    """The function that a node names, threads fixed and own code importable before its module is loaded."""
    environment.fix_threads(device.threads())
    for folder in reversed(action.roots(settings)):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    module, _, name = node.run.partition(":")
    with needs_run_extra(f"node '{node.id}'"):
        found: Execute = getattr(importlib.import_module(module), name)
    return found


def _action(state: _State, node: Node) -> Action:
    inputs = {name: state.entries[item.node].digest for name, item in node.inputs.items()}
    found = action.action(state.plan, node, inputs, state.context.settings)
    state.codes[node.id] = found.code
    return found


def _stamped(state: _State, node: Node, entry: Entry) -> list[Record]:
    inputs = {name: state.entries[item.node].digest for name, item in node.inputs.items()}
    return list(evidence.stamp(entry.records, node, state.plan, inputs))


def _whole(state: _State) -> list[Record]:
    """What is observed of the run as a whole."""
    costs = [measure.Cost.from_json(entry.cost) for entry in state.entries.values()]
    compute = state.plan.spec.get("compute") or {}
    spec = state.plan.spec_digest
    return [
        *evidence.of_run(state.plan, state.codes),
        *(replace(item, spec=spec) for item in measure.records(costs, compute)),
    ]

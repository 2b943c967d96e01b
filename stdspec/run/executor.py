"""Executes a plan, node after node: what is in the store is taken from it, the rest runs in this process.

Every engine comes through `execute_node`, so that a node means the same wherever it runs.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec.compose import variables
from stdspec.digest import digest, digest_file
from stdspec.errors import Bug, RunError, needs_run_extra
from stdspec.evidence import Record
from stdspec.plan import source_digest
from stdspec.plan.keys import Code, action_key, code_of, own_classes
from stdspec.plan.model import Node, Plan
from stdspec.run import device, environment, faults, measure
from stdspec.run import records as evidence
from stdspec.run.context import Context, Event
from stdspec.run.store import Entry, Store, changed
from stdspec.settings import Settings

Execute = Callable[[Node, Mapping[str, Path], Path, Context], list[Record]]

_SOURCES: Final = "sources.json"
"""The file of the store in which it stands what source files import."""

_VOLATILE: Final = frozenset({"stdspec.run.data.own:execute"})
"""Functions that read what no key can see; they run every time, and their output's digest decides what follows."""


class Execution(Struct, frozen=True):
    """What executing a plan gave.

    Attributes:
        records: every record, in the order of the plan, then the executor's own.
        outputs: node id to the folder of its output in the store.
        hits: the ids of the nodes that were taken from the store.
    """

    records: list[Record]
    outputs: dict[str, Path]
    hits: tuple[str, ...]


@dataclass(slots=True)
class _State:
    """What is known so far of a plan in execution."""

    plan: Plan
    context: Context
    store: Store
    entries: dict[str, Entry] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    files: dict[str, Mapping[str, str]] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)


def execute(plan: Plan, context: Context, store: Store, *, force: bool = False) -> Execution:
    """Execute every node of a plan, in its order.

    Args:
        plan: the plan.
        context: what nodes may use; its `report` takes events.
        store: where results are looked for and kept.
        force: run every node, whatever the store holds.

    Raises:
        StdspecError: when a node cannot be executed.
    """
    state = _State(plan, context, store)
    variables.fill(plan.spec, context.settings.allow_env)  # one that is not set is said before any work
    records: list[Record] = []
    sources = store.root / _SOURCES
    recalled = source_digest.recall(sources)
    for node in plan.nodes:
        records += _stamped(state, node, _entry(state, node, force=force))
    source_digest.keep(sources, recalled)
    records += _whole(state)
    return Execution(records, {node: entry.output for node, entry in state.entries.items()}, tuple(state.hits))


def execute_node(plan: Plan, node_id: str, context: Context, store: Store) -> Entry:
    """Execute one node of a plan, provided that the store holds the results of those it depends on.

    Raises:
        RunError: when a node before it has no result yet.
    """
    state = _State(plan, context, store)
    wanted = _ancestors(plan, node_id)
    for node in plan.nodes:
        if node.id in wanted and (found := store.get(_key(state, node))) is not None:
            state.entries[node.id] = found
        elif node.id in wanted:
            raise RunError(f"node '{node.id}' has no result in the store yet", remedy=f"execute it before '{node_id}'")
    return _entry(state, plan.node(node_id), force=False)


def _ancestors(plan: Plan, node_id: str) -> set[str]:
    waiting, found = [node_id], set[str]()
    while waiting:
        for item in plan.node(waiting.pop()).inputs.values():
            if item.node not in found:
                found.add(item.node)
                waiting.append(item.node)
    return found


def _entry(state: _State, node: Node, *, force: bool) -> Entry:
    """The node's result: from the store, or made now."""
    key = _key(state, node)
    fresh = force or node.run in _VOLATILE
    with state.store.lock(key):
        found = None if fresh else state.store.get(key)
        if found is not None:
            state.hits.append(node.id)
            state.context.report(Event("node-hit", node.id, {}))
        else:
            found = _make(state, node, key)
    state.entries[node.id] = found
    return found


def _make(state: _State, node: Node, key: str) -> Entry:
    """Run a node's function in a fresh folder and commit what it wrote."""
    inputs = {name: state.entries[item.node] for name, item in node.inputs.items()}
    state.context.report(Event("node-start", node.id, {"kind": node.kind}))
    with ExitStack() as stack:
        stack.enter_context(faults.plain(state.store.root))
        stack.enter_context(faults.own_code(own_classes(state.plan.spec, roots(state.context.settings))))
        out = stack.enter_context(state.store.workspace(key))
        with measure.measured() as cost:
            function = _function(node, state.context.settings)
            folders = {name: entry.output for name, entry in inputs.items()}
            records = function(node, folders, out, state.context)
        for name, entry in inputs.items():
            if changed(entry):
                raise Bug(f"node '{node.id}' changed its input '{name}', which must stay as it is")
        if _files(node, state.context.settings) != state.files[node.id]:
            raise RunError(f"the files that node '{node.id}' reads were changed while it ran", remedy="run again")
        made = state.store.put(key, out, records, cost.as_json())
    state.context.report(Event("node-end", node.id, {"seconds": cost.seconds}))
    return made


def _function(node: Node, settings: Settings) -> Execute:
    """The function that a node names, threads fixed and own code importable before its module is loaded."""
    environment.fix_threads(device.threads())
    for folder in reversed(roots(settings)):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    module, _, name = node.run.partition(":")
    with needs_run_extra(f"node '{node.id}'"):
        found: Execute = getattr(importlib.import_module(module), name)
    return found


def _key(state: _State, node: Node) -> str:
    settings = state.context.settings
    code = state.codes[node.id] = code_of(node, state.plan, roots(settings))
    inputs = {name: state.entries[item.node].digest for name, item in node.inputs.items()}
    files = state.files[node.id] = _files(node, settings)
    machine = device.machine(str(node.resources.get("accelerator") or "auto"))
    return action_key(node, _environment(state.plan, node, settings), inputs, files, code, machine)


def _environment(plan: Plan, node: Node, settings: Settings) -> dict[str, str]:
    """Variable to the digest of its value, for those that a node or one before it refers to.

    A model is built again by the nodes after it, so that equal weights do not mean equal behaviour.
    """
    reached = {node.id, *_ancestors(plan, node.id)}
    used = frozenset[str]().union(*(variables.names(item.config) for item in plan.nodes if item.id in reached))
    return {name: digest(os.environ.get(name)) for name in sorted(used & set(settings.allow_env))}


def _files(node: Node, settings: Settings) -> dict[str, str]:
    """Name to digest of every file outside the store that a node reads; changed bytes must change the key."""
    found = {str(index): path for index, path in enumerate(_READS.get(node.run, _nothing)(node, settings))}
    return {f"{index} {path.name}": digest_file(path) for index, path in found.items()}


def _nothing(node: Node, settings: Settings) -> Iterator[Path]:
    del node, settings
    yield from ()


def _source_files(node: Node, settings: Settings) -> Iterator[Path]:
    from stdspec.run.data import sources

    yield from sources.files(node.config["data"].get("source") or {}, settings)


def _model_file(node: Node, settings: Settings) -> Iterator[Path]:
    path = settings.root / str(variables.fill(node.config["model"].get("path"), settings.allow_env, ("model", "path")))
    if path.is_file():
        yield path


_READS: Final[dict[str, Callable[[Node, Settings], Iterator[Path]]]] = {
    "stdspec.run.data.node:execute": _source_files,
    "stdspec.run.train.bought:execute": _model_file,
}
"""Function to the files outside the store that it reads."""


def roots(settings: Settings) -> tuple[Path, ...]:
    """The folders in which own code is found."""
    return tuple((settings.root / name).resolve() for name in settings.source_roots)


def _stamped(state: _State, node: Node, entry: Entry) -> list[Record]:
    inputs = {name: state.entries[item.node].digest for name, item in node.inputs.items()}
    return list(evidence.stamp(entry.records, node, state.plan, inputs))


def _whole(state: _State) -> list[Record]:
    """What is observed of the run as a whole."""
    costs = [measure.Cost(**entry.cost) for entry in state.entries.values()]
    price = (state.plan.spec.get("compute") or {}).get("cost")
    spec = state.plan.spec_digest
    return [
        *evidence.of_run(state.plan, state.codes),
        *(replace(item, spec=spec) for item in measure.records(costs, price)),
    ]

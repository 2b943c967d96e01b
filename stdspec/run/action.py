"""Everything that decides whether a node has to run: what its key covers here and now, on this machine.

The executor and ``stdspec plan`` share it, so that what is foretold is what is done. Nothing heavy is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.compose import variables
from stdspec.digest import digest, digest_file
from stdspec.errors import InputError, RunError
from stdspec.paths import shown
from stdspec.plan.keys import Code, action_key, code_of, ingredients, made
from stdspec.plan.model import Node, Plan
from stdspec.run import device
from stdspec.settings import Settings
from stdspec.suggest import nearest

SOURCES: Final = "sources.json"
"""The file of the store in which it stands what source files import."""

_DATA: Final = "stdspec.run.data.node:execute"
_BOUGHT: Final = "stdspec.run.train.bought:execute"

VOLATILE: Final = frozenset({"stdspec.run.data.own:execute"})
"""Functions that read what no key can see; they run every time, and their output's digest decides what follows."""


class Action(Struct, frozen=True, dict=True):
    """One node with all that its result depends on.

    Attributes:
        plan: the plan that it belongs to.
        node: the node.
        ingredients: what the key covers.
        files: name to digest of each file that it reads from outside the store.
        code: the code that it runs.
    """

    plan: Plan
    node: Node
    ingredients: Mapping[str, Any]
    files: Mapping[str, str]
    code: Code

    @cached_property
    def key(self) -> str:
        """The action key."""
        return action_key(self.ingredients)

    @property
    def made(self) -> dict[str, Any]:
        """What the entry remembers."""
        return made(self.plan, self.node, self.ingredients, self.code)


def action(plan: Plan, node: Node, inputs: Mapping[str, str], settings: Settings) -> Action:
    """What a node's result depends on here and now.

    Args:
        plan: the plan that it belongs to.
        node: the node.
        inputs: input name to the digest of that output.
        settings: the project's settings.

    Raises:
        StdspecError: when a file that it reads cannot be read, or is not the one that the spec declares.
    """
    code, files = code_of(node, plan, roots(settings)), read_files(node, settings)
    _check_declared(plan, node, files, settings)
    machine = device.machine(str(node.resources.get("accelerator") or "auto"))
    covered = ingredients(node, environment_of(plan, node, settings), inputs, files, code, machine)
    return Action(plan, node, covered, files, code)


def forced(plan: Plan, force: bool | Collection[str]) -> frozenset[str]:
    """The ids of the nodes that are to run whatever the store holds.

    Args:
        plan: the plan.
        force: True for every node, False for none, or ids.

    Raises:
        InputError: when the plan has no such node.
    """
    ids = [node.id for node in plan.nodes]
    if isinstance(force, bool):
        return frozenset(ids if force else ())
    for name in force:
        if name not in ids:
            near = nearest(name, ids)
            remedy = f"did you mean '{near}'?" if near else f"its nodes are {', '.join(ids)}"
            raise InputError(f"the plan has no node '{name}'", "--force", remedy)
    return frozenset(force)


def environment_of(plan: Plan, node: Node, settings: Settings) -> dict[str, str]:
    """Variable to the digest of its value, for those that a node or one before it refers to.

    A model is built again by the nodes after it, so that equal weights do not mean equal behaviour.
    """
    reached = {node.id, *plan.ancestors(node.id)}
    used = frozenset[str]().union(*(variables.names(item.config) for item in plan.nodes if item.id in reached))
    return {name: digest(os.environ.get(name)) for name in sorted(used & set(settings.allow_env))}


def read_files(node: Node, settings: Settings) -> dict[str, str]:
    """Name to digest of every file outside the store that a node reads; changed bytes must change the key."""
    found = {str(index): path for index, path in enumerate(READS.get(node.run, _nothing)(node, settings))}
    return {f"{index} {path.name}": digest_file(path) for index, path in found.items()}


def _check_declared(plan: Plan, node: Node, files: Mapping[str, str], settings: Settings) -> None:
    """Refuse files that are not those that the spec declares, before anything is run or taken from the store.

    A declared digest is no part of a node's config and so of no key: it changes nothing of what comes out, and the key
    covers the files themselves. It is held against them here every time, whatever the store holds.
    """
    if node.run == _DATA:
        from stdspec.run.data import sources

        source = plan.spec["data"].get("source") or {}
        digests = {name.partition(" ")[2]: digest for name, digest in files.items()}
        sources.check_digests(source, digests, sources.files(source, settings))
    elif node.run == _BOUGHT:
        declared = plan.spec["model"].get("digest")
        for path, found in zip(model_file(node, settings), files.values(), strict=True):
            if declared not in (None, found):
                raise RunError(
                    f"{shown(path)} has the digest {found}, and {declared} is declared",
                    "model.digest",
                    "get the declared file, or declare this one after looking at what changed",
                )


def roots(settings: Settings) -> tuple[Path, ...]:
    """The folders in which own code is found."""
    return tuple((settings.root / name).resolve() for name in settings.source_roots)


def _nothing(node: Node, settings: Settings) -> Iterator[Path]:
    del node, settings
    yield from ()


def _source_files(node: Node, settings: Settings) -> Iterator[Path]:
    from stdspec.run.data import sources

    yield from sources.files(node.config["data"].get("source") or {}, settings)


def model_file(node: Node, settings: Settings) -> Iterator[Path]:
    """The file of a bought model, where it is there."""
    path = settings.root / str(variables.fill(node.config["model"].get("path"), settings.allow_env, ("model", "path")))
    if path.is_file():
        yield path


READS: Final[dict[str, Callable[[Node, Settings], Iterator[Path]]]] = {
    _DATA: _source_files,
    _BOUGHT: model_file,
}
"""Function to the files outside the store that it reads."""

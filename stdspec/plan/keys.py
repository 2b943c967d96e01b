"""The action key of a node: equal keys mean equal output, so that a node whose key is in the store need not run.

A key covers the kind, the config, the digests of what comes in, the implementing code, the versions of the packages
that the code imports, the device class and the number of threads. Whatever else changes leaves the key alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec import installed
from stdspec.digest import digest
from stdspec.plan.model import Node, Plan
from stdspec.plan.source_digest import Reach, is_installed, locate, module_of, reach, reach_of_stdspec

VERSION: Final = "1"
"""Raised when what an entry of the store means changes, so that no older entry is taken for a newer one."""

DISTRIBUTIONS: Final = {"sklearn": "scikit-learn", "PIL": "pillow", "yaml": "PyYAML", "cv2": "opencv-python"}
"""Import name to distribution, where the two differ."""


class Machine(Struct, frozen=True):
    """What of a machine changes the bits of a result.

    Attributes:
        device: the device class, such as ``cpu x86_64 avx512`` or ``cuda NVIDIA H100``.
        threads: the number of threads of one operation.
    """

    device: str
    threads: int


class Code(Struct, frozen=True):
    """The code that a node runs.

    Attributes:
        digest: of all its files.
        packages: the versions of the packages that it imports.
        files: module to the digest of its source, so that it can be said which one was edited.
    """

    digest: str
    packages: Mapping[str, str]
    files: Mapping[str, str] = {}


def ingredients(
    node: Node,
    environment: Mapping[str, str],
    inputs: Mapping[str, str],
    files: Mapping[str, str],
    code: Code,
    machine: Machine,
) -> dict[str, Any]:
    """Everything that the key of a node covers; the key is its digest.

    Args:
        node: the node.
        environment: name to digest of the value of each environment variable that its config refers to.
        inputs: input name to the digest of that output.
        files: name to digest of each file that the node reads from outside the store.
        code: what `code_of` says of it.
        machine: where it would run.
    """
    return {
        "version": VERSION,
        "kind": node.kind,
        "run": node.run,
        "config": node.config_digest,
        "environment": dict(environment),
        "inputs": dict(inputs),
        "files": dict(files),
        "code": code.digest,
        "packages": dict(code.packages),
        "python": ".".join(map(str, sys.version_info[:3])),
        "device": machine.device,
        "threads": machine.threads,
    }


def action_key(covered: Mapping[str, Any]) -> str:
    """The key of a node, as ``sha256:…``, from its `ingredients`."""
    return digest(covered)


def made(plan: Plan, node: Node, covered: Mapping[str, Any], code: Code) -> dict[str, Any]:
    """What an entry of the store remembers, so that it can be said later why a node has to run again.

    Args:
        plan: the plan, for its name.
        node: the node.
        covered: its `ingredients`.
        code: what `code_of` says of it.
    """
    return {
        "name": plan.name,
        "node": node.id,
        "ingredients": dict(covered),
        "config": dict(node.config),
        "code": dict(code.files),
    }


def code_of(node: Node, plan: Plan, roots: tuple[Path, ...] = ()) -> Code:
    """The code of a node: its own module's reach, and that of the own classes that it or a node before it names.

    Those of nodes before it count, because a model's code decides what a later node computes from equal weights; what
    reads and splits the data does not hang on the model's.
    """
    reached = {node.id, *plan.ancestors(node.id)}
    configs = [item.config for item in plan.nodes if item.id in reached]
    modules = {module for target in _targets(configs) if (module := module_of(target, roots)) is not None}
    installed = {module for module in modules if is_installed(module, roots)}
    own = reach(sorted(modules - installed), roots)
    packages = frozenset(module.partition(".")[0] for module in installed)
    return _code(_shipped(node.run.partition(":")[0]), own, Reach({}, packages))


def own_classes(spec: Mapping[str, Any], roots: tuple[Path, ...] = ()) -> list[tuple[str, Path]]:
    """Each ``_target_`` of a spec with the source file that holds it; one that cannot be found is left out."""
    found = []
    for target in _targets(spec):
        module = module_of(target, roots)
        file = locate(module, roots) if module else None
        if file is not None:
            found.append((target, file))
    return found


@cache
def _shipped(module: str) -> Reach:
    return reach_of_stdspec(module)


def _code(*parts: Reach) -> Code:
    names = sorted(frozenset[str]().union(*(part.foreign for part in parts)) - sys.stdlib_module_names)
    packages = {
        name: version for name in names if (version := installed.version(DISTRIBUTIONS.get(name, name))) is not None
    }
    files = {module: found for part in parts for module, found in part.files.items()}
    return Code(digest([part.files for part in parts]), packages, files)


def _targets(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        target = value.get("_target_")
        if isinstance(target, str):
            yield target
        for item in value.values():
            yield from _targets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _targets(item)

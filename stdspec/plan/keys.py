"""The action key of a node: equal keys mean equal output, so that a node whose key is in the store need not run.

A key covers the kind, the config, the digests of what comes in, the implementing code, the versions of the packages
that the code imports, the device class and the number of threads. Whatever else changes leaves the key alone.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.digest import digest
from stdspec.plan.model import Node, Plan
from stdspec.plan.source_digest import Reach, is_installed, locate, module_of, reach

VERSION: Final = "1"
"""Raised when what an entry of the store means changes, so that no older entry is taken for a newer one."""

_DISTRIBUTIONS: Final = {"sklearn": "scikit-learn", "PIL": "pillow", "yaml": "PyYAML", "cv2": "opencv-python"}
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
    """The code that a node runs: its digest and the versions of the packages that it imports."""

    digest: str
    packages: Mapping[str, str]


def action_key(
    node: Node,
    environment: Mapping[str, str],
    inputs: Mapping[str, str],
    files: Mapping[str, str],
    code: Code,
    machine: Machine,
) -> str:
    """The key of a node, as ``sha256:…``.

    Args:
        node: the node.
        environment: name to digest of the value of each environment variable that its config refers to.
        inputs: input name to the digest of that output.
        files: name to digest of each file that the node reads from outside the store.
        code: what `code_of` says of it.
        machine: where it would run.
    """
    return digest(
        {
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
    )


def code_of(node: Node, plan: Plan, roots: tuple[Path, ...] = ()) -> Code:
    """The code of a node: its own module's reach, and that of the plan's own classes.

    Own classes count for every node: a model's code decides what a later node computes from equal weights.
    """
    modules = {module for target in _targets(plan.spec) if (module := module_of(target, roots)) is not None}
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
    return reach([module])


def _code(*parts: Reach) -> Code:
    names = sorted(frozenset[str]().union(*(part.foreign for part in parts)) - sys.stdlib_module_names)
    packages = {name: version for name in names if (version := _version(_DISTRIBUTIONS.get(name, name))) is not None}
    return Code(digest([part.files for part in parts]), packages)


@cache
def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


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

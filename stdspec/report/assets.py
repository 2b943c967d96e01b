"""What the report draws and no record holds: JSON documents that nodes left in their output folders.

`load` reads them; nothing here judges. A document that no node wrote stays None, and the report says "not recorded".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from stdspec.errors import Bug
from stdspec.plan.model import Plan

Document = Mapping[str, Any]


class Assets(Struct, frozen=True):
    """The documents of one run's nodes.

    Attributes:
        profile: `profile.json` of the data node: what the rows look like.
        contract: `contract.json` of the data node: each declared column against what was found.
        histories: train node id to its `history.json`, in the order of the plan.
        metrics: `metrics.json` of the gate.
        manifest: `manifest.json` of the package node.
    """

    profile: Document | None = None
    contract: Document | None = None
    histories: Mapping[str, Document] = field(default_factory=dict)
    metrics: Document | None = None
    manifest: Document | None = None


FILES: Final[dict[str, tuple[str, ...]]] = {
    "data": ("profile", "contract"),
    "gate": ("metrics",),
    "package": ("manifest",),
}
"""Node kind to the documents that it may write; `train` nodes write `history.json`, one each."""


def load(plan: Plan, folders: Mapping[str, Path]) -> Assets:
    """The documents found in the nodes' output folders.

    Args:
        plan: the plan that ran.
        folders: node id to its output folder; a node that did not run is absent.

    Raises:
        Bug: when a node wrote a document that is not a JSON object.
    """
    found: dict[str, Document] = {}
    histories: dict[str, Document] = {}
    for node in plan.nodes:
        folder = folders.get(node.id)
        if folder is None:
            continue
        for name in FILES.get(node.kind, ()):
            document = _read(folder / f"{name}.json", node.id)
            if document is not None:
                found[name] = document
        if node.kind == "train":
            history = _read(folder / "history.json", node.id)
            if history is not None:
                histories[node.id] = history
    return Assets(histories=histories, **found)


def _read(path: Path, node: str) -> Document | None:
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Bug(f"node '{node}' wrote a {path.name} that is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Bug(f"node '{node}' wrote a {path.name} that is not a JSON object")
    return value

"""The plan: a directed acyclic graph of nodes, as frozen data with one canonical spelling (schemas/plan.schema.json).

It holds no timestamp and no absolute path: the same spec gives the same bytes. The order of keys is kept, because a
spec's transforms act and its globs fit in the order they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from stdspec.digest import digest_bytes, ordered_json, spec_digest


class Input(Struct, frozen=True):
    """One typed input of a node: the output folder of another node."""

    node: str
    type: str


class Node(Struct, frozen=True):
    """One step.

    Attributes:
        id: its name in the plan: ``train``, or ``train-1`` … ``train-final`` under cross-validation.
        kind: data, split, train, evaluate, gate, export, parity, package, card or reference.
        run: the implementing function as ``module:function``, a string so that a plan can be read without torch.
        inputs: name to the node it comes from.
        output: the type of what it writes: dataset, splits, model, predictions, metrics, exports, parity, package,
            card or reference.
        config: the resolved part of the spec that it reads.
        origins: dotted config path to ``file:line:column``, relative to the project, for what it reads.
        resources: what it asks of the machine.
        determinism: exact, tolerance or off.
    """

    id: str
    kind: str
    run: str
    inputs: Mapping[str, Input]
    output: str
    config: Mapping[str, Any]
    origins: Mapping[str, str]
    resources: Mapping[str, Any]
    determinism: str = "exact"

    @property
    def config_digest(self) -> str:
        """The digest of `config`, in its order: transforms act and globs fit in the order they are written."""
        return digest_bytes(ordered_json(dict(self.config)))

    def as_json(self) -> dict[str, Any]:
        """The node as plain data."""
        return {
            "id": self.id,
            "kind": self.kind,
            "run": self.run,
            "inputs": {name: {"node": item.node, "type": item.type} for name, item in self.inputs.items()},
            "output": self.output,
            "config": dict(self.config),
            "config_digest": self.config_digest,
            "origins": dict(self.origins),
            "resources": dict(self.resources),
            "determinism": self.determinism,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Node:
        """The node that `as_json` wrote."""
        fields = {key: value for key, value in data.items() if key != "config_digest"}
        fields["inputs"] = {name: Input(**item) for name, item in data["inputs"].items()}
        return Node(**fields)


class Plan(Struct, frozen=True):
    """The executable plan of one spec.

    Attributes:
        name: the spec's name.
        stage: research, candidate or release.
        spec: the whole resolved spec.
        standards: the standards that it is judged by.
        nodes: in an order in which every node follows its inputs.
    """

    name: str
    stage: str
    spec: Mapping[str, Any]
    standards: tuple[str, ...]
    nodes: tuple[Node, ...]

    @property
    def spec_digest(self) -> str:
        """The digest of the resolved spec: what records and approvals are tied to."""
        return spec_digest(self.spec)

    def node(self, node_id: str) -> Node:
        """The node with this id.

        Raises:
            KeyError: when there is none.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)

    def ancestors(self, node_id: str) -> set[str]:
        """The ids of every node that a node depends on."""
        waiting, found = [node_id], set[str]()
        while waiting:
            for item in self.node(waiting.pop()).inputs.values():
                if item.node not in found:
                    found.add(item.node)
                    waiting.append(item.node)
        return found

    def as_json(self) -> dict[str, Any]:
        """The plan as plain data."""
        return {
            "stdspec_plan": "1",
            "name": self.name,
            "stage": self.stage,
            "spec": dict(self.spec),
            "spec_digest": self.spec_digest,
            "standards": list(self.standards),
            "nodes": [node.as_json() for node in self.nodes],
        }

    def to_bytes(self) -> bytes:
        """The plan as JSON in one spelling, the keys of the spec in their order, with a final newline."""
        return ordered_json(self.as_json()) + b"\n"

    @property
    def digest(self) -> str:
        """The digest of `to_bytes`: the plan's identity."""
        return digest_bytes(self.to_bytes())

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Plan:
        """The plan that `as_json` wrote."""
        nodes = tuple(Node.from_json(node) for node in data["nodes"])
        return Plan(data["name"], data["stage"], data["spec"], tuple(data["standards"]), nodes)

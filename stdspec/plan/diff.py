"""How two plans differ: nodes that came, went and changed, and the leaves of their specs with where each is written."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from stdspec.compose.difference import Change, Side, difference
from stdspec.paths import dotted
from stdspec.plan.model import Node, Plan


class Altered(Struct, frozen=True):
    """A node that both plans have, and the parts in which it differs, such as ``config`` and ``inputs``."""

    node: str
    parts: tuple[str, ...]


class Differences(Struct, frozen=True):
    """What differs from one plan to another.

    Attributes:
        specs: the digests of both specs.
        names: the names of both plans.
        stages: their stages.
        added: the ids of the nodes that only the second has.
        removed: the ids of the nodes that only the first has.
        changed: the nodes of both that are not the same.
        leaves: the leaves of the specs that differ; the place of each is in `layer`.
    """

    specs: tuple[str, str]
    names: tuple[str, str]
    stages: tuple[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Altered, ...]
    leaves: tuple[Change, ...]

    @property
    def none(self) -> bool:
        """Whether the plans mean the same."""
        same = all(one == other for one, other in (self.specs, self.names, self.stages))
        return same and not (self.added or self.removed or self.changed)


_PARTS: Final = ("kind", "run", "inputs", "output", "config_digest", "resources", "determinism")
"""What of a node is compared; where its values are written makes no difference."""

_CALLED: Final = {"config_digest": "config", "run": "function"}


def compare(one: Plan, other: Plan) -> Differences:
    """The differences from one plan to another, nodes in the order of their plan."""
    before, after = ({node.id: node for node in plan.nodes} for plan in (one, other))
    both = [(before[name], node) for name, node in after.items() if name in before]
    altered = (Altered(new.id, parts) for old, new in both if (parts := _parts(old, new)))
    return Differences(
        specs=(one.spec_digest, other.spec_digest),
        names=(one.name, other.name),
        stages=(one.stage, other.stage),
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(altered),
        leaves=tuple(difference(_side(one), _side(other))),
    )


def _parts(old: Node, new: Node) -> tuple[str, ...]:
    return tuple(_CALLED.get(part, part) for part in _PARTS if getattr(old, part) != getattr(new, part))


def _side(plan: Plan) -> Side:
    places: dict[str, str] = {}
    for node in plan.nodes:
        places.update(node.origins)
    return Side(dict(plan.spec), lambda path: (None, places.get(dotted(path))))

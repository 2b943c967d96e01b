"""The tree that a defaults walk grows, and the configs to merge that are read off it in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from stdspec.compose.default import Default
from stdspec.compose.refusal import refuse
from stdspec.compose.repository import ConfigFile

NO_CONFIG: Final = "_dummy_empty_config_"
"""What Hydra calls the primary config where none is named; nothing of it is merged."""


class Node(Struct):  # not frozen: the tree grows below it
    """A default and what its file's defaults list selects; None where the file has no defaults list.

    Attributes:
        depth: how many configs selected one another to get here.
    """

    default: Default
    parent: Node | None = None
    depth: int = 0
    file: ConfigFile | None = None
    children: list[Node] | None = None

    def below(self, default: Default) -> Node:
        """A node for what this node's file selects."""
        return Node(default, self, self.depth + 1)


class Step(Struct, frozen=True):
    """One config to merge: the file, where it goes, and who chose it."""

    default: Default
    file: ConfigFile
    package: str
    is_self: bool = False


def steps_of(node: Node) -> Iterator[Step]:
    """The configs at and below a node in the order in which they are merged."""
    if node.children:
        for child in node.children:
            yield from steps_of(child)
        return
    default = node.default
    owner = node.parent if default.is_self else node
    if default.dropped or default.missing or default.name is None or owner is None or owner.file is None:
        return
    if owner.default.config_path != NO_CONFIG:
        yield Step(owner.default, owner.file, owner.default.final_package(), default.is_self)


def refuse_doubles(steps: Sequence[Step]) -> None:
    """Refuses a choice of the same group for the same package that is merged twice.

    Raises:
        Refused: at the second one.
    """
    seen: set[str] = set()
    for step in steps:
        if step.is_self or step.default.group is None:
            continue
        if step.default.key in seen:
            message = f"{step.default.key} stands more than once in the final defaults list"
            raise refuse(message, step.default.choice.span, "keep one of them")
        seen.add(step.default.key)

"""The schema of a Hydra defaults list: any entry that Hydra reads, with the shipped groups and options on offer."""

from __future__ import annotations

from typing import Final

from stdspec import resources
from stdspec.validate.export.walk import Node

_SELF: Final = "_self_"
_PREFIXES: Final = ("", "/", "override /")


def groups() -> dict[str, list[str]]:
    """The shipped config groups, ``data/splits`` for a nested one, each with its options."""
    root = resources.conf()
    found: dict[str, list[str]] = {}
    for file in sorted(root.rglob("*.yaml")):
        if file.parent != root:
            found.setdefault(file.parent.relative_to(root).as_posix(), []).append(file.stem)
    return found


def of_group(group: str) -> Node:
    """The defaults list of an option of a group: other options of it, and of the groups below it."""
    shipped = groups()
    below = {
        name.removeprefix(f"{group}/"): options for name, options in shipped.items() if name.startswith(f"{group}/")
    }
    return _defaults(
        [*shipped.get(group, ()), _SELF], below | {f"/{name}": options for name, options in shipped.items()}
    )


def of_root(words: tuple[str, ...]) -> Node:
    """The defaults list of a primary or an experiment; its plain entries are most often the given words."""
    shipped = {name: options for name, options in groups().items() if name not in ("experiment", "stdspec")}
    choices = {f"{prefix}{name}": options for prefix in _PREFIXES for name, options in shipped.items()}
    return _defaults([*words, _SELF], choices)


def _defaults(words: list[str], choices: dict[str, list[str]]) -> Node:
    chosen = {name: _option(name, options) for name, options in choices.items()}
    choice: Node = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": chosen,
        "additionalProperties": {"type": ["string", "array", "null"]},
    }
    return {
        "description": "Hydra's defaults list: which files this one is composed of, in order; a later entry wins, and "
        "_self_ is this file.",
        "type": "array",
        "items": {"anyOf": [{"enum": words}, {"type": "string"}, choice]},
    }


def _option(name: str, options: list[str]) -> Node:
    group = name.removeprefix("override ").removeprefix("/")
    return {
        "description": f"The option of the group {group}: a file of conf/{group}, yours or a shipped one.",
        "anyOf": [{"enum": options}, {"type": ["string", "array", "null"]}],
    }

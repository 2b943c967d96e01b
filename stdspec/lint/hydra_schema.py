"""The keys that Hydra takes below `hydra:`, read from the source of the installed Hydra, which is never imported.

Decides where that schema is open: a mapping of any keys, a list, or what a plugin fills in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from stdspec.compose.repository import installed_folder

_TOP: Final = "HydraConf"
_OPTIONAL: Final = "Optional"


class Keys(Struct, frozen=True):
    """The keys of a closed mapping.

    Attributes:
        names: every key it takes; those that are closed mappings themselves with their keys, the others with None.
    """

    names: Mapping[str, Keys | None] = field(default_factory=dict)


def known() -> Keys | None:
    """The keys below `hydra:`; None where Hydra is not installed, or not as source that can be read."""
    folder = installed_folder("hydra.conf")
    return read(Path(folder)) if folder else None


@cache
def read(folder: Path) -> Keys | None:
    """The keys below `hydra:` by the package `hydra.conf` in a folder.

    The groups that Hydra keeps in files there, such as `hydra/env`, are keys as well, and open.
    """
    try:
        tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if _TOP not in classes:
        return None
    top = _keys(classes[_TOP], classes)
    groups = {path.name: None for path in sorted((folder / "hydra").glob("*")) if path.is_dir()}
    return Keys({**groups, **top.names})


def _keys(node: ast.ClassDef, seen: Mapping[str, ast.ClassDef]) -> Keys:
    inner = {item.name: item for item in node.body if isinstance(item, ast.ClassDef)}
    classes = {name: item for name, item in {**seen, **inner}.items() if item is not node}
    return Keys({name: _keys(classes[kind], classes) if kind in classes else None for name, kind in _fields(node)})


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The fields of a dataclass, each with the name of its type; an optional type counts as the type it may be."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield item.target.id, _type(item.annotation)


def _type(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Subscript) and _named(annotation.value) == _OPTIONAL:
        return _type(annotation.slice)
    if isinstance(annotation, ast.BinOp):  # X | None
        return _type(annotation.left)
    return _named(annotation)


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""

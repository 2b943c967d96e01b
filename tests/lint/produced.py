"""Finds in the source which function produces which code about form."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import stdspec
from stdspec.codes import SLUGS

ROOT = Path(stdspec.__file__).parent
_MANUAL = (ROOT / "lint" / "rules", ROOT / "codes.py")
_LOOKS = (ast.AnnAssign, ast.Compare, ast.Dict, ast.Set, ast.Subscript)
"""Where a code is looked at or listed, and not produced."""


@cache
def producers() -> dict[str, set[str]]:
    """Every code to the functions that produce it, as ``module:function``."""
    found: dict[str, set[str]] = {code: set() for code in SLUGS}
    for path in sorted(ROOT.rglob("*.py")):
        if any(path == place or place in path.parents for place in _MANUAL):
            continue
        module = ".".join(("stdspec", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for code, name in _in_scope(ast.parse(path.read_text(encoding="utf-8")), ""):
            found[code].add(f"{module}:{name}")
    return found


def _in_scope(node: ast.AST, scope: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant):
            if child.value in SLUGS and not isinstance(node, _LOOKS):
                yield child.value, scope
        elif isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield from _in_scope(child, f"{scope}.{child.name}".lstrip("."))
        elif not scope and isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            yield from _in_scope(child, child.target.id)
        else:
            yield from _in_scope(child, scope)

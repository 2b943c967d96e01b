"""What Lightning's Trainer takes, read from its installed source without importing it."""

from __future__ import annotations

import ast
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from stdspec.lint.arguments import Arguments, taken
from stdspec.lint.target import parsed


@cache
def takes() -> Arguments | None:
    """The keyword arguments of `lightning.Trainer`, or None where Lightning is not installed or cannot be read."""
    spec = PathFinder.find_spec("lightning")
    if spec is None or not spec.origin:
        return None
    tree = parsed(Path(spec.origin).parent / "pytorch" / "trainer" / "trainer.py")
    if isinstance(tree, str):
        return None
    trainer = next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Trainer"), None)
    for node in trainer.body if trainer is not None else ():
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return taken(node, bound=True)
    return None

"""What the class or function behind a `_target_` takes by keyword, as its source says."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from stdspec.lint.target import MAX_HOPS, Found, names_of, resolve


class Arguments(Struct, frozen=True):
    """What a class or function takes by keyword.

    Attributes:
        names: the names it takes, in order.
        required: those without a default.
        open_ended: whether it takes any other, too.
    """

    names: tuple[str, ...]
    required: frozenset[str]
    open_ended: bool


def arguments(found: Found, name: str, roots: Sequence[Path]) -> Arguments | None:
    """What the thing at a dotted name takes by keyword, or None when its source does not tell."""
    for _ in range(MAX_HOPS):
        node, module = found.definition, found.module
        if node is None or module is None:
            return None
        if not isinstance(node, ast.ClassDef):
            return taken(node, bound=False)
        own_init = names_of(node.body).get("__init__")
        if isinstance(own_init, ast.FunctionDef) and not _overloaded(own_init):
            return taken(own_init, bound=True)
        if own_init is not None or node.decorator_list or node.keywords or len(node.bases) != 1:
            return None
        base = _dotted(node.bases[0])
        prefix = name.rsplit(".", 1)[0]
        if base is None:
            return None
        name = f"{prefix}.{base}"
        found = resolve(name, roots)
    return None


def _overloaded(node: ast.FunctionDef) -> bool:
    """Whether a wrapper stands between the caller and the signature."""
    return bool(node.decorator_list)


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)) is not None:
        return f"{base}.{node.attr}"
    return None


def taken(node: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> Arguments:
    """What a function takes by keyword; a bound one without its first argument."""
    positional = node.args.args[1:] if bound and not node.args.posonlyargs else node.args.args
    without = len(positional) - len(node.args.defaults)
    required = {item.arg for item in positional[: max(0, without)]}
    required |= {
        item.arg for item, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if default is None
    }
    names = tuple(item.arg for item in (*positional, *node.args.kwonlyargs))
    return Arguments(names, frozenset(required), node.args.kwarg is not None)

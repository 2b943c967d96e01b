"""Whether an own class derives from a class of a library, as the sources of the project alone tell."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from stdspec.lint.target import MAX_HOPS, meant, own, resolve

_LIGHTNING: Final = frozenset({"lightning", "pytorch_lightning"})


def is_lightning_module(name: str, roots: Sequence[Path], hops: int = 0) -> bool:
    """Whether the class at a dotted name is seen to be a `LightningModule`.

    Args:
        name: the dotted name, such as ``acme.nets.Net``.
        roots: the folders of the project's own code.
        hops: how many bases led here.
    """
    found = resolve(name, roots, guess=False)
    if hops > MAX_HOPS or found.module is None or not isinstance(found.definition, ast.ClassDef):
        return False
    for base in found.definition.bases:
        full = meant(ast.unparse(base), found.module, roots)
        if full is None:
            continue
        top, _, rest = full.partition(".")
        if top in _LIGHTNING and rest.rpartition(".")[2] == "LightningModule":
            return True
        if own(full, roots) and is_lightning_module(full, roots, hops + 1):
            return True
    return False

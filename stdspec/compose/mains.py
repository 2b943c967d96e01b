"""The configs that a project's own programs name: ``@hydra.main(config_path=…, config_name=…)``.

The Python files are parsed and never run; only what is written as a plain text is taken.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.finding import Span
from stdspec.paths import contents
from stdspec.source.python import syntax_tree

SKIPPED: Final = frozenset(
    ("__pycache__", "node_modules", "outputs", "multirun", "site-packages", "venv", "env", "build", "dist")
)
"""Folders that hold no source of the project."""

_MARKS: Final = (".git", "pyproject.toml", "stdspec.toml", "setup.py", "setup.cfg", "requirements.txt")
"""What stands at the root of a project."""

_CODE_STARTS: Final = ("config_name", "config_path", "hydra.main", "initialize")
_STARTS: Final = {"hydra.main": 2, "main": 2, "hydra.initialize": 3, "initialize": 3}
"""The calls that start Hydra with a folder, and which of their arguments is the version base."""

MAX_FILES: Final = 5_000
_WORD: Final = r"[A-Za-z_][\w-]*"
_CODE_REGISTERS: Final = ("ConfigStore", "SearchPathPlugin", "ConfigSource")


class Start(Struct, frozen=True):
    """A call with which a program starts Hydra: ``@hydra.main(…)``, ``initialize(…)``.

    Attributes:
        folder: the config folder it names, absolute.
        version: its ``version_base`` as written; None when it has none.
        span: where the call stands.
    """

    folder: str
    version: str | None
    span: Span


class Programs(Struct, frozen=True):
    """What the Python files of a project say about its configs.

    Attributes:
        primaries: folder and name of every primary config that a program names.
        seen: whether there is any Python file at all.
        registers: whether a program registers configs or search paths in code, where no file shows them.
        starts: the calls that name a config folder, those left out whose ``version_base`` is computed or None.
        words: every word in those that speak of Hydra; what none of them says, no call of `compose` names.
    """

    primaries: frozenset[tuple[str, str]] = frozenset()
    seen: bool = False
    registers: bool = False
    starts: tuple[Start, ...] = ()
    words: frozenset[str] = frozenset()


def programs(root: str | os.PathLike[str]) -> Programs:
    """What the Python files of a project say.

    Args:
        root: the project's root, or a folder of configs in a project that has no settings.
    """
    full = Path(os.path.abspath(root))
    marked = (folder for folder in (full, *full.parents) if any((folder / name).exists() for name in _MARKS))
    return _programs(str(next(marked, full)))


@lru_cache(maxsize=16)
def _programs(root: str) -> Programs:
    primaries: set[tuple[str, str]] = set()
    words: set[str] = set()
    starts: list[Start] = []
    seen = registers = False
    for number, path in enumerate(_python_files(root)):
        if number == MAX_FILES:
            break
        seen = True
        try:
            text = contents(path).decode("utf-8", "replace")
        except OSError:
            continue
        if "hydra" not in text:
            continue
        words.update(re.findall(_WORD, text))
        registers = registers or any(word in text for word in _CODE_REGISTERS)
        if any(word in text for word in _CODE_STARTS):
            tree = _tree(text)
            primaries.update(_primaries(tree, path))
            starts.extend(_starts(tree, path))
    return Programs(frozenset(primaries), seen, registers, tuple(starts), frozenset(words))


def _python_files(root: str) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        if "pyvenv.cfg" in files:
            names.clear()
            continue
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in SKIPPED)
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))


def _tree(text: str) -> ast.Module:
    """The parsed file; an empty one for what is no Python."""
    try:
        return syntax_tree(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _starts(tree: ast.Module, path: Path) -> Iterator[Start]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        position = _STARTS.get(_named(call.func))
        folder = _argument(call, 0, "config_path")
        if position is None or folder is None or "://" in folder or any(item.arg is None for item in call.keywords):
            continue
        version = _argument(call, position, "version_base")
        given = len(call.args) > position or any(item.arg == "version_base" for item in call.keywords)
        if version is not None or not given:
            end = (call.end_lineno or call.lineno, (call.end_col_offset or call.col_offset) + 1)
            span = Span(str(path), call.lineno, call.col_offset + 1, *end)
            yield Start(os.path.normpath(path.parent / folder), version, span)


def _primaries(tree: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and _named(call.func) in ("hydra.main", "main"):
                folder, name = (
                    _argument(call, index, word) for index, word in enumerate(("config_path", "config_name"))
                )
                if name is not None and folder is not None and "://" not in folder:
                    yield os.path.normpath(path.parent / folder), name.removesuffix(".yaml")


def _named(node: ast.expr) -> str:
    """The dotted name that an expression is, or nothing."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(names))) if isinstance(node, ast.Name) else ""


def _argument(call: ast.Call, index: int, word: str) -> str | None:
    given = next((item.value for item in call.keywords if item.arg == word), None)
    if given is None and index < len(call.args):
        given = call.args[index]
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None

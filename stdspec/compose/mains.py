"""The configs that a project's own programs name: ``@hydra.main(config_path=…, config_name=…)``.

The Python files are parsed and never run; only what is written as a plain text is taken.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

SKIPPED: Final = frozenset(
    ("__pycache__", "node_modules", "outputs", "multirun", "site-packages", "venv", "env", "build", "dist")
)
"""Folders that hold no source of the project."""

_MARKS: Final = (".git", "pyproject.toml", "stdspec.toml", "setup.py", "setup.cfg", "requirements.txt")
"""What stands at the root of a project."""

MAX_FILES: Final = 5_000
_CODE_REGISTERS: Final = ("ConfigStore", "SearchPathPlugin", "ConfigSource")


@dataclass(frozen=True, slots=True)
class Programs:
    """What the Python files of a project say about its configs.

    Attributes:
        primaries: folder and name of every primary config that a program names.
        seen: whether there is any Python file at all.
        registers: whether a program registers configs or search paths in code, where no file shows them.
    """

    primaries: frozenset[tuple[str, str]] = frozenset()
    seen: bool = False
    registers: bool = False


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
    seen = registers = False
    for number, path in enumerate(_python_files(root)):
        if number == MAX_FILES:
            break
        seen = True
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if "hydra" not in text:
            continue
        registers = registers or any(word in text for word in _CODE_REGISTERS)
        if "config_name" in text:
            primaries.update(_primaries(text, path))
    return Programs(frozenset(primaries), seen, registers)


def _python_files(root: str) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        if "pyvenv.cfg" in files:
            names.clear()
            continue
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in SKIPPED)
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))


def _primaries(text: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("hydra.main", "main"):
                folder, name = (
                    _argument(call, index, word) for index, word in enumerate(("config_path", "config_name"))
                )
                if name is not None and folder is not None and "://" not in folder:
                    yield os.path.normpath(path.parent / folder), name.removesuffix(".yaml")


def _argument(call: ast.Call, index: int, word: str) -> str | None:
    given = next((item.value for item in call.keywords if item.arg == word), None)
    if given is None and index < len(call.args):
        given = call.args[index]
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None

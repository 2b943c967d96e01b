"""The digest of the code that a node runs: every source file that its module reaches by import, read but not imported.

A file counts when it is part of the same package, of the project, or of a package that is installed in place; for any
other package its version stands.

A source counts by what it says to Python, its syntax tree: comments and layout change no key, docstrings do, because a
program can read them. Imports are taken from the tree, wherever in a file they stand. A text that reads
``package.module`` or ``package.module:function`` of the same package counts as an import, because tables name what they
load lazily so.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import MsgspecError, Raw, Struct
from msgspec import json as msgspec_json

from stdspec import installed, whole
from stdspec.digest import digest, digest_bytes
from stdspec.plan import loaded

_NAMED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?")

_OURS: Final = __name__.partition(".")[0]


class Reach(Struct, frozen=True):
    """What a module reaches by import.

    Attributes:
        files: module name to the digest of its syntax tree, for each source that counts.
        foreign: the top-level names of everything else that is imported.
    """

    files: dict[str, str]
    foreign: frozenset[str]

    @property
    def digest(self) -> str:
        """The digest over all files."""
        return digest(self.files)


class _Source(Struct, frozen=True):
    """What is known of one source: the digest of its syntax tree, and what it imports."""

    digest: str
    imports: tuple[str, ...]


def reach(modules: Iterable[str], roots: tuple[Path, ...] = ()) -> Reach:
    """Everything that some modules of one or more packages reach, without importing any of it.

    Args:
        modules: dotted module names; one that cannot be found is passed over.
        roots: folders in which packages are looked for before the import path.
    """
    waiting, files, foreign = list(modules), dict[str, str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in files:
            continue
        path = locate(name, roots)
        if path is None:
            continue
        source = _read(path, name)
        files[name] = source.digest
        waiting.extend(_packages(name))
        top = name.partition(".")[0]
        for other in source.imports:
            if other.partition(".")[0] == top or (top != _OURS and _is_source(other, roots)):
                waiting.append(other)
            else:
                foreign.add(other.partition(".")[0])
    return Reach(dict(sorted(files.items())), frozenset(foreign))


def _is_source(name: str, roots: tuple[Path, ...]) -> bool:
    """Whether what own code imports counts by its source: it lies in the project, or is installed in place."""
    if _within(roots, name) is not None:
        return True
    top = name.partition(".")[0]
    return top != _OURS and top not in sys.stdlib_module_names and locate(name) is not None and not is_installed(name)


def reach_of_stdspec(module: str) -> Reach:
    """What a module reaches, found once for each state of stdspec's code; of any other package it is found anew."""
    if module.partition(".")[0] != _OURS or installed.code() is None:
        return reach([module])
    if module not in _REACHED:
        _REACHED[module] = reach([module])
    return _REACHED[module]


def module_of(target: str, roots: tuple[Path, ...] = ()) -> str | None:
    """The module that holds a dotted name such as ``acme.nets.Net``: its longest prefix that is a source file."""
    parts = target.partition(":")[0].split(".")
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        if locate(name, roots) is not None:
            return name
    return None


def is_installed(module: str, roots: tuple[Path, ...] = ()) -> bool:
    """Whether a module belongs to an installed package, whose version stands for its files."""
    path = locate(module, roots)
    return path is not None and not {"site-packages", "dist-packages"}.isdisjoint(path.parts)


def locate(module: str, roots: tuple[Path, ...] = ()) -> Path | None:
    """The source file of a module, or None. Nothing is imported, not even a parent package."""
    found = _within(roots, module)
    return found if found is not None else _within(_installed(module.partition(".")[0]), module)


def _within(bases: Iterable[Path], module: str) -> Path | None:
    """The source file of a module in the first of some folders that has one."""
    for base in bases:
        path = base.joinpath(*module.split("."))
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                return file
    return None


@cache
def _installed(top: str) -> tuple[Path, ...]:
    """The folders on the import path that hold a top-level package or module."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return ()
    if spec is None:
        return ()
    if spec.submodule_search_locations:
        return tuple(Path(folder).parent for folder in spec.submodule_search_locations)
    return (Path(spec.origin).parent,) if spec.origin and spec.has_location else ()


def _packages(module: str) -> Iterator[str]:
    """The packages around a module: Python executes their ``__init__`` first."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


class _Kept(Struct, frozen=True):
    """What a later process is left: the answers as JSON, their digest, and what all of them depend on."""

    form: str
    digest: str
    answers: Raw


class _Answers(Struct, frozen=True):
    """What is known of sources, and what the modules of stdspec reach while its code is in this state."""

    known: dict[str, _Source]
    code: str | None
    reached: dict[str, Reach]


_KNOWN: dict[str, _Source] = {}
"""What is known of sources, by the digest of their bytes, their module and its package."""

_REACHED: dict[str, Reach] = {}
"""What modules of stdspec reach, in the state of its code that this process found."""


def recall(file: Path) -> int:
    """Take over what an earlier process found out about sources, so that they need not be parsed again.

    Returns:
        How much is known now, for `keep`.
    """
    with suppress(OSError, MsgspecError):  # unreadable or foreign: everything is parsed again
        kept = msgspec_json.decode(file.read_bytes(), type=_Kept)
        if kept.form == _form() and kept.digest == digest_bytes(bytes(kept.answers)):
            answers = msgspec_json.decode(kept.answers, type=_Answers)
            _KNOWN.update(answers.known)
            if answers.code is not None and answers.code == installed.code():
                _REACHED.update(answers.reached)
    return len(_KNOWN) + len(_REACHED)


def keep(file: Path, recalled: int) -> None:
    """Leave what is known for a later process, when it has grown; a folder that cannot be written is passed over."""
    if len(_KNOWN) + len(_REACHED) == recalled:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        known, reached = dict(sorted(_KNOWN.items())), dict(sorted(_REACHED.items()))
        answers = msgspec_json.encode(_Answers(known, installed.code(), reached))
        whole.write(file, msgspec_json.encode(_Kept(_form(), digest_bytes(answers), Raw(answers))))


@cache
def _form() -> str:
    """What the answers depend on besides the sources: this module, and Python, whose grammar reads them."""
    return digest([digest_bytes(Path(__file__).read_bytes()), sys.version])


@cache
def _read(path: Path, module: str) -> _Source:
    """What is known of one source file."""
    found = _now(path, module)
    if module.partition(".")[0] != _OURS:
        loaded.read(module, path, found.digest)
    return found


def _now(path: Path, module: str) -> _Source:
    """What is known of a source file as it is now."""
    data = path.read_bytes()
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    key = digest([digest_bytes(data), module, package])
    if key not in _KNOWN:
        _KNOWN[key] = _parsed(data, module.partition(".")[0], package)
    return _KNOWN[key]


def digest_now(path: Path, module: str) -> str:
    """The digest of a source as it is now; what this process read of it before does not count.

    Raises:
        OSError: when it cannot be read.
    """
    return _now(path, module).digest


def _parsed(data: bytes, top: str, package: str) -> _Source:
    """What one source says; a file that is no Python imports nothing, and counts by its bytes."""
    try:
        tree = _tree(data)
        meaning = digest_bytes(ast.dump(tree).encode("utf-8", "surrogatepass"))
    except (SyntaxError, ValueError, RecursionError):
        return _Source(digest_bytes(data), ())
    return _Source(meaning, tuple(sorted({name for name in _imports(tree, package, top) if name})))


def _tree(data: bytes) -> ast.Module:
    """The syntax tree. Comments that state types are kept: TorchScript reads them."""
    try:
        tree = ast.parse(data, type_comments=True)
    except SyntaxError:  # a comment that only looks like one
        tree = ast.parse(data)
    tree.type_ignores = []  # they hold line numbers
    return tree


def _imports(tree: ast.AST, package: str, top: str) -> Iterator[str]:
    """Every dotted name that may be a module: what is imported, and what texts name inside the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            yield base
            for alias in node.names:
                yield f"{base}.{alias.name}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.startswith(f"{top}.") and _NAMED.fullmatch(text):
                yield text.partition(":")[0]


def _base(node: ast.ImportFrom, package: str) -> str:
    """The absolute name of what ``from … import`` imports from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)

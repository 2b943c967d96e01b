"""The digest of the code that a node runs: every source file that its module reaches by import, read but not imported.

Imports are taken from the syntax tree, wherever in a file they stand. A text that reads ``package.module`` or
``package.module:function`` of the same package counts as an import, because tables name what they load lazily so.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from msgspec import Struct

from stdspec import whole
from stdspec.digest import digest, digest_bytes

_NAMED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?")


class Reach(Struct, frozen=True):
    """What a module reaches by import.

    Attributes:
        files: module name to the digest of its source, for the modules of the same top-level package.
        foreign: the top-level names of everything else that is imported.
    """

    files: dict[str, str]
    foreign: frozenset[str]

    @property
    def digest(self) -> str:
        """The digest over all files."""
        return digest(self.files)


class _Source(Struct, frozen=True):
    digest: str
    inside: tuple[str, ...]
    foreign: tuple[str, ...]


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
        foreign.update(source.foreign)
        waiting.extend(_packages(name))
        waiting.extend(source.inside)
    return Reach(dict(sorted(files.items())), frozenset(foreign))


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
    parts = module.split(".")
    for base in (*roots, *_installed(parts[0])):
        path = base.joinpath(*parts)
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


_KNOWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
"""What sources import, inside and outside of their package, by the digest of the source and its package."""


def recall(file: Path) -> int:
    """Take over what an earlier process found out about sources, so that they need not be parsed again.

    Returns:
        How many sources are known now, for `keep`.
    """
    with suppress(OSError, ValueError, TypeError, AttributeError):  # unreadable or foreign: everything is parsed again
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept.get("form") == _form():
            _KNOWN.update((key, (tuple(inside), tuple(foreign))) for key, (inside, foreign) in kept["known"].items())
    return len(_KNOWN)


def keep(file: Path, recalled: int) -> None:
    """Leave what is known for a later process, when it has grown; a folder that cannot be written is passed over."""
    if len(_KNOWN) == recalled:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        whole.write(file, json.dumps({"form": _form(), "known": _KNOWN}, sort_keys=True).encode("utf-8"))


@cache
def _form() -> str:
    """What the answers depend on besides the sources: this module, and Python, whose grammar reads them."""
    return digest([digest_bytes(Path(__file__).read_bytes()), sys.version])


@cache
def _read(path: Path, module: str) -> _Source:
    """One source file's digest and what it imports."""
    data = path.read_bytes()
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    key = digest([digest_bytes(data), module, package])
    if key not in _KNOWN:
        _KNOWN[key] = _parsed(data, module.partition(".")[0], package)
    return _Source(digest_bytes(data), *_KNOWN[key])


def _parsed(data: bytes, top: str, package: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a source imports inside and outside of its package; a file that is no Python imports nothing."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return (), ()
    inside, foreign = set[str](), set[str]()
    for name in _imports(tree, package, top):
        if name.partition(".")[0] == top:
            inside.add(name)
        else:
            foreign.add(name.partition(".")[0])
    return tuple(sorted(inside)), tuple(sorted(foreign))


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

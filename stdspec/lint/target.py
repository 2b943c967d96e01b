"""Finds what a `_target_` names in source code, without importing anything.

Own code is looked for under the project's source roots, anything else where Python would find it. What cannot be read
(a package that is not installed, a compiled module, a name made at run time) is "not checked", never a fault.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.paths import contents
from stdspec.settings import Settings
from stdspec.source.python import syntax_tree
from stdspec.suggest import nearest

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
MAX_HOPS: Final = 12
"""How many imports are followed from one name to its definition."""
_LONGEST: Final = 200
"""Bytes in the name of a module; file systems take little more, and raise."""


class Found(Struct, frozen=True):
    """What a dotted name leads to.

    Attributes:
        definition: the class or function, when its source was read.
        module: the source file in which it stands.
        fault: why there is no such thing; None when there is, or when it was not checked.
        unchecked: why it was not checked, or None.
        meant: the dotted name that was probably meant; empty where none is near.
    """

    definition: Definition | None = None
    module: Path | None = None
    fault: str | None = None
    unchecked: str | None = None
    meant: str = ""


def search_path(settings: Settings) -> tuple[Path, ...]:
    """The folders in which the project's own code is found."""
    return tuple((settings.root / root).resolve() for root in settings.source_roots)


def is_name(name: str) -> bool:
    """Whether a text has the form of a dotted name; anything else could lead to files out of the source roots."""
    return all(part.isidentifier() for part in name.split("."))


def resolve(name: str, roots: Sequence[Path], hops: int = 0, *, guess: bool = True) -> Found:
    """What a dotted name leads to, through packages, modules and imports.

    Args:
        name: the dotted name, such as ``acme.nets.Net``.
        roots: the folders of the project's own code.
        hops: how many imports led here.
        guess: whether to say what was probably meant, which takes most of the time.
    """
    return _resolved(name, tuple(roots), hops, guess)


@lru_cache(maxsize=16384)
def _resolved(name: str, roots: tuple[Path, ...], hops: int, guess: bool) -> Found:
    """Specs name the same few things again and again, and three rules ask for each."""
    if hops > MAX_HOPS:
        return Found(unchecked=f"'{name}' is imported over too many modules to follow")
    top, *rest = name.split(".")
    if not is_name(name):
        return Found(fault=f"'{name}' is no dotted name; write it as in an import, such as acme.nets.Net")
    where = _top(top, roots)
    if where is None:
        return Found(unchecked=f"there is no package '{top}' here, so '{name}' is not checked")
    module, package = where, top
    while rest and module.name == "__init__.py" and (below := _submodule(module.parent, rest[0])) is not None:
        module, package, rest = below, f"{package}.{rest[0]}", rest[1:]
    if module.suffix != ".py":
        return Found(unchecked=f"'{package}' is compiled, so '{name}' is not checked")
    if not rest:
        return Found(fault=f"'{name}' is a module; name a class in it")
    return _in_module(module, package, rest, roots, hops, guess)


def own(name: str, roots: Iterable[Path]) -> bool:
    """Whether the first part of a dotted name is a module or package of the project."""
    return any(_submodule(root, name.split(".")[0]) is not None for root in roots)


def meant(name: str, module: Path, roots: Iterable[Path]) -> str | None:
    """The whole dotted name behind a name that a module of the project uses; None where it is bound otherwise."""
    root = next((root for root in roots if module.is_relative_to(root)), None)
    if root is None:
        return None
    inside = module.relative_to(root).with_suffix("")
    package = ".".join(inside.parts[:-1] if inside.name == "__init__" else inside.parts)
    first, *rest = name.split(".")
    node = _bound(module).get(first)
    if isinstance(node, ast.ImportFrom | ast.Import):
        return ".".join((_imported(node, first, package, module), *rest))
    return f"{package}.{name}" if isinstance(node, ast.ClassDef) else None


@lru_cache(maxsize=256)
def _top(name: str, roots: tuple[Path, ...]) -> Path | None:
    for root in roots:
        if (found := _submodule(root, name)) is not None:
            return found
    spec = PathFinder.find_spec(name)
    if spec is None:
        return None
    if spec.origin:
        return Path(spec.origin)
    folders = list(spec.submodule_search_locations or ())
    return Path(folders[0]) / "__init__.py" if folders else None


def _submodule(folder: Path, name: str) -> Path | None:
    """The file of a module or the `__init__.py` of a package; that of a package without one need not exist."""
    if len(os.fsencode(name)) > _LONGEST:
        return None
    found = _listed(os.fspath(folder))
    package, module = folder / name, f"{name}.py"
    if name in found and (package / "__init__.py").is_file():
        return package / "__init__.py"
    if module in found and (folder / module).is_file():
        return folder / module
    compiled = next((file for file in found if file.startswith(f"{name}.") and file.endswith(".so")), None)
    if compiled is not None:
        return folder / compiled
    holds_code = name in found and package.is_dir() and (any(package.glob("*.py")) or any(package.glob("*/*.py")))
    return package / "__init__.py" if holds_code else None


def _listed(folder: str) -> dict[str, None]:
    """The names in a folder, sorted; none where there is no such folder."""
    try:
        return _names_in(folder, os.stat(folder).st_mtime_ns)  # noqa: PTH116 - for each part of each name
    except OSError:
        return {}


@lru_cache(maxsize=64)
def _names_in(folder: str, _changed: int) -> dict[str, None]:
    return dict.fromkeys(sorted(os.listdir(folder)))  # noqa: PTH208 - names are asked for, and no paths


def _in_module(module: Path, package: str, rest: list[str], roots: Sequence[Path], hops: int, guess: bool) -> Found:
    tree = parsed(module)
    if isinstance(tree, str):
        return Found(fault=f"'{package}' cannot be read: {tree}", module=module)
    names = _bound(module)
    wanted = rest[0]
    node = names.get(wanted)
    if node is None:
        return _absent(module, package, rest, roots, hops, guess)
    if isinstance(node, ast.ImportFrom | ast.Import):
        source = _imported(node, wanted, package, module)
        return resolve(".".join((source, *rest[1:])), roots, hops + 1, guess=guess)
    for part in rest[1:]:
        inner = names_of(node.body).get(part) if isinstance(node, ast.ClassDef) else None
        if not isinstance(inner, Definition):
            return Found(fault=f"'{wanted}' in '{package}' has no '{part}'", module=module)
        node = inner
    if isinstance(node, Definition):
        return Found(node, module)
    return Found(unchecked=f"'{'.'.join(rest)}' in '{package}' is made at run time and not checked")


def _absent(module: Path, package: str, rest: list[str], roots: Sequence[Path], hops: int, guess: bool) -> Found:
    """A name that a module does not define: it may come from a star import, or from `__getattr__`."""
    open_ended = "__getattr__" in _bound(module)
    for node in _stars(module):
        found = resolve(".".join((_base(node, package, module), *rest)), roots, hops + 1, guess=False)
        if found.definition is not None:
            return found
        open_ended = open_ended or found.unchecked is not None
    if open_ended:
        return Found(unchecked=f"'{rest[0]}' may be made at run time in '{package}' and is not checked")
    hint = nearest(rest[0], _public(module)) if guess else None
    what = "no module" if len(rest) > 1 else "nothing called"
    fact = f"there is {what} '{rest[0]}' in '{package}'"
    if hint is None:
        return Found(fault=fact, module=module)
    meant = "" if hops else ".".join((package, hint, *rest[1:]))  # elsewhere another name is written
    return Found(fault=f"{fact}; did you mean '{package}.{hint}'?", module=module, meant=meant)


@lru_cache(maxsize=256)
def parsed(module: Path) -> ast.Module | str:
    """The syntax tree of a source file, or why it has none."""
    if not module.is_file():
        return ast.Module(body=[], type_ignores=[])
    try:
        return syntax_tree(contents(module))
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (OSError, ValueError) as error:
        return str(error)


@lru_cache(maxsize=256)
def _bound(module: Path) -> dict[str, ast.stmt]:
    """The names that a module binds."""
    tree = parsed(module)
    return {} if isinstance(tree, str) else names_of(tree.body)


@lru_cache(maxsize=256)
def _stars(module: Path) -> tuple[ast.ImportFrom, ...]:
    """The imports by which a module takes over all names of another."""
    tree = parsed(module)
    imports = (node for node in ([] if isinstance(tree, str) else tree.body) if isinstance(node, ast.ImportFrom))
    return tuple(node for node in imports if any(alias.name == "*" for alias in node.names))


@lru_cache(maxsize=256)
def _public(module: Path) -> tuple[str, ...]:
    """What can be meant in a module: its names, and of a package also the modules in it."""
    beside = (path.stem for path in module.parent.glob("*.py")) if module.name == "__init__.py" else ()
    return tuple(name for name in (*_bound(module), *beside) if not name.startswith("_"))


def names_of(body: Sequence[ast.stmt]) -> dict[str, ast.stmt]:
    """The names that statements bind, also below `if` and `try`; the last one wins."""
    found: dict[str, ast.stmt] = {}
    for node in body:
        if isinstance(node, Definition):
            found[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.split(".")[0]: node for alias in node.names if alias.name != "*"}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.If):
            found |= names_of(node.orelse) | names_of(node.body)
        elif isinstance(node, ast.Try):
            found |= names_of([*(item for handler in node.handlers for item in handler.body), *node.orelse, *node.body])
    return found


def _imported(node: ast.ImportFrom | ast.Import, name: str, package: str, module: Path) -> str:
    """The dotted name behind a name that an import binds."""
    alias = next(item for item in node.names if (item.asname or item.name.split(".")[0]) == name)
    if isinstance(node, ast.ImportFrom):
        return f"{_base(node, package, module)}.{alias.name}".lstrip(".")
    return alias.name if alias.asname else name


def _base(node: ast.ImportFrom, package: str, module: Path) -> str:
    """The module that a `from … import` names; a relative one counts from the package that holds the module."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    drop = node.level - 1 if module.name == "__init__.py" else node.level
    kept = parts[: len(parts) - drop] if drop else parts
    return ".".join((*kept, *((node.module,) if node.module else ())))

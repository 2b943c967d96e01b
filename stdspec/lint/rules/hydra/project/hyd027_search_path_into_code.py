"""HYD027: a search path that has code imported while a config is composed, or that names a folder of code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stdspec.finding import Span
from stdspec.lint.config_file import search_path
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import contents
from stdspec.source.python import syntax_tree

_INSTALLED: Final = ("site-packages", "dist-packages")
_PACKAGE: Final = "__init__.py"


def check(project: Project) -> Iterator[Spot]:
    """Entries that name a module, packages whose import runs code, and folders in which code lies beside configs."""
    for file in project.files:
        for text, span in search_path(file):
            if text.startswith("structured://"):
                message = f"{text} imports code while composing; name a folder of YAML files"
                yield Spot(span, message, "hydra.searchpath")
            else:
                folder = project.folder(text)
                if folder is not None and not set(Path(folder).parts) & set(_INSTALLED):
                    yield from _of_folder(text, Path(folder), span)


def _of_folder(text: str, folder: Path, span: Span) -> Iterator[Spot]:
    """What is said of a folder of the project's own: it can be arranged otherwise."""
    if text.startswith("pkg://"):
        depth = text.removeprefix("pkg://").replace("/", ".").strip(".").count(".") + 1
        package = next((parent for parent in (folder, *folder.parents)[:depth] if _runs(parent / _PACKAGE)), None)
        if package is not None:
            message = f"{text} imports {package.name}, whose {_PACKAGE} runs code; leave it empty, or name a folder"
            yield Spot(span, message, "hydra.searchpath", note=True)
    code = next((path.name for path in sorted(folder.glob("*.py")) if path.name != _PACKAGE), None)
    if code is not None:
        message = f"{text} holds code beside its configs ({code}); keep configs in a folder of their own"
        yield Spot(span, message, "hydra.searchpath", note=True)


def _runs(file: Path) -> bool:
    """Whether importing a file does anything but set a constant."""
    try:
        body = syntax_tree(contents(file)).body
    except (OSError, SyntaxError, ValueError):
        return False
    return not all(_quiet(statement) for statement in body)


def _quiet(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and not any(
        isinstance(node, ast.Call) for node in ast.walk(statement)
    )


_LOUD = {
    "libs/acme/__init__.py": "import torch\n",
    "libs/acme/conf/__init__.py": "",
    "libs/acme/conf/db/a.yaml": "x: 1",
}
_PKG = "hydra:\n  searchpath: ['pkg://acme.conf']\n"

RULE = ProjectRule(
    code="HYD027",
    slug="search-path-into-code",
    summary="The search path has code imported while a config is composed, or names a folder of code",
    why="`structured://` imports a module to find its configs, so that reading a config runs code. It cannot be "
    "checked without running it, either. Freeze those configs to YAML and name their folder. `pkg://` imports the "
    "package and all above it: what their `__init__.py` does is paid for, and may fail, whenever anything is composed. "
    "In a folder that holds code as well, every folder of code is a config group for Hydra, and who may add a config "
    "there may add code.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "hydra: {searchpath: [file:///etc/acme]}"}),
        ProjectCase({"conf/config.yaml": "searchpath: ['structured://acme']"}),
        ProjectCase(
            {
                "conf/config.yaml": _PKG,
                **_LOUD,
                "libs/acme/__init__.py": '"""Configs."""\n__version__ = "1.0"\n',
            },
            packages=(("acme", "libs/acme"),),
        ),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "hydra:\n  searchpath: ['structured://acme.conf']\n"},
            "conf/config.yaml:2",
            "structured://acme.conf imports code while composing; name a folder of YAML files",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1\nhydra:\n  searchpath:\n  - structured://acme\n"},
            "conf/config.yaml:4",
            "structured://acme imports code while composing; name a folder of YAML files",
        ),
        ProjectCase(
            {"conf/config.yaml": _PKG, **_LOUD},
            "conf/config.yaml:2",
            "pkg://acme.conf imports acme, whose __init__.py runs code; leave it empty, or name a folder",
            packages=(("acme", "libs/acme"),),
        ),
        ProjectCase(
            {
                "conf/config.yaml": _PKG,
                **_LOUD,
                "libs/acme/__init__.py": "",
                "libs/acme/conf/train.py": "import torch\n",
            },
            "conf/config.yaml:2",
            "pkg://acme.conf holds code beside its configs (train.py); keep configs in a folder of their own",
            packages=(("acme", "libs/acme"),),
        ),
    ),
)

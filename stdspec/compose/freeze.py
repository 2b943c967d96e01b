"""Writes what a module registers in Hydra's ConfigStore as YAML files, which can be read without running code.

The module is imported in a process of its own (`freeze_worker`), and only because the user asked for it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from msgspec import Struct

from stdspec import whole
from stdspec.errors import InputError, RunError
from stdspec.paths import exists, is_file, shown
from stdspec.settings import Settings

_MODULE: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_WORKER: Final = "stdspec.compose.freeze_worker"


class Frozen(Struct, frozen=True):
    """What was written.

    Attributes:
        written: the files that are new or were replaced, in order.
        unchanged: the files that said the same before.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]


def freeze(module: str, folder: Path, settings: Settings, *, force: bool) -> Frozen:
    """Import a module, and write the configs that it stores into the folders of their groups.

    Args:
        module: a dotted name, found in the project's source roots, the working directory or what is installed.
        folder: the folder of the configs.
        settings: the project's settings.
        force: replace files that say something else.

    Raises:
        InputError: for a name that is none, a module that stores nothing, and files that would be overwritten.
        RunError: when the module's code fails.
    """
    if not _MODULE.fullmatch(module):
        raise InputError(f"{module} is no dotted name of a module", remedy="name it as import does, such as acme.conf")
    nodes = _stored(module, settings)
    if not nodes:
        raise InputError(f"{module} was imported and stores no config", remedy="name the module that calls store()")
    texts = {_target(folder, node["path"], module): _text(node, module) for node in nodes}
    there = {path: _content(path) for path in texts if exists(path)}
    other = [path for path, content in there.items() if content != texts[path]]
    if other and not force:
        names = ", ".join(shown(path) for path in other)
        raise InputError(f"nothing was written, for this would overwrite {names}", remedy="write --force to replace it")
    changed = tuple(path for path, text in texts.items() if there.get(path) != text)
    for path in changed:
        _write(path, texts[path])
    return Frozen(changed, tuple(path for path in texts if path not in changed))


def _stored(module: str, settings: Settings) -> list[dict[str, Any]]:
    """What the module stores, as the worker says it."""
    roots = [str(Path(settings.root, root).absolute()) for root in settings.source_roots]
    with TemporaryDirectory(prefix="stdspec-freeze-") as aside:
        answer = Path(aside, "answer.json")
        # What the module prints goes to standard error, so that standard output holds nothing but the result.
        command = [sys.executable, "-P", "-m", _WORKER, str(answer), module, str(Path.cwd()), *roots]
        ended = subprocess.run(command, stdout=2, check=False)  # noqa: S603 - asked for by the user
        if not is_file(answer):
            raise RunError(f"importing {module} ended the process with status {ended.returncode}")
        said: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "missing" in said:
        remedy = "name a module that can be imported from here, or set source-roots in the project's settings"
        raise InputError(f"there is no module {said['missing']}", remedy=remedy)
    if "failed" in said:
        file, line = said["place"] or (None, None)
        place = f"{shown(file)}:{line}" if file else None
        raise RunError(f"importing {module} failed: {said['failed']}", place, "mend the module")
    nodes: list[dict[str, Any]] = said["nodes"]
    return nodes


def _target(folder: Path, name: str, module: str) -> Path:
    """Where a config goes; a name that leads out of the folder is refused."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts:
        raise InputError(f"{module} stores a config under the name {name}, which leads out of the folder")
    return folder.joinpath(*relative.parts)


def _text(node: dict[str, Any], module: str) -> str:
    package = node["package"]
    header = f"# @package {package}\n" if package not in (None, "_group_") else ""
    return f"{header}# Frozen from {module} by stdspec freeze-configstore; the types are not kept.\n{node['yaml']}"


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole.write(path, text.encode("utf-8"), through=False)
    except OSError as error:
        raise InputError(f"this file cannot be written: {error.strerror}", shown(path)) from None

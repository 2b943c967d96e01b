"""Entry points: the files from which a whole spec is composed, found under a path.

An entry point is a primary config (`config*.yaml`, or a file beside the groups with a defaults list), an experiment
over the primary, or a lone spec file. Files in config groups are parts and no entry points.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stdspec import resources
from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError, InputError
from stdspec.paths import exists, is_dir, shown
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.source.reader import read

EXPERIMENT: Final = "experiment"
PRIMARY: Final = "config"
_SKIPPED: Final = frozenset(("__pycache__", "node_modules", "outputs", "multirun", "site-packages"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What to compose: a primary config of a folder, with overrides.

    Attributes:
        config_dir: the folder of the configs, absolute.
        config_name: the primary config.
        overrides: what is chosen on top, such as ``+experiment=digits``.
        file: the file that people edit: the experiment's or the primary's, absolute.
    """

    config_dir: str
    config_name: str
    overrides: tuple[str, ...]
    file: str


def find(path: str | os.PathLike[str], settings: Settings) -> list[Entry]:
    """The entry points under a folder, or of one file; none for a file of a config group.

    Raises:
        InputError: when there is nothing at the path.
    """
    full = Path(os.path.abspath(path))
    if not os.fspath(path):
        raise InputError("the path is empty", remedy="name a file or a folder; . is this one")
    if is_dir(full):
        return list(_in_folder(full, settings))
    if not exists(full):
        raise InputError("there is no such file or folder", place=shown(full), remedy="check the path")
    return list(_of_file(full, settings))


def yaml_files(path: str | os.PathLike[str], settings: Settings) -> list[str]:
    """Every YAML file under a folder, absolute and sorted, or the file itself."""
    full = Path(os.path.abspath(path))
    return [str(file) for file in _below(full, settings)] if is_dir(full) else [str(full)]


def _below(folder: Path, settings: Settings) -> Iterator[Path]:
    yield from _files(folder)
    for child in _folders(folder, settings):
        yield from _below(child, settings)


def _files(folder: Path) -> list[Path]:
    """The YAML files that stand in a folder itself."""
    return sorted(item for item in folder.glob("*.yaml") if not item.name.startswith(".") and item.is_file())


def _folders(folder: Path, settings: Settings) -> list[Path]:
    """The folders in a folder that may hold configs; what runs wrote and links are left out."""
    outputs = settings.root / settings.outputs
    return sorted(
        item
        for item in folder.iterdir()
        if item.is_dir()
        and not item.is_symlink()
        and not item.name.startswith(".")
        and item.name not in _SKIPPED
        and item != outputs
    )


def _document(path: Path) -> Document:
    """The file as read; its faults are for the composition to say."""
    try:
        return parsed_document(str(path))
    except ComposeError:
        return read(path)


def is_primary(path: Path) -> bool:
    """Whether a file has the shape of a primary config: its name says so, or it begins a spec of its own."""
    if path.name.startswith(PRIMARY):
        return True
    document = _document(path)
    if "package" in document.header or not isinstance(document.value, dict):
        return False
    return isinstance(document.value.get("defaults"), list) or "stdspec" in document.value


def _conf_folder(settings: Settings) -> Path:
    return Path(os.path.abspath(settings.root / settings.conf))


def _is_config_root(folder: Path, settings: Settings) -> bool:
    """Whether the folders below are config groups."""
    if folder in (_conf_folder(settings), resources.conf()):
        return True
    return (folder / EXPERIMENT).is_dir() or any(file.name.startswith(PRIMARY) for file in _files(folder))


def _root_above(folder: Path, settings: Settings) -> Path | None:
    """The config root of which `folder` is a group, or None. Nothing is looked for above the project's root."""
    top = Path(os.path.abspath(settings.root))
    for parent in folder.parents if top in folder.parents else ():
        if _is_config_root(parent, settings):
            return parent
        if parent == top:
            break
    return None


def _group_root(folder: Path, settings: Settings) -> Path | None:
    """The config root above a folder that is none itself."""
    return None if _is_config_root(folder, settings) else _root_above(folder, settings)


def _in_folder(folder: Path, settings: Settings) -> Iterator[Entry]:
    root = _group_root(folder, settings)
    if root is not None:
        for file in _below(folder, settings):
            yield from _experiment(file, root)
        return
    yield from (_primary(file) for file in _files(folder) if is_primary(file))
    if not _is_config_root(folder, settings):
        for child in _folders(folder, settings):
            yield from _in_folder(child, settings)
        return
    experiments = folder / EXPERIMENT
    for file in _below(experiments, settings) if experiments.is_dir() else ():
        yield from _experiment(file, folder)
    conf = _conf_folder(settings)
    if conf.parent == folder and conf.is_dir():
        yield from _in_folder(conf, settings)


def _of_file(file: Path, settings: Settings) -> Iterator[Entry]:
    if file.suffix != ".yaml":
        return
    root = _group_root(file.parent, settings)
    if root is not None:
        yield from _experiment(file, root)
    elif is_primary(file) or not _is_config_root(file.parent, settings):
        yield _primary(file)


def _primary(file: Path) -> Entry:
    return Entry(str(file.parent), file.stem, (), str(file))


def _experiment(file: Path, root: Path) -> Iterator[Entry]:
    """The entry point of an experiment's file; nothing for another file below the config root."""
    folder = root / EXPERIMENT
    if folder not in file.parents:
        return
    option = file.relative_to(folder).with_suffix("").as_posix()
    name = primary_of(root)
    plus = "" if _chooses_experiment(root / f"{name}.yaml") else "+"
    yield Entry(str(root), name, (f"{plus}{EXPERIMENT}={option}",), str(file))


def primary_of(root: Path) -> str:
    """The primary over which experiments are composed: `config`, else the folder's first, else the shipped one."""
    if (root / f"{PRIMARY}.yaml").is_file():
        return PRIMARY
    return next((file.stem for file in _files(root) if is_primary(file)), PRIMARY)


def _chooses_experiment(primary: Path) -> bool:
    """Whether a primary's defaults list already chooses an experiment, so that `+` would be one too many."""
    value = _document(primary).value if primary.is_file() else {}
    defaults = value.get("defaults") if isinstance(value, dict) else None
    items = defaults if isinstance(defaults, list) else []
    return any(isinstance(item, dict) and EXPERIMENT in {str(key).split(" ")[-1] for key in item} for item in items)

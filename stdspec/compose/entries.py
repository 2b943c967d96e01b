"""Entry points: the files from which a whole spec is composed, found under a path.

An entry point is a primary config (`config*.yaml`, or a file beside the groups with a defaults list), an experiment
over the primary, or a lone spec file. Files in config groups are parts and no entry points.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec import resources
from stdspec.compose.mains import programs
from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError, InputError
from stdspec.paths import exists, is_dir, shown
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.source.reader import read
from stdspec.suggest import nearest

EXPERIMENT: Final = "experiment"
PRIMARY: Final = "config"
_SKIPPED: Final = frozenset(("__pycache__", "node_modules", "outputs", "multirun", "site-packages"))


class Entry(Struct, frozen=True):
    """What to compose: a primary config of a folder, with overrides.

    Attributes:
        config_dir: the folder of the configs, absolute.
        config_name: the primary config.
        overrides: what is chosen on top, such as ``+experiment=digits``.
        file: the file that people edit: the experiment's or the primary's, absolute.
        sure: whether it is known to be composed like this; else only the file's shape says so.
    """

    config_dir: str
    config_name: str
    overrides: tuple[str, ...]
    file: str
    sure: bool = True


def find(path: str | os.PathLike[str], settings: Settings) -> list[Entry]:
    """The entry points under a folder, or of one file; none for a file of a config group.

    Raises:
        InputError: when there is nothing at the path, or a folder there may not be read.
    """
    full = Path(os.path.abspath(path))
    if not os.fspath(path):
        raise InputError("the path is empty", remedy="name a file or a folder; . is this one")
    if is_dir(full):
        with _readable():
            return list(_in_folder(full, settings))
    if not exists(full):
        raise absent(path)
    with _readable():
        return list(_of_file(full, settings))


def absent(path: str | os.PathLike[str]) -> InputError:
    """The exception to raise for a path at which there is nothing, with what was probably meant."""
    full, text = Path(os.path.abspath(path)), os.fspath(path)
    if "=" in full.name or text.startswith("+"):
        return InputError(f"{text} is no file or folder", remedy="name files and folders here, and no overrides")
    beside = [item.name for item in full.parent.iterdir()] if is_dir(full.parent) else []
    meant = nearest(full.name, beside)
    remedy = f"did you mean {shown(full.parent / meant)}?" if meant else "check the path"
    return InputError("there is no such file or folder", shown(full), remedy)


@contextmanager
def _readable() -> Iterator[None]:
    """Turn a folder that may not be read into one sentence."""
    try:
        yield
    except PermissionError as error:
        fact = f"this cannot be read: {error.strerror}"
        raise InputError(fact, shown(error.filename), "allow it, or keep it elsewhere") from None


def yaml_files(path: str | os.PathLike[str], settings: Settings) -> list[str]:
    """Every YAML file under a folder, absolute and sorted, or the file itself."""
    full = Path(os.path.abspath(path))
    with _readable():
        return list(_below(full, settings)) if is_dir(full) else [str(full)]


def _below(folder: Path, settings: Settings) -> Iterator[str]:
    """The YAML files under a folder. They may be many, and a text takes a tenth of the time of a Path."""
    above = os.path.join(folder, "")  # noqa: PTH118
    yield from (above + name for name in _yaml_names(above))
    for child in _folders(folder, settings):
        yield from _below(child, settings)


def _files(folder: Path) -> list[Path]:
    """The YAML files that stand in a folder itself."""
    return [folder / name for name in _yaml_names(os.fspath(folder))]


def _yaml_names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as found:
            return sorted(
                item.name for item in found if item.name.endswith(".yaml") and item.name[0] != "." and item.is_file()
            )
    except OSError:  # a folder that may not be read shows no configs
        return []


def _folders(folder: Path, settings: Settings) -> list[Path]:
    """The folders in a folder that may hold configs; what runs wrote and links are left out."""
    outputs = settings.root / settings.outputs
    with os.scandir(folder) as found:
        names = sorted(item.name for item in found if item.is_dir(follow_symlinks=False))
    below = (folder / name for name in names if not name.startswith(".") and name not in _SKIPPED)
    return [child for child in below if child != outputs]


def document(path: str | Path) -> Document:
    """The file as read, once however often it is asked for; its faults are for the composition to say."""
    try:
        return parsed_document(str(path))
    except ComposeError:
        return read(path)


def is_primary(path: Path, *, beside_groups: bool = False) -> bool:
    """Whether a file has the shape of a primary config: its name says so, or it begins a spec of its own.

    Args:
        path: the file.
        beside_groups: whether it stands at the top of a config root, where a package header tells nothing.
    """
    if path.name.startswith(PRIMARY):
        return True
    said, value = document(path).header, document(path).value
    if not isinstance(value, dict) or ("package" in said and not beside_groups):
        return False
    return isinstance(value.get("defaults"), list) or "stdspec" in value


def _primaries(folder: Path, *, beside_groups: bool) -> list[Path]:
    """The primaries in a folder; a file that another one there selects is a part of it."""
    files = _files(folder)
    selected = {f"{item.removeprefix('/')}.yaml" for file in files for item in _defaults(file) if isinstance(item, str)}
    return [
        file
        for file in files
        if is_primary(file, beside_groups=beside_groups)
        and (file.name.startswith(PRIMARY) or file.name not in selected)
    ]


def _defaults(file: Path) -> list[Any]:
    value = document(file).value
    defaults = value.get("defaults") if isinstance(value, dict) else None
    return defaults if isinstance(defaults, list) else []


def _conf_folder(settings: Settings) -> Path:
    return Path(os.path.abspath(settings.root / settings.conf))


def _is_config_root(folder: Path, settings: Settings) -> bool:
    """Whether the folders below are config groups."""
    if folder in (_conf_folder(settings), resources.conf()):
        return True
    names = _yaml_names(os.fspath(folder))
    return any(name.startswith(PRIMARY) for name in names) or (folder / EXPERIMENT).is_dir()


def _root_above(folder: Path, settings: Settings) -> Path | None:
    """The config root of which `folder` is a group, or None. Nothing is looked for above the project's root."""
    top = Path(os.path.abspath(settings.root))
    found: Path | None = None
    below = folder
    for parent in folder.parents if top in folder.parents else ():
        if _is_config_root(parent, settings):
            return parent
        if below.name in _chosen_groups(parent):
            found = parent  # the highest one counts: a group may choose groups of its own
        if parent == top:
            break
        below = parent
    return found


def _chosen_groups(folder: Path) -> frozenset[str]:
    """The folders in a folder from which the defaults lists beside them choose; groups are no roots of their own."""
    items = (item for file in _files(folder) for item in _defaults(file) if isinstance(item, dict))
    words = (str(key).split(" ")[-1].partition("@")[0] for item in items for key in item)
    names = {word.strip("/").partition("/")[0] for word in words}
    return frozenset(name for name in names if name and (folder / name).is_dir())


def _group_root(folder: Path, settings: Settings) -> Path | None:
    """The config root above a folder that is none itself."""
    return None if _is_config_root(folder, settings) else _root_above(folder, settings)


def root_of(file: Path, settings: Settings) -> Path | None:
    """The config root that a file lies in, or None."""
    return file.parent if _is_config_root(file.parent, settings) else _root_above(file.parent, settings)


def _in_folder(folder: Path, settings: Settings) -> Iterator[Entry]:
    root = _group_root(folder, settings)
    if root is not None:
        yield from _experiments(_below(folder, settings), root, settings)
        return
    is_root = _is_config_root(folder, settings)
    groups = frozenset() if is_root else _chosen_groups(folder)
    beside_groups = is_root or bool(groups)
    yield from (_primary(file, settings) for file in _primaries(folder, beside_groups=beside_groups))
    if not is_root:
        for child in _folders(folder, settings):
            if child.name not in groups:
                yield from _in_folder(child, settings)
        return
    experiments = folder / EXPERIMENT
    yield from _experiments(_below(experiments, settings) if experiments.is_dir() else (), folder, settings)
    conf = _conf_folder(settings)
    if conf.parent == folder and conf.is_dir():
        yield from _in_folder(conf, settings)


def _of_file(file: Path, settings: Settings) -> Iterator[Entry]:
    if file.suffix != ".yaml":
        return
    root = _group_root(file.parent, settings)
    if root is not None:
        yield from _experiments((str(file),), root, settings)
        return
    is_root = _is_config_root(file.parent, settings)
    if is_primary(file, beside_groups=is_root) or not is_root:
        yield _primary(file, settings)


def _primary(file: Path, settings: Settings) -> Entry:
    return Entry(str(file.parent), file.stem, (), str(file), _named(file.parent, file.stem, settings))


def _named(folder: Path, name: str, settings: Settings) -> bool:
    """Whether a config is known to be a primary: by its name, by what it chooses, or by a program that names it."""
    if name.startswith(PRIMARY) or names_us(document(folder / f"{name}.yaml").text):
        return True
    return _chooses_experiment(folder / f"{name}.yaml") or ((str(folder), name) in programs(settings.root).primaries)


def names_us(text: str) -> bool:
    """Whether a text says anything of stdspec; comments, which speak to `lint` or to an editor, do not count."""
    return "stdspec" in text and any("stdspec" in line.partition("#")[0] for line in text.split("\n"))


def _experiments(files: Iterable[str], root: Path, settings: Settings) -> Iterator[Entry]:
    """The entry points of experiments' files; nothing for another file below the config root."""
    folder = os.path.join(root, EXPERIMENT, "")  # noqa: PTH118 - as in `_below`
    found = [file for file in files if file.startswith(folder)]
    if not found:
        return
    name = primary_of(root)
    primary = root / f"{name}.yaml"
    plus = "" if _chooses_experiment(primary) else "+"
    sure = not primary.is_file() or _named(root, name, settings)
    for file in found:
        option = file.removeprefix(folder).removesuffix(".yaml").replace(os.sep, "/")
        yield Entry(str(root), name, (f"{plus}{EXPERIMENT}={option}",), file, sure)


def primary_of(root: Path) -> str:
    """The primary over which experiments are composed.

    It is `config`, else the first in the folder that chooses an experiment, else its first, else the shipped one.
    """
    if (root / f"{PRIMARY}.yaml").is_file():
        return PRIMARY
    found = _primaries(root, beside_groups=True)
    return next((file.stem for file in (*filter(_chooses_experiment, found), *found)), PRIMARY)


def _chooses_experiment(primary: Path) -> bool:
    """Whether a primary's defaults list already chooses an experiment, so that `+` would be one too many."""
    items = _defaults(primary) if primary.is_file() else []
    return any(isinstance(item, dict) and EXPERIMENT in {str(key).split(" ")[-1] for key in item} for item in items)

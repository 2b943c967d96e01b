"""Config paths and how file paths are shown.

A config path is a tuple of keys and list indices, ``("training", "optimizer", "lr")``; its dotted text is for people
and for Hydra overrides.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

Key = str | int
ConfigPath = tuple[Key, ...]

_INDEX: Final = re.compile(r"\[[0-9]{1,18}\]")

MISSING: Final = object()
"""What `select` returns when nothing stands at a path (a null that was written is None)."""


def dotted(path: Iterable[Key]) -> str:
    """The path as text: ``training.optimizer.lr``, ``model.hidden[0]``."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else str(key)
    return text


@lru_cache(maxsize=4096)
def split_dotted(text: str) -> ConfigPath:
    """The config path that `dotted` wrote. Keys that hold a dot cannot be told apart from nested keys."""
    keys: list[Key] = []
    for part in text.replace("[", ".[").split("."):
        if _INDEX.fullmatch(part):
            keys.append(int(part[1:-1]))
        elif part.startswith("[") and keys and isinstance(keys[-1], str):
            keys[-1] += part  # a bracket within a key, as in `a[b`
        elif part:
            keys.append(part)
    return tuple(keys)


def select(value: Any, path: Iterable[Key]) -> Any:
    """The part of plain data at a path, or `MISSING`."""
    for key in path:
        if type(value) is dict:  # the usual case; asking an abstract class costs several times as much
            value = value.get(key, MISSING)
            if value is MISSING:
                return MISSING
        elif _holds(value, key):
            value = value[key]
        else:
            return MISSING
    return value


def _holds(value: Any, key: Key) -> bool:
    if isinstance(value, list):
        return isinstance(key, int) and -len(value) <= key < len(value)
    return isinstance(value, Mapping) and key in value


SHIPPED: Final = "<stdspec>"
"""Stands for where stdspec is installed: a file that ships with it has one name on every machine."""

_PACKAGE: Final = Path(__file__).resolve().parent
_CHECKOUT: Final = not (_PACKAGE / "_shipped").is_dir()
"""Whether stdspec is not installed but checked out: there what ships is a part of the project, too."""
_SHIPS: Final = {
    str(_PACKAGE.parent / "conf" if _CHECKOUT else _PACKAGE / "_shipped" / "conf"): f"{SHIPPED}/conf",
    str(_PACKAGE / "standard" / "packs"): f"{SHIPPED}/standards",
}
"""The folders that ship, and what they are called."""


def shown(path: str | os.PathLike[str]) -> str:
    """A file path as people should see it: relative to the working directory where it lies below it, with `/`.

    What ships with stdspec is ``<stdspec>/conf/…`` wherever it is installed.
    """
    return _named(os.path.abspath(path), os.getcwd(), _CHECKOUT)  # noqa: PTH109 - asked for each place of each finding


def named(path: str | os.PathLike[str], root: Path) -> str:
    """The same for another folder than the working directory."""
    return _named(os.path.abspath(path), os.fspath(root), _CHECKOUT)


@lru_cache(maxsize=4096)
def _named(path: str, folder: str, checkout: bool) -> str:
    full, root = Path(path), Path(folder)
    below = full.is_relative_to(root)
    if not (below and checkout):
        for ships, name in _SHIPS.items():
            if full.is_relative_to(ships):
                return f"{name}/{full.relative_to(ships).as_posix()}".removesuffix("/.")
    return (full.relative_to(root) if below else full).as_posix()


MAX_BYTES: Final = 2 * 1024 * 1024
"""A file that people write is never larger."""


def head(path: str | os.PathLike[str], size: int) -> bytes:
    """The first bytes of a file. A device is read as far, but no pipe that has a name: it could keep us waiting.

    Raises:
        OSError: when it cannot be read.
    """
    # Without O_NONBLOCK, opening a pipe waits for whoever writes into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as stream:
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            real = os.path.realpath(path)
            if os.path.exists(real) and not real.startswith("/dev/"):  # noqa: PTH110 - as in `exists`
                raise OSError(errno.EINVAL, "it is a pipe", os.fspath(path))
            os.set_blocking(descriptor, True)
        return stream.read(size)


def contents(path: str | os.PathLike[str], limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file that people write.

    Raises:
        OSError: when it cannot be read, is a pipe with a name, or is larger than the limit.
    """
    data = head(path, limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit // 1024 // 1024} MiB", os.fspath(path))
    return data


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is there. Names come from users: for one that is too long `Path.is_file` raises."""
    return os.path.isfile(path)  # noqa: PTH113


def is_dir(path: str | os.PathLike[str]) -> bool:
    """Whether a folder is there; no name raises."""
    return os.path.isdir(path)  # noqa: PTH112


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether anything is there; no name raises."""
    return os.path.exists(path)  # noqa: PTH110

"""The settings of a project: `[tool.stdspec]` of its pyproject.toml, or its stdspec.toml.

Settings hold what a spec must never decide about itself: which code may run, which variables may be read, where
results are kept.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import fields

from stdspec.errors import InputError
from stdspec.paths import is_file, shown


class Settings(Struct, frozen=True):
    """What a project sets, written with hyphens in TOML (`allow-targets`).

    Attributes:
        root: the folder that holds the settings file, else the working directory; not a setting itself.
        conf: the folder of the project's config groups, relative to the root.
        allow_targets: prefixes of dotted names that `_target_` may name, such as ``acme.nets`` or ``acme``.
        allow_env: environment variables that `${oc.env:…}` may read; their values are written nowhere.
        packages: folders, relative to the root, of the packages that `pkg://` search paths name; pairs of a dotted name
            and its folder, a table in TOML.
        source_roots: folders, relative to the root, in which own code is found.
        store: where node results are kept, relative to the root.
        outputs: where run folders are written, relative to the root.
        fail_on: error, warning or never: the severity from which `lint` exits with 1.
    """

    root: Path
    conf: str = "conf"
    allow_targets: tuple[str, ...] = ()
    allow_env: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()
    source_roots: tuple[str, ...] = (".",)
    store: str = ".stdspec/store"
    outputs: str = "outputs"
    fail_on: str = "error"
    file: str | None = field(default=None)

    def store_path(self, given: str | None = None) -> Path:
        """The store in force: the given one, else `STDSPEC_STORE`, else the setting."""
        chosen = given or os.environ.get("STDSPEC_STORE")
        return Path(chosen).absolute() if chosen else self.root / self.store

    def allows_target(self, name: str) -> bool:
        """Whether `_target_: name` lies under an allowed prefix, whole dotted parts compared."""
        return any(name == prefix or name.startswith(prefix + ".") for prefix in self.allow_targets)


_TABLES = frozenset(("packages",))
_KINDS: Mapping[type, str] = {dict: "a table of texts", list: "a list of texts", str: "a text"}
_NAMES = {item.name.replace("_", "-"): item for item in fields(Settings) if item.name not in ("root", "file")}


def load(start: Path | None = None) -> Settings:
    """The settings that hold in a folder: from it upwards, the first stdspec.toml or pyproject.toml.

    A pyproject.toml without `[tool.stdspec]` still marks the root.

    Raises:
        InputError: when a settings file is not TOML, or names a setting that does not exist or has the wrong type.
    """
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        own, project = folder / "stdspec.toml", folder / "pyproject.toml"
        if is_file(own):
            return _from_table(folder, own, _read(own))
        if is_file(project):
            return _from_table(folder, project, _read(project).get("tool", {}).get("stdspec", {}))
    return Settings(root=here)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"these settings cannot be read: {error}", place=shown(path)) from None


def _from_table(root: Path, path: Path, table: Mapping[str, Any]) -> Settings:
    known: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _NAMES:
            listed = ", ".join(sorted(_NAMES))
            raise InputError(f"there is no setting '{name}'", place=shown(path), remedy=f"the settings are {listed}")
        default = _NAMES[name].default
        wanted = dict if name in _TABLES else list if isinstance(default, tuple) else str
        texts = value.values() if isinstance(value, dict) else value
        if not isinstance(value, wanted) or not all(isinstance(item, str) for item in texts):
            raise InputError(f"the setting '{name}' must be {_KINDS[wanted]}", place=shown(path))
        plain = value.items() if isinstance(value, dict) else value
        known[_NAMES[name].name] = plain if wanted is str else tuple(plain)
    return Settings(root=root, file=str(path), **known)

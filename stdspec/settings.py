"""The settings of a project: `[tool.stdspec]` of its pyproject.toml, or its stdspec.toml.

Settings hold what a spec must never decide about itself: which code may run, which variables may be read, where
results are kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from stdspec.errors import InputError
from stdspec.paths import contents, is_file, shown

if TYPE_CHECKING:
    from stdspec.mapping import Map


class PathSettings(Struct, frozen=True):
    """What `lint` sets aside in some of the files.

    Attributes:
        glob: which files: a pattern as in a .gitignore, from the root.
        ignore: codes, or beginnings of codes.
        severity: pairs of a code, or a beginning of codes, and one of `SEVERITIES`.
    """

    glob: str
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()


class LintSettings(Struct, frozen=True):
    """The table `lint` of the settings.

    Attributes:
        select: the codes, or beginnings of codes, that are said; all when there are none.
        ignore: those that are set aside; of two that fit a code the longer one decides.
        severity: pairs of a code, or a beginning of codes, and one of `SEVERITIES`.
        per_path: what holds in some of the files alone.
        exclude: files that are never looked at, as patterns of a .gitignore from the root.
        baseline: the file of known findings, relative to the root; None for `stdspec-baseline.json` where it exists.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    per_path: tuple[PathSettings, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None


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
        version_base: the version of Hydra by whose rules the project's configs are composed, one of `VERSION_BASES`;
            None for the newest, and for what the files of a plain Hydra project show.
        fail_on: error, warning or never: the severity from which `lint` exits with 1; also written in the table `lint`.
        allowed_signers: the file, relative to the root, of the keys by which waivers and approvals must be signed, as
            `ssh-keygen -Y verify` reads it; None where they need no signature.
        scorecard: the file, relative to the root, in which `scorecard --record` keeps what it finds.
        lint: what `lint` says and sets aside, a table in TOML.
        map: which keys of the project's own configs say what a spec says, a table in TOML; None where there is none.
    """

    root: Path
    conf: str = "conf"
    allow_targets: tuple[str, ...] = ()
    allow_env: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()
    source_roots: tuple[str, ...] = (".",)
    store: str = ".stdspec/store"
    outputs: str = "outputs"
    version_base: str | None = None
    fail_on: str = "error"
    allowed_signers: str | None = None
    scorecard: str = "stdspec-scorecard.jsonl"
    lint: LintSettings = LintSettings()
    map: Map | None = None
    file: str | None = field(default=None)

    def store_path(self, given: str | None = None) -> Path:
        """The store in force: the given one, else `STDSPEC_STORE`, else the setting."""
        chosen = given or os.environ.get("STDSPEC_STORE")
        return Path(chosen).absolute() if chosen else self.root / self.store

    def allows_target(self, name: str) -> bool:
        """Whether `_target_: name` lies under an allowed prefix, whole dotted parts compared."""
        return any(name == prefix or name.startswith(prefix + ".") for prefix in self.allow_targets)


VERSION_BASES: Final = ("1.1", "1.2", "1.3")
"""The versions whose rules Hydra 1.3 knows; 1.2 and 1.3 compose alike."""

SEVERITIES: Final = ("error", "warning", "info", "off")
"""What a code may be set to."""

_TEXT: Final = "a text"
_TEXTS: Final = "a list of texts"
_PAIRS: Final = "a table of texts"
_TABLE: Final = "a table"
_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    _TEXT: lambda value: isinstance(value, str),
    _TEXTS: lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    _PAIRS: lambda value: isinstance(value, dict) and all(isinstance(item, str) for item in value.values()),
    _TABLE: lambda value: isinstance(value, dict),
}
_PROJECT: Final[Mapping[str, str]] = {
    "conf": _TEXT,
    "allow-targets": _TEXTS,
    "allow-env": _TEXTS,
    "packages": _PAIRS,
    "source-roots": _TEXTS,
    "store": _TEXT,
    "outputs": _TEXT,
    "version-base": _TEXT,
    "fail-on": _TEXT,
    "allowed-signers": _TEXT,
    "scorecard": _TEXT,
    "lint": _TABLE,
    "map": _TABLE,
}
_PATH: Final[Mapping[str, str]] = {"ignore": _TEXTS, "severity": _PAIRS}
_LINT: Final[Mapping[str, str]] = {
    **_PATH,
    "select": _TEXTS,
    "exclude": _TEXTS,
    "per-path": _TABLE,
    "baseline": _TEXT,
    "fail-on": _TEXT,
}
"""The settings of each table, by their names in TOML, and what each must be."""


def load(start: Path | None = None) -> Settings:
    """The settings that hold in a folder: from it upwards, the first stdspec.toml or pyproject.toml.

    A pyproject.toml without `[tool.stdspec]` still marks the root. Where there is neither, the root is the working
    directory for what lies below it, so that a file of a config group is seen with what stands around it.

    Raises:
        InputError: when a settings file is not TOML, or names a setting that does not exist or has the wrong type.
    """
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        own, project = folder / "stdspec.toml", folder / "pyproject.toml"
        if is_file(own):
            return _from_table(folder, own, _read(own))
        if is_file(project):
            tools = _read(project).get("tool", {})
            return _from_table(folder, project, tools.get("stdspec", {}) if isinstance(tools, dict) else {})
    working = Path.cwd()
    return Settings(root=working if working in here.parents else here)


def _read(path: Path) -> dict[str, Any]:
    import tomllib  # a lone file has no settings

    try:
        return tomllib.loads(contents(path).decode("utf-8"))
    except RecursionError:
        raise InputError("these settings are nested too deeply to be read", place=shown(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"these settings cannot be read: {reason}", place=shown(path)) from None


def _from_table(root: Path, path: Path, table: Mapping[str, Any]) -> Settings:
    if not isinstance(table, dict):
        raise InputError("'tool.stdspec' must be a table", place_of(path, "stdspec"))
    known = _known(table, _PROJECT, "", path)
    if (version := known.get("version_base", VERSION_BASES[-1])) not in VERSION_BASES:
        remedy = f"set it to {', '.join(VERSION_BASES)}"
        raise InputError(f"the setting 'version-base' is '{version}'", place_of(path, "version-base"), remedy)
    if "lint" in known:
        lint = _known(known["lint"], _LINT, "lint.", path)
        if "fail_on" in lint:
            if "fail_on" in known:
                remedy = "keep the one in the table lint"
                raise InputError("'fail-on' is set twice", place_of(path, "fail-on"), remedy)
            known["fail_on"] = lint.pop("fail_on")
        known["lint"] = _lint(lint, path)
    if "map" in known:
        from stdspec import mapping  # few projects have a map

        known["map"] = mapping.read(known["map"], path)
    return Settings(root=root, file=str(path), **known)


def _lint(known: dict[str, Any], path: Path) -> LintSettings:
    _check_severities(known, path)
    paths = []
    for glob, table in known.pop("per_path", {}).items():
        if not isinstance(table, dict):
            raise InputError(f"the setting 'lint.per-path.{glob}' must be {_TABLE}", place_of(path, glob))
        inner = _known(table, _PATH, f"lint.per-path.{glob}.", path)
        _check_severities(inner, path)
        paths.append(PathSettings(glob, **inner))
    return LintSettings(per_path=tuple(paths), **known)


def _check_severities(known: Mapping[str, Any], path: Path) -> None:
    for code, severity in known.get("severity", ()):
        if severity not in SEVERITIES:
            listed = ", ".join(SEVERITIES)
            raise InputError(f"the severity of {code} is '{severity}'", place_of(path, code), f"set it to {listed}")


def _known(table: Mapping[str, Any], names: Mapping[str, str], above: str, path: Path) -> dict[str, Any]:
    """The settings of a table by the names of attributes; lists as tuples, tables of texts as pairs."""
    known: dict[str, Any] = {}
    for name, value in table.items():
        if name not in names:
            remedy = f"the settings are {', '.join(above + known for known in sorted(names))}"
            raise InputError(f"there is no setting '{above}{name}'", place_of(path, name), remedy)
        wanted = names[name]
        if not _FITS[wanted](value):
            quotes = "put it in quotes" if wanted is _TEXT and isinstance(value, int | float) else None
            raise InputError(f"the setting '{above}{name}' must be {wanted}", place_of(path, name), quotes)
        plain = tuple(value.items()) if wanted is _PAIRS else tuple(value) if wanted is _TEXTS else value
        known[name.replace("-", "_")] = plain
    return known


def place_of(path: Path | str, word: str) -> str:
    """Where a settings file says a word first, for a message: ``stdspec.toml:4``; the file where it cannot be told."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return shown(path)
    whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    found = (number for number, line in enumerate(lines, 1) if whole.search(line.partition("#")[0]))
    number = next(found, None)
    return shown(path) if number is None else f"{shown(path)}:{number}"

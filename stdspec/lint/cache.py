"""What earlier runs of lint found: of every spec, until something that it rests on changes.

A spec's findings hold while the bytes of every file that it read are the same, and with them the names of all config
files around it, the project's standards and settings, its code where the spec names any, the day, and stdspec itself.
The cache lies in the user's folder for caches and never in the project, so that nobody can check findings away.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec
from platformdirs import user_cache_path

from stdspec import __version__, clock, resources
from stdspec.compose.entries import Entry
from stdspec.compose.mains import SKIPPED
from stdspec.compose.repository import installed_folder
from stdspec.finding import Finding
from stdspec.lint.memory import Found, Memory
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.standard.load import FOLDER

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_CODE: Final = 5_000
"""How many files of code are looked at; what names code in a larger project is not kept."""

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS documents (digest BLOB PRIMARY KEY, packed BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS results (name BLOB PRIMARY KEY, packed BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS made_by (version BLOB)",
)


class _Result(msgspec.Struct, frozen=True, array_like=True):
    """What was found of one spec, and what that rests on.

    Attributes:
        code: whether it names code.
        around: the digest of all that it rests on besides its own files.
        files: the files that it read, with the digest of each.
        findings: what was found.
    """

    code: bool
    around: bytes
    files: dict[str, bytes]
    findings: list[Finding]


_ENCODE: Final = msgspec.msgpack.Encoder().encode
_RESULT: Final = msgspec.msgpack.Decoder(_Result)


class Cache(Memory):
    """The cache of one project. A database that cannot be used is no fault: everything is then found anew.

    It is a context manager; what was found in the meantime is written at its end.
    """

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        """Opens it.

        Args:
            settings: the project's.
            folder: where the databases lie; None for `STDSPEC_CACHE` or the user's folder for caches.
        """
        super().__init__()
        self._settings = settings
        self._read: dict[str, bytes] = {}
        self._digests: dict[str, bytes | None] = {}
        self._with_targets: set[str] = set()
        self._real_folders: dict[str, str] = {}
        self._layouts: dict[str, bytes] = {}
        self._database = _opened(folder or _folder(), settings.root)
        self.keeping = self._database is not None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Writes what is new and closes the database."""
        if self._database is None:
            return
        try:
            with self._database as transaction:
                transaction.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?)", self.documents.items())
                transaction.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", self.results.items())
        except sqlite3.Error:  # another run writes, or the disk is full: the next run finds it anew
            pass
        finally:
            self._database.close()

    def document(self, data: bytes, path: str, text: str) -> Document | None:
        """The document of a file with these bytes, where it was read before."""
        self._read[path] = sha256(data).digest()
        return super().document(data, path, text)

    def packed(self, digest: bytes) -> bytes | None:
        """The packed document of the bytes with a digest, of this run or of an earlier one."""
        return super().packed(digest) or self._read_before.get(digest)

    def known(self, entry: Entry, settings: Settings) -> Found | None:
        """What an earlier run found of an entry point, while it holds."""
        if self._database is None or settings != self._settings:
            return None
        self._around(entry, False)  # looked at before anything is composed: what comes up meanwhile is not known
        known = self._known(_name(entry), entry)
        return (known.findings, set(known.files), True) if known is not None else None

    def learn(self, entry: Entry, settings: Settings, found: Found) -> None:
        """Keeps what was found of an entry point, where all that it rests on can be watched."""
        findings, files, ours = found
        if self._database is None or settings != self._settings or not ours:
            return
        digests = {file: self._digest(file, entry) for file in sorted(files)}
        if None not in digests.values():
            code = not self._with_targets.isdisjoint(files)
            around = self._around(entry, code)
            if around is not None:
                self.results[_name(entry)] = _ENCODE([code, around, digests, findings])

    def _known(self, name: bytes, entry: Entry) -> _Result | None:
        packed = self._found_before.get(name)
        try:
            found = _RESULT.decode(packed) if packed is not None else None
        except msgspec.MsgspecError:
            return None
        if found is None:
            return None
        for file in found.files.keys() - self._digests.keys():
            self._digest(file, entry)
        if not found.files.items() <= self._digests.items():
            return None
        return found if found.around == self._around(entry, found.code) else None

    @cached_property
    def _read_before(self) -> dict[bytes, bytes]:
        return self._table("SELECT digest, packed FROM documents")

    @cached_property
    def _found_before(self) -> dict[bytes, bytes]:
        return self._table("SELECT name, packed FROM results")

    def _table(self, query: str) -> dict[bytes, bytes]:
        """A whole table: nearly each row is asked for, and one question takes less time than many."""
        try:
            rows = self._database.execute(query).fetchall() if self._database else []
        except sqlite3.Error:
            return {}
        return {key: packed for key, packed in rows if isinstance(key, bytes) and isinstance(packed, bytes)}

    def _digest(self, path: str, entry: Entry) -> bytes | None:
        """The digest of a file.

        None for one that is not there, is reached through a link (where that leads counts, too), lies where nobody
        watches which files there are, or is another one by now than the one that was composed.
        """
        if path not in self._digests:
            folders = (entry.config_dir, *self._folders, str(resources.conf()))
            folder = next((item for item in folders if path.startswith(f"{item}{os.sep}")), None)
            direct = folder is not None and self._is_direct(path, folder)
            data = _bytes_of(path) if direct else None
            digest = sha256(data).digest() if data is not None else None
            if data is not None and b"_target_" in data:
                self._with_targets.add(path)
            self._digests[path] = digest if digest == self._read.get(path, digest) else None
        return self._digests[path]

    def _is_direct(self, path: str, folder: str) -> bool:
        """Whether no link lies on the way from a folder to a file."""
        parent = path.rpartition(os.sep)[0]
        inside = self._real(parent) == self._real(folder) + parent[len(folder) :]
        return inside and not os.path.islink(path)  # noqa: PTH114 - asked of every file; Path takes several times as long

    def _real(self, folder: str) -> str:
        """Where a folder really is; there are few, and each holds many files."""
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(folder)
        return self._real_folders[folder]

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        """The folders in which a config of the project is looked for."""
        root, packages = self._settings.root, (folder for _, folder in self._settings.packages)
        return tuple(os.path.abspath(root / folder) for folder in (self._settings.conf, *packages))

    def _around(self, entry: Entry, code: bool) -> bytes | None:
        """The digest of what a spec rests on besides the files that it read; None where that is too much to look at."""
        if entry.config_dir not in self._layouts:
            names = [_layout(folder) for folder in sorted({entry.config_dir, *self._folders})]
            parts = [repr(self._settings), clock.today().isoformat(), *names, *self._standards()]
            self._layouts[entry.config_dir] = sha256("\n".join(parts).encode("utf-8", "surrogateescape")).digest()
        around = self._layouts[entry.config_dir]
        if not code:
            return around
        return sha256(around + self._code).digest() if self._code is not None else None

    def _standards(self) -> Iterator[str]:
        folder = self._settings.root / FOLDER
        for path in sorted(folder.rglob("*.yaml")) if folder.is_dir() else ():
            yield f"{path} {sha256(_bytes_of(str(path)) or b'').hexdigest()}"

    @cached_property
    def _code(self) -> bytes | None:
        """The state of all code that a target may lead to: the project's own by file, what is installed by folder."""
        own: list[str] = []
        for root in self._settings.source_roots:
            own.extend(_states(os.path.abspath(self._settings.root / root), (".py", ".so", ".pyd"), SKIPPED))
            if len(own) > MAX_CODE:
                return None
        installed = [_state(folder) for folder in sys.path]
        return sha256("\n".join((*own, *installed)).encode("utf-8", "surrogateescape")).digest()


def _name(entry: Entry) -> bytes:
    return _ENCODE([entry.config_dir, entry.config_name, list(entry.overrides), entry.file, entry.sure])


def _folder() -> Path:
    chosen = os.environ.get("STDSPEC_CACHE")
    return Path(chosen).absolute() if chosen else user_cache_path("stdspec")


def _opened(folder: Path, root: Path) -> sqlite3.Connection | None:
    """The database of a project, empty where another version of stdspec wrote it; None where it cannot be used."""
    file = folder / f"lint-{sha256(str(root).encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.db"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.is_file() and file.stat().st_size > MAX_BYTES:
            file.unlink()
        try:
            return _prepared(file)
        except sqlite3.OperationalError:  # another run writes, or nothing may be written here
            return None
        except sqlite3.DatabaseError:  # what lies there is no database, and would be in the way for ever
            file.unlink()
            return _prepared(file)
    except (sqlite3.Error, OSError):
        return None


def _prepared(file: Path) -> sqlite3.Connection:
    """The database in a file, with its tables. Nobody else may read it: it holds what the configs hold."""
    file.touch(mode=0o600)
    database = sqlite3.connect(file, timeout=0.2)
    try:
        for statement in _TABLES:
            database.execute(statement)
        written = database.execute("SELECT version FROM made_by").fetchone()
        if written != (_made_by(),):
            with database as transaction:
                for table in ("documents", "results", "made_by"):
                    transaction.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand in the line above
                transaction.execute("INSERT INTO made_by VALUES (?)", (_made_by(),))
    except sqlite3.Error:
        database.close()
        raise
    return database


def _made_by() -> bytes:
    """The state of all that lint itself is made of: code, schemas, options, standards and libraries."""
    package = Path(__file__).parents[1]
    kinds = (".py", ".json", ".yaml")
    parts = [__version__, sys.version]
    for folder in (package, resources.schemas(), resources.conf()):
        parts.extend(_states(str(folder), kinds, ()))
    libraries = (installed_folder(name) for name in ("hydra.conf", "msgspec", "yaml"))
    parts.extend(_state(library) for library in libraries if library)
    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).digest()


def _bytes_of(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None


def _layout(folder: str) -> str:
    """The names of all files under a folder of configs, links named as such."""
    names: list[str] = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        names.extend(f"{path}/{name}" for name in (*folders, *sorted(files)))
    return "\n".join(names)


def _states(folder: str, endings: tuple[str, ...], skipped: Iterable[str]) -> Iterator[str]:
    """The path, size and time of change of each file under a folder that has one of the endings."""
    left_out = frozenset(skipped)
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        yield from (_state(f"{path}/{name}") for name in sorted(files) if name.endswith(endings))


def _state(path: str) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116 - for every file of the installation; Path takes several times as long
    except OSError:
        return path
    return f"{path} {found.st_size} {found.st_mtime_ns}"

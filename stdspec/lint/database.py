"""The file in which the cache of a project lies: packed documents, and one index of all that is known.

A database that cannot be read or written is no fault, and one that another version of stdspec wrote is emptied.
It lies in the user's folder for caches and never in the project, so that nobody can check findings away.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from stdspec import __version__, resources
from stdspec.compose.repository import installed_folder
from stdspec.lint.file_state import state, states

MAX_BYTES: Final = 256 * 1024 * 1024
MANY: Final = 64
"""After how many documents it takes less time to read all of them at once than to ask for each."""

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS documents (digest BLOB PRIMARY KEY, packed BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS known (packed BLOB)",
    "CREATE TABLE IF NOT EXISTS made_by (version BLOB)",
)


class Database:
    """An open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Takes a connection to a database that has its tables."""
        self._connection = connection
        self._asked = 0
        self._documents: dict[bytes, bytes] | None = None

    def index(self) -> bytes | None:
        """The index as an earlier run wrote it."""
        return self._one("SELECT packed FROM known", ())

    def document(self, digest: bytes) -> bytes | None:
        """The packed document of the bytes with a digest."""
        if self._documents is None:
            self._asked += 1
            if self._asked <= MANY:
                return self._one("SELECT packed FROM documents WHERE digest = ?", (digest,))
            self.read_all()
        return self._documents.get(digest) if self._documents is not None else None

    def read_all(self) -> None:
        """Reads all documents, so that nobody asks the database any more."""
        try:
            rows = self._connection.execute("SELECT digest, packed FROM documents").fetchall()
        except sqlite3.Error:
            rows = []
        self._documents = {key: row for key, row in rows if isinstance(key, bytes) and isinstance(row, bytes)}

    def _one(self, query: str, values: tuple[bytes, ...]) -> bytes | None:
        try:
            row = self._connection.execute(query, values).fetchone()
        except sqlite3.Error:
            return None
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def write(self, documents: Mapping[bytes, bytes], index: bytes | None) -> None:
        """Adds documents, and puts an index in the place of the one that is there."""
        try:
            with self._connection as transaction:
                transaction.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?)", documents.items())
                if index is not None:
                    transaction.execute("DELETE FROM known")
                    transaction.execute("INSERT INTO known VALUES (?)", (index,))
        except sqlite3.Error:  # another run writes, or the disk is full: the next run finds it anew
            pass

    def close(self) -> None:
        """Closes it."""
        self._connection.close()


def opened(folder: Path | None, root: Path) -> Database | None:
    """The database of a project; None where it cannot be used.

    Args:
        folder: where databases lie; None for `STDSPEC_CACHE` or the user's folder for caches.
        root: the root of the project.
    """
    folder = folder or _folder()
    file = folder / f"lint-{sha256(str(root).encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.db"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.is_file() and file.stat().st_size > MAX_BYTES:
            file.unlink()
        try:
            return Database(_prepared(file))
        except sqlite3.OperationalError:  # another run writes, or nothing may be written here
            return None
        except sqlite3.DatabaseError:  # what lies there is no database, and would be in the way for ever
            file.unlink()
            return Database(_prepared(file))
    except (sqlite3.Error, OSError):
        return None


def _folder() -> Path:
    chosen = os.environ.get("STDSPEC_CACHE")
    if chosen:
        return Path(chosen).absolute()
    from platformdirs import user_cache_path

    return user_cache_path("stdspec")


def _prepared(file: Path) -> sqlite3.Connection:
    """The database in a file, with its tables. Nobody else may read it: it holds what the configs hold."""
    file.touch(mode=0o600)
    database = sqlite3.connect(file, timeout=0.2)
    try:
        for statement in _TABLES:
            database.execute(statement)
        version = _made_by()
        if database.execute("SELECT version FROM made_by").fetchone() != (version,):
            with database as transaction:
                for table in ("documents", "known", "made_by"):
                    transaction.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand in the line above
                transaction.execute("INSERT INTO made_by VALUES (?)", (version,))
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
        parts.extend(states(str(folder), kinds, ()))
    libraries = (installed_folder(name) for name in ("hydra.conf", "msgspec", "yaml"))
    parts.extend(state(library) for library in libraries if library)
    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).digest()

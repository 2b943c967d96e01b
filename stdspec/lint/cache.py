"""What earlier runs of lint found: of every spec, until something that it rests on changes.

A spec's findings hold while the bytes of every file that it read are the same, and with them the names of all config
files around it, the project's standards and settings, its code where the spec names any, the day, and stdspec itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from stdspec import clock, resources
from stdspec.compose.entries import Entry
from stdspec.compose.mains import SKIPPED
from stdspec.finding import Finding
from stdspec.lint import database
from stdspec.lint.file_state import Files, Folders, Seen, bytes_of, layout, state, states
from stdspec.lint.memory import Found, Memory, Quiet, Result
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.standard import beside

MAX_CODE: Final = 5_000
"""How many files of code are looked at; what names code in a larger project is not kept."""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A `Result` in the index, its files by their numbers there."""

    code: bool
    around: bytes
    files: list[int]
    findings: list[Finding]


class _Index(msgspec.Struct, frozen=True, array_like=True):
    """All that is known of a project, in one piece that is read at once.

    Attributes:
        sources: each file that a result rests on, with the digest that it had.
        results: what was found of entry points, by their names.
        files: each file as it was last seen.
    """

    sources: list[tuple[str, bytes]] = []
    results: dict[bytes, _Row] = {}
    files: dict[str, Seen] = {}


_ENCODE: Final = msgspec.msgpack.Encoder().encode
_INDEX: Final = msgspec.msgpack.Decoder(_Index)


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
        self._layouts: dict[str, bytes] = {}
        self._holding: dict[str, dict[int, bool]] = {}
        self._quiet: dict[str, Seen] = {}
        self._links = Folders()
        self._database = database.opened(folder, settings.root)
        self._index = self._indexed()
        self._files = Files(self._index.files)
        self.keeping = self._database is not None

    def _indexed(self) -> _Index:
        packed = self._database.index() if self._database is not None else None
        try:
            return _INDEX.decode(packed) if packed is not None else _Index()
        except msgspec.MsgspecError:
            return _Index()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Writes what is new and closes the database."""
        if self._database is None:
            return
        try:
            new = self.results or self._files.fresh or self._quiet
            if new or self.documents:
                self._database.write(self.documents, _ENCODE(self._renewed()) if new else None)
        finally:
            self._database.close()

    def _renewed(self) -> _Index:
        """The index with what is new. Of the files that results rest on, it names those that one still does."""
        sources: dict[tuple[str, bytes], int] = {}
        known = self._index.sources
        rows = {
            name: _Row(
                row.code,
                row.around,
                [sources.setdefault(known[number], len(sources)) for number in row.files],
                row.findings,
            )
            for name, row in self._index.results.items()
            if name not in self.results
        }
        for name, found in self.results.items():
            numbers = [sources.setdefault(item, len(sources)) for item in found.files.items()]
            rows[name] = _Row(found.code, found.around, numbers, found.findings)
        return _Index(list(sources), rows, {**self._index.files, **self._files.fresh, **self._quiet})

    def document(self, data: bytes, path: str, text: str) -> Document | None:
        """The document of a file with these bytes, where it was read before."""
        self._read[path] = sha256(data).digest()
        return super().document(data, path, text)

    def packed(self, digest: bytes) -> bytes | None:
        """The packed document of the bytes with a digest, of this run or of an earlier one."""
        found = super().packed(digest)
        return self._database.document(digest) if found is None and self._database is not None else found

    def before_copies(self) -> None:
        """Reads what copies of the process may ask for: none of them may use the connection to a database."""
        if self._database is not None:
            self._database.read_all()

    def known(self, entry: Entry, settings: Settings) -> Found | None:
        """What an earlier run found of an entry point, while it holds."""
        if self._database is None or settings != self._settings:
            return None
        self.around(entry.config_dir)  # looked at before anything is composed: what comes up meanwhile is not known
        row = self._index.results.get(_name(entry))
        if row is None or not self._holds(row, entry.config_dir):
            return None
        return row.findings, {self._index.sources[number][0] for number in row.files}, True

    def _holds(self, row: _Row, root: str) -> bool:
        """Whether all that a result rests on is as it was."""
        holding, sources = self._holding.setdefault(root, {}), self._index.sources
        for number in row.files:
            if number not in holding:
                path, digest = sources[number]
                holding[number] = self._digest(path, root) == digest
            if not holding[number]:
                return False
        return row.around == self._around(root, row.code)

    def learn(self, entry: Entry, settings: Settings, found: Found) -> None:
        """Keeps what was found of an entry point, where all that it rests on can be watched."""
        findings, files, ours = found
        if self._database is None or settings != self._settings or not ours:
            return
        digests: dict[str, bytes] = {}
        code = False
        for file in sorted(files):
            digest = self._digest(file, entry.config_dir)
            if digest is None or digest != self._read.get(file, digest):  # it may have been another one meanwhile
                return
            digests[file] = digest
            code = code or self._names_code(file)
        around = self._around(entry.config_dir, code)
        if around is not None:
            self.results[_name(entry)] = Result(code, around, digests, findings)

    def quiet(self, path: str) -> Quiet | None:
        """That a file was quiet before, while its bytes are the same."""
        seen = self._files.seen(path)
        return seen.quiet if seen is not None else None

    def learn_quiet(self, path: str, quiet: Quiet) -> None:
        """Keeps that a file is quiet, where it is the one that was read."""
        seen = self._files.seen(path)
        if seen is not None and seen.digest == self._read.get(path, seen.digest):
            self._quiet[path] = msgspec.structs.replace(seen, quiet=quiet)

    def _digest(self, path: str, root: str) -> bytes | None:
        """The digest of a file.

        None for one that is not there, is reached through a link, or lies where nobody watches which files there are.
        """
        parent = path.rpartition(os.sep)[0]
        if not any(self._links.is_direct(parent, folder) for folder in (root, *self._folders, str(resources.conf()))):
            return None
        seen = self._files.seen(path)
        return seen.digest if seen is not None else None

    def _names_code(self, path: str) -> bool:
        seen = self._files.seen(path)
        return seen is not None and seen.targets

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        """The folders in which a config of the project is looked for."""
        root, packages = self._settings.root, (folder for _, folder in self._settings.packages)
        return tuple(os.path.abspath(root / folder) for folder in (self._settings.conf, *packages))

    def around(self, root: str) -> bytes | None:
        """The digest of the names of all config files around those of a root, of the settings and the standards."""
        if self._database is None:
            return None
        if root not in self._layouts:
            names = [layout(folder) for folder in sorted({root, *self._folders})]
            parts = [repr(self._settings), clock.today().isoformat(), *names, *self._standards()]
            self._layouts[root] = sha256("\n".join(parts).encode("utf-8", "surrogateescape")).digest()
        return self._layouts[root]

    def _around(self, root: str, code: bool) -> bytes | None:
        """The digest of what a spec rests on besides the files that it read; None where that is too much to look at."""
        around = self.around(root)
        if around is None or not code:
            return around
        return sha256(around + self._code).digest() if self._code is not None else None

    def _standards(self) -> Iterator[str]:
        for path in beside.files(self._settings):
            yield f"{path} {sha256(bytes_of(str(path)) or b'').hexdigest()}"

    @cached_property
    def _code(self) -> bytes | None:
        """The state of all code that a target may lead to: the project's own by file, what is installed by folder."""
        own: list[str] = []
        for root in self._settings.source_roots:
            own.extend(states(os.path.abspath(self._settings.root / root), (".py", ".so", ".pyd"), SKIPPED))
            if len(own) > MAX_CODE:
                return None
        installed = [state(folder) for folder in sys.path]
        return sha256("\n".join((*own, *installed)).encode("utf-8", "surrogateescape")).digest()


def _name(entry: Entry) -> bytes:
    return _ENCODE([entry.config_dir, entry.config_name, list(entry.overrides), entry.file, entry.sure])

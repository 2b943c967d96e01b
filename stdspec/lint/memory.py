"""What a run of lint knows without finding it out: what earlier runs, or other processes of this one, read and found.

What documents are packed with is imported where it is used: a run over few files has no need of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from msgspec import Struct

from stdspec.compose.entries import Entry
from stdspec.finding import Finding
from stdspec.settings import Settings
from stdspec.source.document import Document

Found = tuple[list[Finding], set[str], bool]
"""The findings of an entry point, the files that it read, and whether it is a spec of ours."""


class Asked(Struct, frozen=True):
    """An entry point to look at, as people call it, with the settings that hold there."""

    entry: Entry
    name: str
    settings: Settings


class Result(Struct, frozen=True, array_like=True):
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


class Quiet(Struct, frozen=True, array_like=True):
    """That neither a rule about projects nor a comment for lint says anything in a file, and what that rests on.

    Attributes:
        around: the digest of all that it rests on besides the file.
        grouped: whether the folders in its config root counted as groups.
        groups: whether its defaults list is one that makes them count.
    """

    around: bytes
    grouped: bool
    groups: bool


class Memory:
    """Documents and findings that other processes of the same run made. The cache adds those of earlier runs.

    Attributes:
        keeping: whether documents that are read are kept for somebody else.
        documents: packed documents by the digest of their files' bytes.
        results: what was found of entry points, by the names that the cache has for them.
    """

    def __init__(self) -> None:
        self.keeping = False
        self.documents: dict[bytes, bytes] = {}
        self.results: dict[bytes, Result] = {}

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing of it outlives the run."""

    def document(self, data: bytes, path: str, text: str) -> Document | None:
        """The document of a file with these bytes, where it was read before."""
        from stdspec.source import kept

        packed = self.packed(_digest(data))
        return kept.unpack(packed, path, text) if packed is not None else None

    def packed(self, digest: bytes) -> bytes | None:
        """The packed document of the bytes with a digest, or None."""
        return self.documents.get(digest)

    def keep(self, data: bytes, document: Document) -> None:
        """Keeps a document, where it can come back equal."""
        if not self.keeping:
            return
        from stdspec.source import kept

        packed = kept.pack(document)
        if packed is not None:
            self.documents[_digest(data)] = packed

    def known(self, entry: Entry, settings: Settings) -> Found | None:  # noqa: ARG002 - the cache looks at both
        """What was found of an entry point before, while it holds."""
        return None

    def learn(self, entry: Entry, settings: Settings, found: Found) -> None:
        """Keeps what was found of an entry point."""

    def around(self, root: str) -> bytes | None:  # noqa: ARG002 - the cache looks at it
        """The digest of what lies around the files under a config root; None where nobody keeps what rests on it."""
        return None

    def quiet(self, path: str) -> Quiet | None:  # noqa: ARG002 - the cache looks at it
        """That a file was quiet before, while its bytes are the same."""
        return None

    def learn_quiet(self, path: str, quiet: Quiet) -> None:
        """Keeps that a file is quiet."""

    def before_copies(self) -> None:
        """Gets ready for copies of the process, which must leave alone what is open in this one."""

    def pass_on(self) -> None:
        """Begins anew in a copy of the process, where all that is kept from here on is for the process itself."""
        self.keeping = True
        self.documents, self.results = {}, {}

    def take(self, documents: Mapping[bytes, bytes], results: Mapping[bytes, Result]) -> None:
        """Keeps what another process of the run made."""
        self.documents.update(documents)
        self.results.update(results)


def _digest(data: bytes) -> bytes:
    from hashlib import sha256

    return sha256(data).digest()

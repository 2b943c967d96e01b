"""Documents as bytes and back: a file whose text was read before need not be parsed again.

Only documents in which nothing is wrong are kept; their places are unpacked when somebody asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from stdspec.finding import Span
from stdspec.paths import ConfigPath
from stdspec.source.document import Document, Mark

Place = tuple[int, int, int, int]


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """A document without its path and text. `marks` is packed by itself."""

    value: Any
    header: dict[str, str]
    marks: msgspec.Raw


_Marks = list[tuple[tuple[str | int, ...], Place, Place | None]]
_ENCODE: Final = msgspec.msgpack.Encoder().encode
_DOCUMENT: Final = msgspec.msgpack.Decoder(_Packed)
_MARKS: Final = msgspec.msgpack.Decoder(_Marks)


def pack(document: Document) -> bytes | None:
    """A document in which nothing is wrong, as bytes; None for one that cannot be kept so that it comes back equal."""
    if document.findings or not document.readable:
        return None
    marks = [(path, _place(mark.key), _second(mark)) for path, mark in document.marks.items()]
    try:
        packed = _ENCODE(_Packed(document.value, dict(document.header), msgspec.Raw(_ENCODE(marks))))
        same = _DOCUMENT.decode(packed).value == document.value
    except (
        TypeError,
        OverflowError,
        msgspec.ValidationError,
    ):  # a whole number beyond 64 bits, a value of another type
        return None
    return packed if same else None


def unpack(packed: bytes, path: str, text: str) -> Document | None:
    """The document of a file; None for bytes that are no packed document."""
    try:
        found = _DOCUMENT.decode(packed)
    except msgspec.MsgspecError:
        return None
    return Document(path, text, found.value, Places(path, bytes(found.marks)), found.header)


class Places(Mapping[ConfigPath, Mark]):
    """The places of a kept document, unpacked at the first look."""

    def __init__(self, path: str, packed: bytes) -> None:
        self._path, self._packed = path, packed
        self._marks: dict[ConfigPath, Mark] | None = None

    def _all(self) -> dict[ConfigPath, Mark]:
        if self._marks is None:
            self._marks = {}
            for path, first, second in _MARKS.decode(self._packed):
                key = Span(self._path, *first)
                self._marks[path] = Mark(key, key if second is None else Span(self._path, *second))
        return self._marks

    def __getitem__(self, path: ConfigPath) -> Mark:
        return self._all()[path]

    def __iter__(self) -> Iterator[ConfigPath]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _place(span: Span) -> Place:
    return span.line, span.column, span.end_line, span.end_column


def _second(mark: Mark) -> Place | None:
    return None if mark.value == mark.key else _place(mark.value)

"""Documents as bytes and back: a file whose text was read before need not be parsed again.

Only documents in which nothing is wrong are kept; their places are unpacked when somebody asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import msgspec

from stdspec.finding import Span
from stdspec.paths import ConfigPath
from stdspec.source.document import Document, Mark

Place = tuple[int, int, int, int]


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """A document without its path and text.

    The marks are packed by themselves, and those of the defaults list once more: of most files nobody asks for others.
    """

    value: Any
    header: dict[str, str]
    marks: msgspec.Raw
    defaults: msgspec.Raw


_Marks = dict[tuple[str | int, ...], tuple[Place, Place | None]]
_DEFAULTS: Final = ("defaults",)
_ENCODE: Final = msgspec.msgpack.Encoder().encode
_DOCUMENT: Final = msgspec.msgpack.Decoder(_Packed)
_MARKS: Final = msgspec.msgpack.Decoder(_Marks)


def pack(document: Document) -> bytes | None:
    """A document in which nothing is wrong, as bytes; None for one that cannot be kept so that it comes back equal."""
    if document.findings or not document.readable:
        return None
    marks = {path: (_place(mark.key), _second(mark)) for path, mark in document.marks.items()}
    defaults = {path: places for path, places in marks.items() if path[:1] == _DEFAULTS}
    parts = [msgspec.Raw(_ENCODE(part)) for part in (marks, defaults)]
    try:
        packed = _ENCODE(_Packed(document.value, dict(document.header), *parts))
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
    return Document(path, text, found.value, Places(path, found.marks, found.defaults), found.header)


class Places(Mapping[ConfigPath, Mark]):
    """The places of a kept document, unpacked at the first look."""

    def __init__(self, path: str, marks: msgspec.Raw, defaults: msgspec.Raw) -> None:
        self._path, self._packed, self._packed_defaults = path, marks, defaults

    @cached_property
    def _all(self) -> _Marks:
        return _MARKS.decode(self._packed)

    @cached_property
    def _defaults(self) -> _Marks:
        return _MARKS.decode(self._packed_defaults)

    def _around(self, path: ConfigPath) -> _Marks:
        return self._defaults if path[:1] == _DEFAULTS else self._all

    def __getitem__(self, path: ConfigPath) -> Mark:
        first, second = self._around(path)[path]
        key = Span(self._path, *first)
        return Mark(key, key if second is None else Span(self._path, *second))

    def get(self, path: ConfigPath, default: Any = None) -> Any:
        """The place of what stands at a path, or `default`; asked for each value of a composition."""
        return self[path] if path in self._around(path) else default

    def __contains__(self, path: object) -> bool:
        return path in self._all

    def __iter__(self) -> Iterator[ConfigPath]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _place(span: Span) -> Place:
    return span.line, span.column, span.end_line, span.end_column


def _second(mark: Mark) -> Place | None:
    return None if mark.value == mark.key else _place(mark.value)

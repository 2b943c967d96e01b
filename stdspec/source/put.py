"""Writes a value at a config path into the text of a YAML file; every other byte stays, comments included.

A scalar or a value in brackets is replaced where it stands, a missing key is put behind its neighbours. Quotes are
those of the file (see `quoting`). What was made is read again, and holds only if it says exactly what it said before
and the new value.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, Final

from stdspec.finding import Edit, Span
from stdspec.paths import MISSING, ConfigPath, select
from stdspec.source.document import Document
from stdspec.source.patch import Text
from stdspec.source.quoting import Style, style_at, style_of
from stdspec.source.reader import read

_WIDTH: Final = 100
"""Columns after which a mapping is written over several lines."""
_STEP: Final = "  "
_LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BYTE_ORDER_MARK: Final = "\ufeff"


def put(path: str, data: bytes, where: ConfigPath, value: Any) -> bytes | None:
    """The bytes of a file with a value at a config path; None where no edit is certain to do just that.

    Args:
        path: the file.
        data: its bytes.
        where: the path within the file; its keys are texts.
        value: plain data.
    """
    document = read(path, data)
    if not document.readable or not isinstance(document.value, dict):
        return None
    if select(document.value, where) == value:
        return data
    wanted = _with(document.value, where, value)
    for edits in _attempts(document, data, where, value, style_of(data.decode("utf-8"))):
        made = Text(data).patched(edits)
        if made is not None and _says(path, made, wanted):
            return made
    return None


def _says(path: str, data: bytes, wanted: Any) -> bool:
    made = read(path, data)
    return made.ok and bool(made.value == wanted)


def _with(root: dict[str, Any], where: ConfigPath, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(root)
    inner: Any = made
    for key in where[:-1]:
        inner = inner.setdefault(key, {}) if isinstance(inner, dict) else {}
    if isinstance(inner, dict):
        inner[where[-1]] = value
    return made


def _attempts(document: Document, data: bytes, where: ConfigPath, value: Any, style: Style) -> Iterator[list[Edit]]:
    """The edits that may do it, the nicest first."""
    old = select(document.value, where)
    if old is not MISSING:
        if isinstance(old, dict) and isinstance(value, dict) and old.keys() == value.keys():
            changed = [key for key in value if old[key] != value[key]]
            for as_it_is in (True, False):
                parts = [_replaced(document, data, (*where, key), value[key], style, as_it_is) for key in changed]
                if all(parts):
                    yield [edit for part in parts for edit in part]
        for as_it_is in (True, False):
            yield _replaced(document, data, where, value, style, as_it_is)
        return
    above = where[:-1]
    while above and select(document.value, above) is MISSING:
        above = above[:-1]
    for key in reversed(where[len(above) + 1 :]):
        value = {key: value}
    yield from _inserted(document, data, above, where[len(above)], value, style)


def _inserted(
    document: Document, data: bytes, above: ConfigPath, key: Any, value: Any, style: Style
) -> Iterator[list[Edit]]:
    """The edits that give a mapping one key more: behind the last one, else before the first one."""
    there, mark = select(document.value, above), document.marks.get(above)
    if there == {} or mark is None:
        yield from _into_empty(document, data, above, key, value, style)
    elif isinstance(there, dict) and _first_character(data, mark.value) == "{":
        yield [Edit(_point(document, *_before_brace(data, mark.value)), f", {_line(key, value, style)}")]
        yield [Edit(_point(document, mark.value.line, mark.value.column + 1), f"{_line(key, value, style)}, ")]
    elif isinstance(there, dict):
        first, last = ((*above, name) for name in (next(iter(there)), list(there)[-1]))
        indent = " " * (document.marks[last].key.column - 1)
        lines = _block(key, value, len(indent), style)
        yield [
            Edit(_line_end(document, data, _end(document, data, last)), "".join(f"\n{indent}{one}" for one in lines))
        ]
        begin = document.marks[first].key
        yield [Edit(_point(document, begin.line, begin.column), "".join(f"{one}\n{indent}" for one in lines))]


def _into_empty(
    document: Document, data: bytes, above: ConfigPath, key: Any, value: Any, style: Style
) -> Iterator[list[Edit]]:
    """The edits that give the first key to a file that says nothing yet, or to a pair of brackets."""
    mark = document.marks.get(above)
    if mark is not None and _first_character(data, mark.value) == "{":
        yield [Edit(mark.value, f"{{{_line(key, value, style)}}}")]
    elif not above:
        lines = _lines(data)
        text = "".join(f"{line}\n" for line in _block(key, value, 0, style))
        yield [Edit(_point(document, len(lines), len(lines[-1]) + 1), f"\n{text}" if lines[-1] else text)]


def _replaced(
    document: Document, data: bytes, where: ConfigPath, value: Any, style: Style, as_it_is: bool
) -> list[Edit]:
    """The edit that puts another value in the place of one; none where it has no place of its own.

    A text takes over the quotes of the one before it, or that it has none, when it is to be written as that is.
    """
    mark = document.marks.get(where)
    if mark is None:
        return []
    block = isinstance(select(document.value, where), dict) and _first_character(data, mark.value) != "{"
    if not block:
        texts = as_it_is and isinstance(value, str) and isinstance(select(document.value, where), str)
        return [
            Edit(mark.value, (style_at(_first_character(data, mark.value), style) if texts else style).scalar(value))
        ]
    end = _end(document, data, where)
    span = Span(mark.value.file, mark.value.line, mark.value.column, *end)
    indent = mark.value.column - 1
    lines = [line for key, item in value.items() for line in _block(key, item, indent, style)]
    return [Edit(span, f"\n{' ' * indent}".join(lines))]


def _end(document: Document, data: bytes, where: ConfigPath) -> tuple[int, int]:
    """Where a value ends: a block ends with its last part, whatever blank lines and comments the parser adds."""
    value, mark = select(document.value, where), document.marks[where].value
    if isinstance(value, dict | list) and value and _first_character(data, mark) not in "{[":
        last = list(value)[-1] if isinstance(value, dict) else len(value) - 1
        if (*where, last) in document.marks:
            return _end(document, data, (*where, last))
    return mark.end_line, mark.end_column


def _block(key: Any, value: Any, indent: int, style: Style) -> list[str]:
    """A key with its value as lines, a long mapping one key a line."""
    text = _line(key, value, style)
    if not isinstance(value, dict) or not value or indent + len(text) <= _WIDTH:
        return [text]
    inner = [line for name, item in value.items() for line in _block(name, item, indent + len(_STEP), style)]
    return [f"{style.scalar(key)}:", *(f"{_STEP}{line}" for line in inner)]


def _line(key: Any, value: Any, style: Style) -> str:
    return f"{style.scalar(key)}: {style.scalar(value)}"


def _first_character(data: bytes, span: Span) -> str:
    text = data.decode("utf-8")
    stretch = Text(data).stretch(span)
    return text[stretch[0]] if stretch is not None and stretch[0] < len(text) else " "


def _before_brace(data: bytes, span: Span) -> tuple[int, int]:
    """The line and column behind the last character within braces; blanks before the brace stay behind the new key."""
    line = _lines(data)[span.end_line - 1]
    return span.end_line, len(line[: span.end_column - 2].rstrip()) + 1


def _line_end(document: Document, data: bytes, end: tuple[int, int]) -> Span:
    return _point(document, end[0], len(_lines(data)[end[0] - 1]) + 1)


def _lines(data: bytes) -> list[str]:
    """The lines as columns count them."""
    return _LINE_END.split(data.decode("utf-8").replace(_BYTE_ORDER_MARK, ""))


def _point(document: Document, line: int, column: int) -> Span:
    return Span(document.path, line, column, line, column)

"""The table `map` of the settings: which key of a project's own configs says what a path of the language says.

A line names a key, gives a value that no config holds, or says that there is none. Nothing is computed: a map is read
by people who do not program.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.errors import InputError
from stdspec.paths import shown

ONLY: Final = "only"
"""The one key of the table that is no path of the language."""

_PARTS: Final = ("from", "words", "value", "none")


class Line(Struct, frozen=True):
    """One line of a map.

    Attributes:
        path: the path of the language, dotted.
        source: the path in the project's own composed config, dotted; None for a value of the map itself.
        value: that value; None also where the line says that there is none.
        words: pairs of what the project writes, as text, and what the language says for it.
    """

    path: str
    source: str | None = None
    value: Any = None
    words: tuple[tuple[str, Any], ...] = ()


class Map(Struct, frozen=True):
    """A map.

    Attributes:
        lines: its lines, those of a table before those of what stands in it.
        only: patterns, as in a .gitignore from the root, of the entry points that it holds for; all when there are
            none.
    """

    lines: tuple[Line, ...]
    only: tuple[str, ...] = ()


def read(table: Mapping[str, Any], file: Path) -> Map:
    """The map that a table of a settings file holds.

    Raises:
        InputError: for a line that is none, at its place.
    """
    only = table.get(ONLY, [])
    if not isinstance(only, list) or not all(isinstance(item, str) for item in only):
        raise _fault(file, ONLY, "'only' in the map must be a list of texts", "name the files that are experiments")
    lines: dict[str, Line] = {}
    for line in _lines({key: value for key, value in table.items() if key != ONLY}, "", file):
        if line.path in lines:
            raise _fault(file, line.path, f"the map gives '{line.path}' twice", "keep one of the lines")
        lines[line.path] = line
    return Map(tuple(sorted(lines.values(), key=lambda line: line.path.count("."))), tuple(only))


def _lines(table: Mapping[str, Any], above: str, file: Path) -> Iterator[Line]:
    for key, said in table.items():
        path = f"{above}{key}"
        if not all(key.split(".")):
            raise _fault(file, path, f"'{path}' in the map is no path", "write one of the language, as training.epochs")
        if isinstance(said, str):
            yield Line(path, _source(said, path, file))
        elif not isinstance(said, dict):
            remedy = f"write {{value = {_toml(said)}}} for a value that no config holds"
            raise _fault(file, path, f"'{path}' in the map names no key of your configs", remedy)
        elif said.keys() & {"from", "value", "none"}:
            yield _line(said, path, file)
        else:
            yield from _lines(said, f"{path}.", file)


def _line(said: Mapping[str, Any], path: str, file: Path) -> Line:
    """The line of an inline table."""
    unknown = next((key for key in said if key not in _PARTS), None)
    if unknown is not None:
        fact = f"'{path}' in the map says '{unknown}', which is unknown"
        raise _fault(file, path, fact, f"a line has {', '.join(_PARTS[:-1])} and {_PARTS[-1]}")
    if len(said.keys() & {"from", "value", "none"}) != 1:
        fact = f"'{path}' in the map has more than one of from, value and none"
        raise _fault(file, path, fact, "keep one of them")
    words = said.get("words", {})
    if not isinstance(words, dict) or (words and "from" not in said):
        remedy = 'write {from = "optimizer.name", words = {Adam = "adam"}}'
        raise _fault(file, path, f"the words of '{path}' in the map must be a table beside from", remedy)
    if "none" in said:
        if said["none"] is not True:
            raise _fault(file, path, f"none of '{path}' in the map must be true", "or leave the line out")
        return Line(path)
    if "value" in said:
        return Line(path, value=_plain(said["value"]))
    pairs = tuple((word, _plain(meant)) for word, meant in words.items())
    return Line(path, _source(said["from"], path, file), words=pairs)


def _source(said: object, path: str, file: Path) -> str:
    if not isinstance(said, str) or not said or any(not part for part in said.split(".")):
        fact = f"'{path}' in the map is read from '{said}', which is no path"
        raise _fault(file, path, fact, "write the keys of your config with dots between them, as model.optimizer.lr")
    return said


def _plain(value: Any) -> Any:
    """A value as YAML would give it: days and times are texts."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fault(file: Path, path: str, fact: str, remedy: str) -> InputError:
    return InputError(fact, place_of(file, path), remedy)


def place_of(file: Path | str, path: str) -> str:
    """Where a line of the map stands, for a message: ``stdspec.toml:4``; the file where it cannot be told."""
    line, _, _ = position(file, path)
    return f"{shown(file)}:{line}" if line else shown(file)


_KEY: Final = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[A-Za-z0-9_-]+)"
_DOTTED: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER: Final = re.compile(rf"[ \t]*\[[ \t]*({_DOTTED})[ \t]*\]")
_ASSIGNED: Final = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=[ \t]*(.*?)[ \t]*$")
_TABLES: Final = ("tool.stdspec.map", "map")


def position(file: Path | str, path: str) -> tuple[int, int, int]:
    """The line of a settings file that gives a path of the map, and the columns of the key: from, and one behind.

    Python's reader of TOML keeps no places. All zero where the line is not found, as in an inline table.
    """
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0, 0, 0
    table = ""
    for number, text in enumerate(lines, 1):
        if (header := _HEADER.match(text)) is not None:
            table = _joined(header[1])
        elif (assigned := _ASSIGNED.match(text)) is not None:
            key = ".".join(part for part in (table, _joined(assigned[1])) if part)
            if any(key == f"{name}.{path}" for name in _TABLES):
                return number, assigned.start(1) + 1, assigned.end(1) + 1
    return 0, 0, 0


def _joined(text: str) -> str:
    """A dotted key without its quotes."""
    return ".".join(part.strip("\"'") for part in re.findall(_KEY, text))

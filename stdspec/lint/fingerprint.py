"""What a finding is, whatever line it stands on: a key that survives comments, reordering and indentation.

The key is made of the code, the file's place in its project, the config path without list indices, and the value at
fault. Baselines and the formats that ask for fingerprints share it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from stdspec import resources
from stdspec.compose.repository import parsed_document
from stdspec.digest import canonical_json, digest
from stdspec.errors import ComposeError, InputError
from stdspec.finding import COMMAND_LINE, Finding, Span
from stdspec.lint import secret
from stdspec.lint.checks import settings_at
from stdspec.paths import ConfigPath, dotted, select
from stdspec.source.document import Document
from stdspec.source.reader import read

_INDEX: Final = re.compile(r"\[\d+\]")
_QUOTED: Final = re.compile(r"'([^']*)'")
_SPACE: Final = re.compile(r"\s+")


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """The key of each finding, 64 hex digits. Equal findings have equal keys; `numbered` tells them apart."""
    look = Look()
    return (fingerprint(item, look) for item in findings)


def numbered(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each key with how often it has come so far, from 1."""
    seen: Counter[str] = Counter()
    for key in keys:
        seen[key] += 1
        yield key, seen[key]


def fingerprint(item: Finding, look: Look | None = None) -> str:
    """The key of one finding.

    Args:
        item: the finding.
        look: what was read of the files so far; give the same one for many findings.
    """
    return digest(list(parts(item, look or Look()))).removeprefix("sha256:")


def parts(item: Finding, look: Look) -> tuple[str, str, str, str]:
    """What the key of a finding is made of: its code, the file in its project, the config path, what stands there."""
    path, value = look.at(item)
    code, file, at, text = (
        part.encode("utf-8", "backslashreplace").decode()
        for part in (item.code, _home(item.span, look.home), _INDEX.sub("", path), value)
    )
    return code, file, at, text


class Look:
    """The files that findings point into, each read once.

    Attributes:
        home: from where files are named that are in no project with settings; the working directory by default.
    """

    def __init__(self, home: Path | None = None) -> None:
        """Nothing is read yet."""
        self.home = home or Path.cwd()
        self._files: dict[str, tuple[Document | None, Mapping[Span, ConfigPath]]] = {}

    def at(self, item: Finding) -> tuple[str, str]:
        """The config path of a finding, and what stands there as text."""
        if item.span is None or item.span.file == COMMAND_LINE or secret.unshown(item):
            return item.path, _names(item)
        document, places = self._file(item.span.file)
        found = places.get(item.span)
        path = item.path or (dotted(found) if found else "")
        if item.code in secret.CODES:
            return path, ""  # a key in a file that is committed must not help anybody to guess what the secret is
        if document is None or (item.span.end_line == item.span.line and item.span.end_column <= item.span.column):
            return path, _names(item)
        if found is None:
            return path, _line(document.text, item.span.line)
        value = select(document.value, found)
        return path, _names(item) if _nested(value) else _written(value)

    def _file(self, file: str) -> tuple[Document | None, Mapping[Span, ConfigPath]]:
        if file not in self._files:
            document = _read(file)
            places: dict[Span, ConfigPath] = {}
            for path, mark in document.marks.items() if document else ():
                places.setdefault(mark.value, path)
                places.setdefault(mark.key, path)
            self._files[file] = (document, places)
        return self._files[file]


def _read(file: str) -> Document | None:
    try:
        return parsed_document(file)
    except ComposeError:  # the text is YAML, and holds an interpolation or a defaults list that Hydra refuses
        try:
            return read(file)
        except InputError:
            return None


def _home(span: Span | None, home: Path) -> str:
    """The file as its project names it, so that a key is the same in every checkout."""
    if span is None or span.file == COMMAND_LINE:
        return span.file if span else ""
    shipped = os.path.abspath(resources.conf())
    if span.file.startswith(shipped + os.sep):
        return "stdspec:" + Path(os.path.relpath(span.file, shipped)).as_posix()
    settings = settings_at(span.file)
    return Path(os.path.relpath(span.file, settings.root if settings.file else home)).as_posix()


def _nested(value: Any) -> bool:
    """Whether a value holds more than the finding can be about: other edits in it must not change the key."""
    parts = value if isinstance(value, list) else (value,)
    return isinstance(value, dict) or any(isinstance(part, dict | list) for part in parts)


def _written(value: Any) -> str:
    try:
        return canonical_json(value).decode()
    except (TypeError, ValueError):  # NaN, bytes and dates have no canonical JSON; what they say still tells them apart
        return repr(value)


def _names(item: Finding) -> str:
    """The names that the fact quotes, the remedy left out: the key that is missing, the option that is unknown."""
    fact = item.message.partition("; ")[0]
    return " ".join(_INDEX.sub("", name) for name in _QUOTED.findall(fact))


def _line(text: str, number: int) -> str:
    """A line without its comment; runs of blanks count as one."""
    lines = text.splitlines()
    line = lines[number - 1] if 1 <= number <= len(lines) else ""
    return _SPACE.sub(" ", _uncommented(line)).strip()


def _uncommented(line: str) -> str:
    quote = ""
    for index, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#" and (index == 0 or line[index - 1].isspace()):
            return line[:index]
    return line

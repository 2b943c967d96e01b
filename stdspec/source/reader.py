"""Reads one YAML file: value, marks, header and faults. A fault in the text is a finding, never an exception."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath
from typing import Any, Final, Protocol

import yaml
from msgspec.structs import replace

from stdspec.codes import SLUGS
from stdspec.errors import InputError
from stdspec.finding import Edit, Finding, Severity, Span
from stdspec.paths import ConfigPath, Key, dotted, head, shown
from stdspec.source import stand_in
from stdspec.source.document import Document, Mark
from stdspec.source.hygiene import notes
from stdspec.source.lines import MAX_BYTES
from stdspec.source.merging import second_keys, take_over
from stdspec.source.not_yaml import not_yaml, placeholder
from stdspec.source.scalars import EQUALS, MERGE
from stdspec.source.tree import Fault, Node, Place, TreeReader

HEADER_CHARACTERS: Final = 512
"""How much of a file Hydra looks at for its header comments."""


MOST_SECOND_KEYS: Final = 100
"""Of more keys that stand twice in one file nobody reads."""


def read(path: str | os.PathLike[str], text: bytes | None = None) -> Document:
    """Reads a YAML file, or `text` as if it stood in it.

    Raises:
        InputError: when there is no such file.
    """
    full = os.path.abspath(path)
    if text is None:
        text = stand_in.data_of(full)
    try:
        data = _bytes_of(full) if text is None else text
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}; allow it, or take the file out"
        return _refused(full, "", "YML013", message, (1, 1, 1, 1))
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        return _refused(full, "", "YML006", f"the file is larger than {limit} MiB; split it", (1, 1, 1, 1))
    try:
        decoded = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return _refused(full, "", "YML007", message, (line, column, line, column + 1))
    known = _REMEMBERED.get()
    document = known.document(data, full, decoded) if known else None
    if document is None:
        document = _Reading(full, decoded).document()
        if known:
            known.keep(data, document)
    return document


class Remembered(Protocol):
    """Documents of before, by the bytes of their files."""

    def document(self, data: bytes, path: str, text: str) -> Document | None:
        """The document of a file with these bytes, or None."""

    def keep(self, data: bytes, document: Document) -> None:
        """Keeps a document that was just read."""


_REMEMBERED: Final[ContextVar[Remembered | None]] = ContextVar("documents", default=None)


@contextmanager
def remembering(documents: Remembered | None) -> Iterator[None]:
    """Has `read` look a file's bytes up among documents of before, and keep there what it has to read."""
    token = _REMEMBERED.set(documents)
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def _bytes_of(path: str) -> bytes:
    try:
        return head(path, MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", place=shown(path), remedy="check the path") from None
    except IsADirectoryError:
        raise InputError("this is a directory, not a file", place=shown(path)) from None


def _refused(
    path: str, text: str, code: str, message: str, place: Place, severity: Severity = Severity.ERROR
) -> Document:
    span = Span(path, *place)
    finding = Finding(code, SLUGS[code], severity, message, span=span, fix=_edits(code, span, text))
    return Document(path, text, {}, {}, {}, (finding,), readable=False)


def _edits(code: str, span: Span, text: str) -> tuple[Edit, ...]:
    """What mends a fault. Few texts have any, so that what makes the edits is loaded when one has."""
    from stdspec.source import mending

    return mending.edits(code, span, text)


_KEY_KINDS: Final[dict[type, str]] = {bytes: "bytes"}


class _Reading:
    """The reading of one text: collects marks and findings while the tree becomes plain data."""

    def __init__(self, path: str, text: str, inner: bool = False) -> None:
        self._path, self._text, self._inner = path, text, inner
        self._marks: dict[ConfigPath, Mark] = {}
        self._findings: list[Finding] = []
        self._readable = True

    def document(self) -> Document:
        header = {} if self._inner else self._header()
        root: Node | None = None
        try:
            reader = TreeReader(self._text)
            root = reader.read()
            hygiene = list(notes(self._text, root, reader.unused)) if root is not None else []
            if root is not None:
                take_over(root)
            value = self._value(root, ()) if root is not None else {}
        except Fault as fault:
            return self._with_others(self._no_yaml(fault.code, fault.message, fault.place), fault, root)
        except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as error:
            return self._no_yaml(*not_yaml(error, self._text))
        if root is not None:
            span = Span(self._path, *root.place)
            self._marks[()] = Mark(span, span)
            value = self._top(root, value)
        for surprise, place in reader.surprises:
            severity = Severity.INFO if surprise.meant else Severity.WARNING
            self._note("YML009", surprise.message, place, severity=severity)
        for note in hygiene:
            self._note(note.code, note.message, note.place, severity=note.severity)
        return Document(self._path, self._text, value, self._marks, header, tuple(self._findings), self._readable)

    def _with_others(self, document: Document, fault: Fault, root: Node | None) -> Document:
        """The document of a text that is refused for a key that stands twice, with all other such keys."""
        if fault.code != "YML003" or root is None:
            return document
        others = [other for other in second_keys(root) if other.place != fault.place]
        for other in others[:MOST_SECOND_KEYS]:
            self._note(other.code, other.message, other.place)
        return replace(document, findings=(*document.findings, *self._findings))

    def _no_yaml(self, code: str, message: str, place: Place) -> Document:
        """The document of a text that is refused; a template is said to be one."""
        found = placeholder(self._text, place[0]) if code == "YML001" else None
        if found is None:
            return _refused(self._path, self._text, code, message, place)
        if "{{" in self._path:  # a folder or a file with a placeholder for a name is a template, and meant as one
            message = (
                "not checked: this is a template, and no YAML before its placeholders are filled in; lint what it makes"
            )
            return _refused(self._path, self._text, code, message, found, Severity.INFO)
        message = (
            "a placeholder of a template is no YAML before it is filled in; quote it, or lint what the template makes"
        )
        return _refused(self._path, self._text, code, message, found)

    def _note(
        self,
        code: str,
        message: str,
        place: Place,
        path: ConfigPath = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        span = Span(self._path, *place)
        fix = () if self._inner else _edits(code, span, self._text)
        self._findings.append(Finding(code, SLUGS[code], severity, message, dotted(path), span, (), fix))

    def _top(self, root: Node, value: Any) -> Any:
        """The document's value when the top level is no mapping: what Hydra makes of it, and a finding."""
        if isinstance(value, dict):
            return value
        if value is None:
            self._marks.clear()
            return {}
        found = "a list" if isinstance(value, list) else "a single value"
        self._note("YML008", f"the file holds {found}; write 'key: value' lines", root.place)
        if isinstance(value, str):
            return self._read_again(value)
        self._readable = self._readable and isinstance(value, list)
        return value

    def _read_again(self, text: str) -> Any:
        """What OmegaConf makes of a file that holds a text: it reads the text as YAML once more."""
        if self._inner:
            return {text: None}
        inner = _Reading(self._path, text, inner=True).document()
        self._readable = self._readable and inner.readable
        self._marks = dict.fromkeys(inner.marks, self._marks[()])
        return inner.value

    def _value(self, node: Node, path: ConfigPath) -> Any:
        if node.kind == "scalar":
            value = node.value
            if isinstance(value, float) and not math.isfinite(value):
                self._note(
                    "YML005",
                    f"{node.text} is not a finite number; write a number or null",
                    node.place,
                    path,
                )
            if isinstance(value, bytes | PurePath):
                what = "!!binary is bytes" if isinstance(value, bytes) else "as a path is an object"
                message = f"a value tagged {what}, which a spec cannot hold; write a text or name a file"
                self._note("YML012", message, node.place, path)
            if value is MERGE:
                raise Fault("YML001", "'<<' is a key that takes over a mapping, not a value; quote it", node.place)
            if value is EQUALS:
                raise Fault("YML001", "a lone '=' has no value; quote it", node.place)
            return value
        if node.kind == "list":
            return [self._item(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._mapping(node, path)

    def _item(self, item: Node, path: ConfigPath) -> Any:
        span = Span(self._path, *item.place)
        self._marks[path] = Mark(span, span)
        return self._value(item, path)

    def _mapping(self, node: Node, path: ConfigPath) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        file, marks = self._path, self._marks
        for key, value in node.items:
            name = key.value if type(key.value) is str else self._key(key, path)
            here = (*path, name)
            if name in result:
                self._forget(here)
            marks[here] = Mark(Span(file, *key.place), Span(file, *value.place))
            result[name] = value.value if type(value.value) is str else self._value(value, here)
        return result

    def _forget(self, path: ConfigPath) -> None:
        for known in [known for known in self._marks if known[: len(path)] == path]:
            del self._marks[known]

    def _key(self, key: Node, path: ConfigPath) -> Key:
        if key.kind != "scalar":
            raise Fault("YML001", "a list or a mapping cannot be a key; write a word", key.place)
        value: Any = key.value
        if not isinstance(value, str):
            kind = (
                "a boolean"
                if isinstance(value, bool)
                else "null"
                if value is None
                else _KEY_KINDS.get(type(value), "a number")
            )
            text = key.text or "(empty)"
            self._readable = self._readable and value is not None
            self._note("YML004", f"key {text} is {kind}; quote it", key.place, path)
        return value  # type: ignore[no-any-return]

    def _header(self) -> dict[str, str]:
        """Hydra's header: comment lines ``# @name value`` before anything else."""
        header: dict[str, str] = {}
        for number, raw in enumerate(self._text[:HEADER_CHARACTERS].splitlines(), start=1):
            line = raw.strip()
            if not line:
                continue
            if not re.match(r"#\s*@", line):
                break
            parts = line.lstrip("#").strip().split(" ")  # Hydra parts them by spaces alone
            words = [part.strip() for part in parts if part]
            if len(words) != 2:
                message = f"'{line}' is not a header Hydra takes; write '# @package name'"
                self._readable = False
                self._note("YML011", message, (number, 1, number, len(raw) + 1))
                break
            if words[0].startswith("@"):
                header[words[0][1:]] = words[1]
        return header

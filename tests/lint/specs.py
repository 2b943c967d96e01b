"""Builds a spec from YAML text, with origins, for tests that need no files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stdspec.compose.model import Composed, Origin
from stdspec.finding import Span
from stdspec.paths import ConfigPath
from stdspec.source.document import Document
from stdspec.source.reader import read

FILE = "/project/spec.yaml"
SHIPPED = "/shipped/base.yaml"


def spec(text: str, assumed: str = "", entry: str = FILE) -> Composed:
    """The spec that a user wrote as `text`, over assumed values of shipped options."""
    below = read(SHIPPED, assumed.encode())
    above = read(entry, text.encode())
    assert above.ok, above.findings
    origins: dict[ConfigPath, tuple[Origin, ...]] = {}
    origins.update(_origins(below, shipped=True))
    for path, chain in _origins(above, shipped=False):
        origins[path] = (*chain, *origins.get(path, ()))
    value = _merged(below.value, above.value)
    return Composed(entry, entry, value, value, origins, files=(entry,))


def _origins(document: Document, *, shipped: bool) -> Iterator[tuple[ConfigPath, tuple[Origin, ...]]]:
    for path, mark in document.marks.items():
        if path:
            yield path, (Origin(mark.key, mark.value, None, document.path, shipped, not shipped),)


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            key: _merged(below[key], above[key]) if key in below and key in above else above.get(key, below.get(key))
            for key in {**below, **above}
        }
    return above


def line(span: Span | None) -> tuple[str, int, int]:
    """The place of a span that a person would name."""
    assert span is not None
    return span.file, span.line, span.column

"""`standards.lock`: the versions and digests of the standards by which a repository is judged.

A standard whose text changes without its version would change verdicts in silence; with a lock lint says so. The digest
is one of what a standard says, so that a comment in it may change.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from stdspec.digest import digest
from stdspec.finding import Finding, Severity, Span
from stdspec.paths import is_file
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard import packed
from stdspec.standard.faults import finding
from stdspec.standard.model import Standard
from stdspec.standard.place import locator
from stdspec.standard.stamp import stamp

NAME: Final = "standards.lock"
COMMAND: Final = "stdspec standard lock"

_HEAD: Final = f"# The standards by which this repository is judged; written by `{COMMAND}`.\n"


def digest_at(path: Path) -> str:
    """The digest of what the standard of a file says."""
    return _digest_at(path, stamp(path))


@lru_cache(maxsize=64)
def _digest_at(path: Path, _: tuple[int, int]) -> str:
    known = packed.document(path)
    return digest(_spelt(known if known is not None else read(path).value))


def _spelt(value: Any) -> Any:
    """A document with its numbers that are not finite as texts; tests of clauses may hold such."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value}"
    if isinstance(value, Mapping):
        return {str(key): _spelt(item) for key, item in value.items()}
    return [_spelt(item) for item in value] if isinstance(value, list) else value


def _parts(standards: Iterable[Standard]) -> dict[str, tuple[str, str]]:
    """The label of each standard, and of each that one extends, with its version and its file."""
    return {label: source for standard in standards for label, source in standard.made_of.items()}


def text(standards: Iterable[Standard]) -> str:
    """The lock of some standards and of those that they extend."""
    lines = (
        f"{label}: {json.dumps({'version': version, 'digest': digest_at(Path(file))})}\n"
        for label, (version, file) in sorted(_parts(standards).items())
    )
    return _HEAD + "".join(lines)


def findings(standards: Iterable[Standard], settings: Settings) -> Iterator[Finding]:
    """What some standards are otherwise than the lock of a project says; nothing where it has none."""
    file = settings.root / NAME
    if not is_file(file):
        return
    locked, places = _read(file, stamp(file))
    for label, (version, source) in _parts(standards).items():
        span, known = places.get(label, Span(str(file), 1, 1, 1, 1)), locked.get(label)
        if known is None:
            message = f"{label} is not in {NAME}; write it there by `{COMMAND}`"
            yield finding("STD017", message, (label,), span, Severity.WARNING)
        elif (before := known.get("version")) != version:
            message = f"{label} is locked at {before}, and is {version}; look at what changed, then `{COMMAND}`"
            yield finding("STD017", message, (label,), span, Severity.WARNING)
        elif known.get("digest") != digest_at(Path(source)):
            fact = f"{label} says something else than when {version} was locked"
            yield finding("STD017", f"{fact}; give it a new version, then `{COMMAND}`", (label,), span)


@lru_cache(maxsize=8)
def _read(file: Path, _: tuple[int, int]) -> tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Span]]:
    """What a lock says of each standard, and where; what is no lock says nothing of any, so that each is told."""
    document = read(file)
    value = document.value if document.ok and isinstance(document.value, dict) else {}
    locate = locator(document)
    places = {label: span for label in value if (span := locate((label,), True))}
    return {label: entry for label, entry in value.items() if isinstance(entry, dict)}, places

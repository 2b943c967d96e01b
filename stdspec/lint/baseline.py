"""The baseline: the findings a project knows of and has not mended yet, by what they are and never by their line.

A file of them is written once and can only shrink: what was mended goes, and what is new is a finding.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from stdspec.codes import SLUGS
from stdspec.digest import digest, short
from stdspec.errors import InputError
from stdspec.finding import Finding, Related, Severity, Span
from stdspec.lint import secret
from stdspec.lint.aside import Aside, Choice, Scope
from stdspec.lint.fingerprint import Look, parts
from stdspec.paths import contents, shown

Key = tuple[str, str, str, str]
"""What a finding is: its file, its config path, its code, and a hash of what stands there."""

_SHOWN: Final = 5
_LARGEST: Final = 64 * 1024 * 1024
"""How many entries that nothing is found for are pointed at; the finding says how many there are."""


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One known finding, and how often it is known."""

    code: str
    file: str
    path: str
    value: str
    count: Annotated[int, Meta(ge=1)]

    @property
    def key(self) -> Key:
        """What it is, in the order in which entries stand."""
        return self.file, self.path, self.code, self.value


class Baseline(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says.

    Attributes:
        version: of the form of the file.
        paths: what lint was called with when it was written, from the root.
        entries: the known findings.
    """

    version: Literal[1]
    paths: tuple[str, ...]
    entries: tuple[Entry, ...]


class Kept(Struct, frozen=True):
    """The baseline as it would be written.

    Attributes:
        file: where.
        text: all of it.
        before: how many findings it knew; None where there was no such file.
        now: how many it knows.
        whole: whether lint looked at everything that it was written for; else nothing can be taken out.
    """

    file: Path
    text: str
    before: int | None
    now: int
    whole: bool


def apply(
    found: Sequence[Finding], file: Path, scope: Scope, choice: Choice, aside: list[Aside]
) -> tuple[Sequence[Finding], Kept]:
    """The findings that are not known, and the baseline as it would be written.

    Args:
        found: the findings.
        file: the baseline.
        scope: what lint looked at.
        choice: the options of the command line.
        aside: takes the findings that are known.

    Raises:
        InputError: when the file cannot be read as a baseline, or is not there and is not to be written.
    """
    keys = list(_keys(found, scope.settings.root))
    exists = file.is_file()
    if exists:
        known, text = _read(file)
    elif choice.write:
        known, text = _new(keys, scope), ""
    else:
        raise InputError("there is no such baseline", shown(file), "write one with --write-baseline")
    left = _counts(known.entries)
    total = left.total()
    kept = []
    for item, key in zip(found, keys, strict=True):
        if left[key] > 0:
            left[key] -= 1
            aside.append(Aside(item, "baseline", shown(file)))
        else:
            kept.append(item)
    stale = +left if _covers(scope, known) and not choice.partial else Counter()
    if stale and not choice.write:
        kept = sorted([*kept, _stale(file, text, known, stale)], key=Finding.sort_key)
    counts = _counts(known.entries) - stale
    written = _written(Baseline(1, known.paths, tuple(_entries(counts))))
    whole = not exists or (_covers(scope, known) and not choice.partial)
    return kept, Kept(file, written, total if exists else None, counts.total(), whole)


def _keys(found: Iterable[Finding], root: Path) -> Iterator[Key]:
    """What each finding is. Where a secret stands, not even a hash of the value is told."""
    listed = tuple(found)
    look = Look(root)
    secrets = {item.span for item in listed if item.code in secret.CODES}
    for item in listed:
        code, file, path, value = parts(item, look)
        yield file, path, code, short(digest("" if item.span in secrets else value))


def _new(keys: Iterable[Key], scope: Scope) -> Baseline:
    return Baseline(1, tuple(sorted({_relative(path, scope) for path in scope.paths})), tuple(_entries(Counter(keys))))


def _entries(counts: Mapping[Key, int]) -> Iterator[Entry]:
    for (file, path, code, value), count in sorted(counts.items()):
        yield Entry(code, file, path, value, count)


def _counts(entries: Iterable[Entry]) -> Counter[Key]:
    """How often each finding is known. One that stands there twice, as after a merge, is known as often as it says."""
    counts: Counter[Key] = Counter()
    for entry in entries:
        counts[entry.key] = max(counts[entry.key], entry.count)
    return counts


def _relative(path: str, scope: Scope) -> str:
    relative = Path(os.path.relpath(path, scope.settings.root)).as_posix()
    return relative.encode("utf-8", "backslashreplace").decode()


def _covers(scope: Scope, known: Baseline) -> bool:
    """Whether a run looked at everything that the baseline was written for."""
    looked = [Path(os.path.abspath(path)) for path in scope.paths]
    wanted = (Path(os.path.normpath(scope.settings.root.absolute() / path)) for path in known.paths)
    return all(any(path.is_relative_to(one) for one in looked) for path in wanted)


def _stale(file: Path, text: str, known: Baseline, stale: Mapping[Key, int]) -> Finding:
    """That a baseline knows of findings that are mended: it would let the next ones of their kind pass."""
    lines = ((number, line) for number, line in enumerate(text.splitlines(), 1) if '"code"' in line)
    places = {entry: _place(file, number, line) for entry, (number, line) in zip(known.entries, lines, strict=False)}
    gone = [entry for entry in known.entries if entry.key in stale]
    spans = [places.get(entry, Span(str(file), 1, 1, 1, 1)) for entry in gone]
    number = sum(stale.values())
    fact = f"{number} known {'finding is' if number == 1 else 'findings are'} found no more"
    related = tuple(
        Related(f"{entry.code} in {entry.file}{f' at {entry.path}' if entry.path else ''}", span)
        for entry, span in zip(gone[:_SHOWN], spans, strict=False)
    )
    message = f"{fact}; take out what is mended with --write-baseline"
    return Finding("LNT006", SLUGS["LNT006"], Severity.WARNING, message, "", spans[0], related)


def _place(file: Path, number: int, line: str) -> Span:
    """An entry in its line."""
    return Span(str(file), number, len(line) - len(line.lstrip()) + 1, number, len(line.rstrip(" ,")) + 1)


def _read(file: Path) -> tuple[Baseline, str]:
    try:
        text = contents(file, _LARGEST).decode("utf-8")
        return msgspec.json.decode(text, type=Baseline), text
    except (OSError, UnicodeDecodeError, RecursionError, msgspec.DecodeError) as error:
        remedy = "take it from version control, or delete it and write a new one"
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"this baseline cannot be read: {reason}", shown(file), remedy) from None


def _written(baseline: Baseline) -> str:
    """The file: one line for each finding, so that a merge can be read."""
    paths = json.dumps(baseline.paths, ensure_ascii=False)
    entries = [json.dumps(msgspec.to_builtins(entry), ensure_ascii=False) for entry in baseline.entries]
    listed = "\n" + ",\n".join(f"    {entry}" for entry in entries) + "\n  " if entries else ""
    return f'{{\n  "version": 1,\n  "paths": {paths},\n  "entries": [{listed}]\n}}\n'

"""Mends what lint finds: chooses the edits, tries them on texts in memory, and says what the files would hold.

Edits that overlap wait for the next round. An edit after which a file reads worse, or its finding is still there, is
not made. Nothing is written here.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from msgspec import Struct

from stdspec import resources
from stdspec.compose.policy import inside
from stdspec.errors import InputError
from stdspec.finding import COMMAND_LINE, Finding
from stdspec.lint import catalog
from stdspec.lint.aside import Choice
from stdspec.lint.checks import settings_at
from stdspec.lint.engine import EVERYTHING, Report, lint
from stdspec.lint.fitting import fitted
from stdspec.lint.joined import REACH
from stdspec.lint.rule import Fixable
from stdspec.paths import MAX_BYTES, head, is_file, shown
from stdspec.settings import Settings
from stdspec.source.stand_in import standing_in

ROUNDS: Final = 20
"""How often a project is linted at most: each round mends what did not overlap in the one before."""


Mark = tuple[str, str, str, str]
"""What a finding is known by from round to round, wherever its line has gone: code, file, path, message."""


class Change(Struct, frozen=True):
    """What one file held and would hold.

    Attributes:
        path: the file itself, no link to it.
        before: its bytes as they were read.
        after: its bytes with all edits made.
    """

    path: str
    before: bytes
    after: bytes


class Mended(Struct, frozen=True):
    """What came of it.

    Attributes:
        before: what lint found.
        report: what it would find then.
        changes: the files that would change, in order.
        count: how many findings are mended.
        more: how many of those left have an edit that is only made when it is asked for twice.
    """

    before: Report
    report: Report
    changes: tuple[Change, ...]
    count: int
    more: int


def mend(
    paths: Sequence[str],
    settings: Settings | None = None,
    choice: Choice = EVERYTHING,
    *,
    unsafe: bool = False,
    changed: bool = False,
) -> Mended:
    """Lint files and folders, and work out the texts in which all that can be mended is mended.

    Args:
        paths: as for `lint`. Only files below the roots of their projects are changed, and never the shipped ones.
        settings: as for `lint`.
        choice: as for `lint`; what it leaves out is not mended.
        unsafe: also make edits that take the likeliest of several meanings.
        changed: as for `lint`.

    Raises:
        InputError: for a path at which there is nothing.
    """
    first = report = lint(paths, settings, choice, changed=changed)
    bench = _Bench(tuple(str((settings or settings_at(path)).root) for path in paths), unsafe)
    count = 0
    for _ in range(ROUNDS):
        made = bench.attempt(report.findings)
        if not made.findings:
            break
        with standing_in(made.texts):
            after = lint(paths, settings, choice, changed=changed)
        if bench.takes(made, report, after):
            count, report = count + len(made.findings), after
    more = 0 if unsafe else sum(bench.could(item, ("unsafe",)) for item in report.findings)
    return Mended(first, report, tuple(bench.changes()), count, more)


@cache
def fixable(code: str) -> Fixable:
    """Whether the edits that come with a code are made, as the file of the code says."""
    if code in catalog.forms():
        return catalog.load_form(code).fixable
    if code in catalog.project_modules():
        return catalog.load_project(code).fixable
    return catalog.load(code).fixable if code in catalog.modules() else "no"


class _Made(Struct, frozen=True):
    """One round: the findings whose edits were made, and all texts that differ from their files."""

    findings: tuple[Finding, ...]
    texts: dict[str, bytes]


@dataclass(slots=True)
class _Bench:
    """The texts so far.

    Attributes:
        roots: the folders in which files may change.
        unsafe: also make edits that are not certain.
    """

    roots: tuple[str, ...]
    unsafe: bool
    _before: dict[str, bytes | None] = field(default_factory=dict)
    _texts: dict[str, bytes] = field(default_factory=dict)
    _useless: set[Mark] = field(default_factory=set)

    def could(self, item: Finding, degrees: Sequence[Fixable]) -> bool:
        """Whether a finding has an edit of one of these degrees that may be made in its file."""
        files = {edit.span.file for edit in item.fix}
        if len(files) != 1 or fixable(item.code) not in degrees or _mark(item) in self._useless:
            return False
        return self._now(_real(item)) is not None

    def attempt(self, findings: Iterable[Finding]) -> _Made:
        """The texts with the edits of as many findings as do not overlap; the first of two wins."""
        degrees: Sequence[Fixable] = ("safe", "unsafe") if self.unsafe else ("safe",)
        by_file: dict[str, list[Finding]] = {}
        for item in findings:
            if self.could(item, degrees):
                by_file.setdefault(_real(item), []).append(item)
        texts: dict[str, bytes] = dict(self._texts)
        made: list[Finding] = []
        for path, items in by_file.items():
            now = self._now(path)
            after, mended = fitted(path, now, items) if now is not None else (b"", ())
            if mended:
                texts[path] = after
                made += mended
        return _Made(tuple(made), texts)

    def takes(self, made: _Made, before: Report, after: Report) -> bool:
        """Whether every finding that was mended is gone. Where not, its edit is not made again, and no text changes."""
        was, still = (Counter(map(_mark, report.findings)) for report in (before, after))
        done = Counter(map(_mark, made.findings))
        useless = {mark for mark, number in done.items() if still[mark] > was[mark] - number}
        if not useless:
            self._texts = made.texts
        self._useless |= useless
        return not useless

    def changes(self) -> Iterator[Change]:
        """The files whose texts differ from what they hold."""
        for path, text in sorted(self._texts.items()):
            before = self._before[path]
            if before is not None and before != text:
                yield Change(path, before, text)

    def _now(self, path: str) -> bytes | None:
        """The text of a file so far; None for one that is not to be changed."""
        if path not in self._before:
            self._before[path] = _content(path) if self._may_change(path) else None
        return self._texts.get(path, self._before[path])

    def _may_change(self, path: str) -> bool:
        return is_file(path) and inside(path, *self.roots) and not inside(path, str(resources.conf()))


def _content(path: str) -> bytes | None:
    try:
        data = head(path, MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", shown(path), "allow it") from None
    return data if len(data) <= MAX_BYTES else None


def _real(item: Finding) -> str:
    return os.path.realpath(item.fix[0].span.file)


def _mark(item: Finding) -> Mark:
    file = item.span.file if item.span is not None else ""
    real = os.path.realpath(file) if file and file != COMMAND_LINE else file
    return item.code, real, item.path, REACH.sub("", item.message)

"""Fits the edits of findings into the text of one file: those that overlap wait, those that break it are left out."""

from __future__ import annotations

from bisect import bisect, insort
from collections import Counter
from collections.abc import Iterable, Sequence

from stdspec.finding import Finding, Severity
from stdspec.source.patch import Stretch, Text, clash
from stdspec.source.reader import read


def fitted(path: str, text: bytes, items: Iterable[Finding]) -> tuple[bytes, tuple[Finding, ...]]:
    """A text with the edits of findings that do not overlap, and which these are."""
    try:
        places = Text(text)
    except UnicodeDecodeError:
        return text, ()
    chosen: list[Finding] = []
    taken: list[Stretch] = []
    for item in items:
        stretches = [places.stretch(edit.span) for edit in item.fix]
        new = [stretch for stretch in stretches if stretch is not None]
        if len(new) == len(stretches) and not any(_clashes(one, taken) for one in new):
            chosen.append(item)
            for one in new:
                insort(taken, one)
    after = places.patched([edit for item in chosen for edit in item.fix])
    if after is not None and _reads_as_well(path, text, after):
        return after, tuple(chosen)
    return _one_by_one(path, text, places, chosen)


def _clashes(stretch: Stretch, taken: Sequence[Stretch]) -> bool:
    """Whether a stretch overlaps with one of those that are taken, which are in order."""
    at = bisect(taken, stretch)
    return any(clash(stretch, other) for other in taken[max(at - 1, 0) : at + 1])


def _one_by_one(path: str, text: bytes, places: Text, items: Iterable[Finding]) -> tuple[bytes, tuple[Finding, ...]]:
    """The same where not all of the edits go together: each is added that leaves the text readable."""
    kept: list[Finding] = []
    best = text
    for item in items:
        after = places.patched([edit for one in (*kept, item) for edit in one.fix])
        if after is not None and _reads_as_well(path, text, after):
            best, kept = after, [*kept, item]
    return best, tuple(kept)


def _reads_as_well(path: str, before: bytes, after: bytes) -> bool:
    """Whether an edited text can be read if the one before could, and has no kind of fault that was not there."""
    old, new = read(path, before), read(path, after)
    faults = [Counter(item.code for item in one.findings if item.severity is Severity.ERROR) for one in (new, old)]
    return (new.readable or not old.readable) and not faults[0] - faults[1]

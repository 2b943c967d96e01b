"""One finding for each fault, however many entry points and files it was found through.

Decides which of two findings about one place speaks, and which follow from another and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from stdspec.compose import compose_with_origins
from stdspec.compose.entries import Entry
from stdspec.compose.repository import parsed_document
from stdspec.domains import FORM, domain_of
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Severity, Span
from stdspec.lint import catalog, files, secret
from stdspec.paths import dotted, is_file, shown, split_dotted
from stdspec.settings import Settings

Reached = Mapping[Finding, list[str]]
"""Each finding, and the entry points that it reaches."""

REACH: Final = re.compile(r" \(in (?:\d+ specs|\S*\.yaml.*)\)$")
"""The end of a message that says which entry points a fault reaches."""
_OF_A_COMPOSITION: Final = frozenset({"HYD001", "HYD002", "HYD003"})
"""Faults that a file has in one composition and not in another."""
_OF_VALUES: Final = frozenset({"SPC002", "SPC004", "SPC007"})
"""Faults of a value of which the type is the cause, where the type is not the one it looks to be."""
_REFUSALS: Final = frozenset({"HYD006", "HYD008"})
"""What is said of an item of a defaults list that is not followed."""


def once(reached: Reached, *, several: bool = False) -> Iterator[Finding]:
    """Every fault once, with the entry points that it reaches.

    Args:
        reached: the findings.
        several: whether there are several entry points, so that the one that a fault reaches is to be named.
    """
    merged = _merged(reached)
    _let_rules_speak(merged)
    _drop_refusals(merged)
    _drop_echoes(merged)
    _drop_surprises(merged)
    for item, names in merged.values():
        where = _where(item, list(dict.fromkeys(names)), several)
        yield replace(item, message=f"{item.message} (in {where})") if where else item


def _where(item: Finding, names: list[str], several: bool) -> str:
    """The entry points that a fault reaches, in words; nothing where its place says it."""
    if len(names) > 1:
        return f"{len(names)} specs"
    if not several or not names or item.code not in _OF_A_COMPOSITION or item.span is None:
        return ""
    return "" if names[0] == shown(item.span.file) else names[0]


def beaten(file: str, entry: Entry, settings: Settings, said: Iterable[Finding]) -> Iterator[Finding]:
    """What is wrong in a file of a config group, though in every composition another file's values stand over it.

    Args:
        file: the group's file, absolute.
        entry: an entry point that reads it, which tells whether its values really go where its folder says.
        settings: the project's settings.
        said: what was found already; a place that is named there is not named again.
    """
    if file == entry.file:
        return
    found = list(files.part(file, settings))
    if not found:
        return
    places = {item.span for item in said}
    new = [item for item in found if item.span not in places]
    if new:
        wrote = _writers(entry, settings)
        for item in new:
            path = split_dotted(item.path)
            stems = [dotted(path[:end]) for end in range(1, len(path) + 1)]
            if item.span and any(span.holds(item.span) for stem in stems for span in wrote.get(stem, ())):
                yield item


def _writers(entry: Entry, settings: Settings) -> dict[str, list[Span]]:
    """Each path of a composition with the places of all keys and values that were written for it."""
    try:
        composed = compose_with_origins(entry.config_dir, entry.config_name, entry.overrides, settings=settings)
    except ComposeError:
        return {}
    return {
        dotted(path): [span for origin in chain for span in (origin.key, origin.span)]
        for path, chain in composed.origins.items()
    }


_Merged = dict[tuple[str, Span | None, str], tuple[Finding, list[str]]]


def _merged(reached: Reached) -> _Merged:
    """Findings of one code, place and message as one; the worst severity holds."""
    merged: _Merged = {}
    for item, names in reached.items():
        key = (item.code, item.span, item.message)
        first, so_far = merged.setdefault(key, (item, []))
        so_far.extend(names)
        if item.severity.rank < first.severity.rank:
            merged[key] = (item, so_far)
    return merged


def _let_rules_speak(merged: _Merged) -> None:
    """One place for which a rule of a domain speaks, and elsewhere the schema or a rule for any Hydra config."""
    by_rule = {
        (item.path, item.span): names
        for item, names in merged.values()
        if item.severity is Severity.ERROR and domain_of(item.code) is not None
    }
    for key, (item, names) in list(merged.items()):
        speaker = by_rule.get((item.path, item.span))
        if speaker is not None and (item.code.startswith(FORM["schema"]) or item.code in secret.CODES - {"CMP011"}):
            speaker.extend(names)
            del merged[key]


def _drop_surprises(merged: _Merged) -> None:
    """That a scalar is read as another type than it looks is no second fault where that type is refused."""
    refused = {item.span for item, _ in merged.values() if item.code in _OF_VALUES}
    for key in [key for key, (item, _) in merged.items() if item.code == "YML009" and item.span in refused]:
        del merged[key]


def _drop_echoes(merged: _Merged) -> None:
    """An item of a defaults list for which Hydra refuses a composition is one fault, though a rule names it, too.

    A rule that finds an error there explains it, and often mends it; what is milder than the refusal adds nothing. That
    a choice leads out of the project is said by no rule.
    """
    refused = {
        key: (item.span, names)
        for key, (item, names) in merged.items()
        if item.code in _REFUSALS and item.span is not None
    }
    rules = catalog.project_modules() if refused else {}
    for key, (item, names) in list(merged.items()):
        at = item.span
        if at is None or item.code not in rules:
            continue
        for other, (span, reached) in list(refused.items()):
            if item.severity is Severity.ERROR and at.holds(span) and other[0] == "HYD008":
                names.extend(reached)
                del merged[other], refused[other]
            elif at == span:
                merged.pop(key, None)


def _drop_refusals(merged: _Merged) -> None:
    """A list where a mapping belongs is a fault of its own; that no mapping merges into it follows."""
    mistyped = [item for item, _ in merged.values() if item.code == "SPC002"]
    if not mistyped:
        return
    spans = {item.span for item in mistyped}
    for key, (item, _) in list(merged.items()):
        at = item.span
        if item.code == "HYD008" and at is not None and is_file(at.file):
            marks = parsed_document(at.file).marks
            over = (marks.get(split_dotted(other.path)) for other in mistyped)
            if at in spans or any(mark is not None and mark.value == at for mark in over):
                del merged[key]

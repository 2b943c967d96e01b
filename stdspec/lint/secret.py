"""Keeps secrets out of what is printed: the one table of codes about secrets, and the guard before every output.

What a terminal, a log or a report shows ends on a server. A finding about a secret points at its place and never
repeats what stands there; neither does any other finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from stdspec.finding import Finding, Related, Span
from stdspec.source.lines import lines as source_lines

CODES: Final = frozenset(("CMP011", "HYD026"))
"""Findings about secrets."""

MASK: Final = "****"
SHORTEST: Final = 4
"""A shorter text is not looked for in other messages: it would be found in half of all words."""
_TELLING: Final = 16
"""Messages cut long values short: of a longer text its beginning is looked for, and what follows goes with it."""


def guarded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without any text that one of them says is a secret."""
    listed = tuple(findings)
    spans = set(_spans(listed))
    if not spans:
        return listed
    secrets = _secrets(spans)
    return tuple(_without(item, secrets) for item in listed)


def masking(findings: Iterable[Finding]) -> Callable[[str], str]:
    """What hides in any text the texts that one of the findings says are secrets."""
    secrets = _secrets(_spans(findings))
    return (lambda text: text) if secrets is None else (lambda text: secrets.sub(MASK, text))


def _secrets(spans: Iterable[Span]) -> re.Pattern[str] | None:
    """What finds the texts that stand at these places; None where nothing can be looked for."""
    return finder({text for span in spans for text in _spoken(span)})


def finder(texts: Iterable[str], shortest: int = SHORTEST) -> re.Pattern[str] | None:
    """What finds any of some secrets in a text, the longest first, whole or cut short; None where there are none."""
    told = sorted((text for text in set(texts) if len(text) >= shortest), key=lambda text: (-len(text), text))
    pattern = "|".join(_pattern(text) for text in told)
    return re.compile(pattern) if pattern else None


def unshown(item: Finding) -> bool:
    """Whether a finding is about a whole file outside the project: what stands in it is nobody's business here."""
    at = item.span
    return item.code == "HYD006" and at is not None and (at.line, at.column) == (at.end_line, at.end_column)


def lines(findings: Iterable[Finding]) -> frozenset[tuple[str, int]]:
    """The lines, by file and number, that hold a secret and are never shown, whichever finding points there."""
    listed = tuple(findings)
    spans = set(_spans(listed))
    held = {(span.file, line) for span in spans for line in range(span.line, span.end_line + 1)}
    held |= {(item.span.file, item.span.line) for item in listed if item.span is not None and unshown(item)}
    secrets = _secrets(spans)
    if secrets is not None:
        shown = {(item.span.file, item.span.line) for item in listed if item.span is not None}
        held |= {
            (file, line) for file, line in shown - held if secrets.search("".join(source_lines(file)[line - 1 : line]))
        }
    return frozenset(held)


def _spans(findings: Iterable[Finding]) -> Iterator[Span]:
    """The places of secrets: those in force, and those that they took the place of."""
    for item in findings:
        if item.code in CODES:
            if item.span is not None:
                yield item.span
            yield from (related.span for related in item.related)


def _spoken(span: Span) -> Iterator[str]:
    """What stands at a place, line by line and without its quotes, as far as it can be looked for."""
    source = source_lines(span.file)
    if not 1 <= span.line <= span.end_line <= len(source):
        return
    part = list(source[span.line - 1 : span.end_line])
    part[-1] = part[-1][: span.end_column - 1]
    part[0] = part[0][span.column - 1 :]
    for line in part:
        bare = line.strip().strip("'\"")
        if len(bare) >= SHORTEST:
            yield bare


def _pattern(text: str) -> str:
    if len(text) > _TELLING:
        return rf"{re.escape(text)}|{re.escape(text[:_TELLING])}[^\s']*"
    return rf"(?<![\w.]){re.escape(text)}(?!\w)"


def _without(item: Finding, secrets: re.Pattern[str] | None) -> Finding:
    if item.code in CODES:
        related = tuple(Related("takes the place of another value", one.span) for one in item.related)
        return replace(item, related=related, fix=())
    if secrets is None:
        return item
    related = tuple(replace(one, message=secrets.sub(MASK, one.message)) for one in item.related)
    tells = any(secrets.search(edit.text) for edit in item.fix)  # an edit that would write a mask mends nothing
    return replace(item, message=secrets.sub(MASK, item.message), related=related, fix=() if tells else item.fix)

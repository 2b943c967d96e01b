"""Format html: one offline page, in the style of the report of a run.

No script, no font and no image from anywhere; every text passes through autoescaping.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup
from msgspec import Struct

from stdspec import __version__
from stdspec.cli.adoption import told
from stdspec.cli.excerpt import Excerpt, excerpt
from stdspec.cli.formats.look import Look
from stdspec.cli.formats.manual import meanings
from stdspec.cli.text import place
from stdspec.cli.visible import visible
from stdspec.finding import COMMAND_LINE, Finding, Severity, Span
from stdspec.lint import secret
from stdspec.lint.engine import Report
from stdspec.paths import shown
from stdspec.report import page

SIGNS: Final = {Severity.ERROR: ("✕", "v-fail"), Severity.WARNING: ("!", "v-no-evidence"), Severity.INFO: ("i", "")}
"""Severity to its sign and the class of its badge; colour never says it alone."""

_WIDTH: Final = 160
"""Characters of a source line; a longer one is cut around the fault."""

_CODE: Final = re.compile(r"`([^`]+)`")
_WORD: Final = re.compile(r"[a-z]+(?:[ ,]|$)")


class Shown(Struct, frozen=True):
    """A finding as the page shows it."""

    severity: Severity
    code: str
    slug: str
    at: str
    path: str
    fact: str
    remedy: str
    source: Excerpt | None
    related: tuple[tuple[str, str], ...]


def render(report: Report, _: Look) -> str:
    """The page."""
    return (
        _environment()
        .get_template("lint.html.j2")
        .render(
            verdict=_verdict(report),
            files=len(report.files),
            aside=told(report),
            entries=[visible(entry) for entry in report.entries],
            groups=list(_groups(report)),
            codes=_codes(report),
            signs=SIGNS,
            version=__version__,
        )
    )


def _verdict(report: Report) -> str:
    said = [counted(number, severity) for severity in Severity if (number := report.count(severity))]
    if len(said) < 2:
        return said[0] if said else "Nothing found"
    return f"{', '.join(said[:-1])} and {said[-1]}"


def counted(number: int, severity: Severity) -> str:
    """A number of findings in words: ``1 error``, ``2 warnings``, ``3 info``."""
    return f"{number} {severity.value}{'' if number == 1 or severity is Severity.INFO else 's'}"


def _groups(report: Report) -> Iterator[dict[str, Any]]:
    """The findings of each file, in order."""
    hidden = secret.lines(report.everything)
    grouped: dict[str, list[Shown]] = {}
    for item in report.findings:
        grouped.setdefault(_home(item.span), []).append(_shown(item, hidden))
    for name, found in grouped.items():
        counts = Counter(item.severity for item in found)
        yield {"name": name, "found": found, "counts": counts}


def _home(span: Span | None) -> str:
    if span is None:
        return "No place in a file"
    return "Command line" if span.file == COMMAND_LINE else visible(shown(span.file))


def _shown(item: Finding, hidden: frozenset[tuple[str, int]]) -> Shown:
    fact, _, remedy = item.message.partition("; ")
    related = tuple((place(one.span), visible(one.message)) for one in item.related)
    at = "" if item.span is None else f"{item.span.line}:{item.span.column}"
    source = excerpt(item.span, _WIDTH, hidden)
    slug = visible(item.slug)
    return Shown(
        item.severity, item.code, slug, at, visible(item.path), _sentence(fact), _sentence(remedy), source, related
    )


def _sentence(text: str) -> str:
    """The text with a capital letter, unless it begins with a name, which stays as it is written."""
    plain = visible(text)
    return plain[:1].upper() + plain[1:] if _WORD.match(plain) else plain


def _codes(report: Report) -> Sequence[dict[str, Any]]:
    """What each code means, with how often it was found; the worst and most frequent first."""
    found = Counter((item.code, item.severity) for item in report.findings)
    means = meanings(report.findings)
    order = sorted(means, key=lambda code: ([-found[code, severity] for severity in Severity], code))
    return [
        {
            "meaning": means[code],
            "counts": {severity: found[code, severity] for severity in Severity if found[code, severity]},
        }
        for code in order
    ]


@cache
def _environment() -> Environment:
    environment = page.environment("stdspec.cli.formats", "stdspec.report")
    environment.filters |= {"coded": coded, "counted": counted}
    return environment


def coded(value: str) -> Markup:
    """A text of the manual, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(Markup.escape(value))))  # noqa: S704 - escaped before tags are added

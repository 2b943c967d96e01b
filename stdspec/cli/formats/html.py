"""Format html: one offline page, in the style of the report of a run.

No script, no font and no image from anywhere; every text passes through autoescaping.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
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

SIGNS: Final = {Severity.ERROR: ("✕", "v-fail"), Severity.WARNING: ("!", "v-no-evidence"), Severity.INFO: ("i", "")}
"""Severity to its sign and the class of its badge; colour never says it alone."""

_WIDTH: Final = 160
"""Characters of a source line; a longer one is cut around the fault."""

_WORD: Final = re.compile(r"[a-z]+(?:[ ,]|$)")
_TEMPLATES: Final = {
    "lint.html.j2": "stdspec.cli.formats",
    "lint.css": "stdspec.cli.formats",
    "style.css": "stdspec.report",
}
"""Template to the package that holds it."""


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
    hidden = secret.lines((*report.findings, *(item.finding for item in report.aside)))
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
    numbers = Counter(item.code for item in report.findings)
    worst = {item.code: item.severity for item in sorted(report.findings, key=lambda item: -item.severity.rank)}
    listed = [
        {"meaning": meaning, "number": numbers[code], "severity": worst[code]}
        for code, meaning in meanings(report.findings).items()
    ]
    return sorted(listed, key=lambda one: (one["severity"].rank, -one["number"], one["meaning"].code))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"breakable": breakable, "counted": counted}
    return environment


def _source(name: str) -> str:
    return (resources.files(_TEMPLATES[name]) / "templates" / name).read_text(encoding="utf-8")


def breakable(value: str) -> Markup:
    """A path that may break after each slash, dot and underscore instead of overflowing."""
    escaped = str(Markup.escape(value))
    for mark in (".", "/", "_"):
        escaped = escaped.replace(mark, mark + "<wbr>")
    return Markup(escaped)  # noqa: S704 - escaped two lines above; only <wbr> was added

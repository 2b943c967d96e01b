"""report.html: one offline file, a view of report.json and nothing more.

No script, no font, no image from anywhere; every value passes through autoescaping. The template lays out; `figures`
prepares what is drawn; nothing here judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from stdspec.domains import DOMAINS
from stdspec.report import figures, page, seen, svg, text, words
from stdspec.report.translated import Translated, teller
from stdspec.standard.verdict import Verdict

SIGNS: Final[dict[str, tuple[str, str]]] = {
    Verdict.PASS: ("✓", "pass"),
    Verdict.FAIL: ("✕", "fail"),
    Verdict.ERROR: ("!", "error"),
    Verdict.NO_EVIDENCE: ("?", "no evidence"),
    Verdict.STALE: ("↺", "stale"),
    Verdict.WAIVED: ("~", "waived"),
    Verdict.NOT_APPLICABLE: ("–", "not applicable"),
}
"""Verdict to its sign and its words; colour never says it alone. The order is the order of the bar and its legend."""

LANGUAGES: Final = {"de": "German", "es": "Spanish", "en": "English", "fr": "French", "ja": "Japanese", "zh": "Chinese"}
"""The names of the languages that clauses are most often said in; another one goes by its code."""

_ATTENTION: Final = (Verdict.FAIL, Verdict.ERROR, Verdict.NO_EVIDENCE, Verdict.STALE)
_LEVELS: Final = ("must", "should", "may")


def render(report: Mapping[str, Any], lang: str = words.ENGLISH) -> str:
    """The report as one self-contained HTML page.

    Args:
        report: what `stdspec.report.build.build` returned, or the same read back from report.json.
        lang: the language of its fixed words and of the clauses; reasons and remedies stay as they were written.
    """
    with words.spoken(lang):
        return (
            _environment(lang)
            .get_template("report.html.j2")
            .render(
                r=report,
                tag=words.TAGS.get(lang, lang),
                spoken=lang,
                written=Markup("") if lang == words.ENGLISH else Markup(' lang="en"'),
                sentence=words.sentence(report),
                signs={verdict: (sign, words.told(said)) for verdict, (sign, said) in SIGNS.items()},
                domains=_by_domain(report["clauses"]),
                attention=_attention(report["clauses"]),
                bar=_bar(report["summary"]["counts"]),
                figures=figures.draw(report),
                units=seen.units(report),
            )
        )


@cache
def _environment(lang: str) -> Environment:
    """What the pages of a language are rendered with; templates are translated when they are compiled."""
    environment = page.environment("stdspec.report")
    if lang != words.ENGLISH:
        environment.extend(told=teller(words.TABLES[lang]))
        environment.add_extension(Translated)
    environment.filters |= {
        "value": text.value,
        "brief": text.brief,
        "literal": text.literal,
        "limit": text.limit,
        "size": text.size,
        "number": _number,
        "opening": _opening,
        "told": words.told,
        "says": words.says,
    }
    environment.globals["quantity"] = text.quantity
    environment.globals["share"] = svg.share
    environment.globals |= {"seen": seen.seen, "where": seen.where, "rows": seen.rows, "languages": LANGUAGES}
    return environment


def _number(value: float | None) -> str:
    return words.told(text.ABSENT) if value is None else text.number(value)


def _opening(said: str) -> str:
    """A sentence part with a capital letter, without a final full stop."""
    return (said[:1].upper() + said[1:]).removesuffix(".")


def _by_domain(clauses: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The clauses of each domain that has any, in the order of the domains, other names at the end."""
    names = [*DOMAINS, *sorted({clause["domain"] for clause in clauses} - set(DOMAINS))]
    groups = {name: [clause for clause in clauses if clause["domain"] == name] for name in names}
    return [_group(name, found) for name, found in groups.items() if found]


def _group(name: str, clauses: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One domain: its clauses that hold, those that do not, and how many got which verdict."""
    counts = {verdict: sum(item["verdict"] == verdict for item in clauses) for verdict in SIGNS}
    return {
        "name": name,
        "holding": [clause for clause in clauses if clause["verdict"] != Verdict.NOT_APPLICABLE],
        "others": [clause for clause in clauses if clause["verdict"] == Verdict.NOT_APPLICABLE],
        "counts": {verdict: count for verdict, count in counts.items() if count},
    }


def _attention(clauses: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What is not supported, musts first."""
    found = [clause for clause in clauses if clause["verdict"] in _ATTENTION]
    return sorted(found, key=lambda clause: (_LEVELS.index(clause["level"]), _ATTENTION.index(clause["verdict"])))


def _bar(counts: Mapping[str, int]) -> Markup:
    told = words.told
    label = ", ".join(f"{counts[verdict]} {told(said)}" for verdict, (_, said) in SIGNS.items() if counts[verdict])
    label = told("Verdicts: {}").format(label or told("none"))
    return svg.bar([(str(verdict), counts[verdict]) for verdict in SIGNS], label=label)

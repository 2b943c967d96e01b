"""Format markdown: GitHub's Markdown for the summary of a job or a comment.

Whatever a spec or a standard says is text there: it makes no markup, no link and no mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from stdspec.cli.formats.markdown import escaped
from stdspec.cli.verdicts.markdown import SIGNS
from stdspec.report import words
from stdspec.report.scorecard_words import headline, level, share, trend_note, unmet, what_got_worse, worst_first
from stdspec.report.words import told

_LISTED: Final = 100
"""Rows of a table that are shown: the summary of a job takes no more than a mebibyte."""

Data = Mapping[str, Any]


def render(card: Data, lang: str) -> str:
    """The scorecard."""
    with words.spoken(lang):
        return "\n".join(_lines(card)) + "\n"


def _lines(card: Data) -> Iterator[str]:
    yield f"# {told('Scorecard')}"
    yield from ("", f"**{escaped(headline(card))}**", "", escaped(level(card["standing"]["overall"])))
    if card["gate"] is not None:
        yield ""
        yield from (f"- ❌ {escaped(reason)}" for reason in card["gate"]["reasons"])
        yield from ([f"✅ {told('The gate is open.')}"] if card["gate"]["passed"] else ())
    if card["compared"] is not None:
        said = told("Since {}").format(card["compared"]["day"])
        yield from ("", escaped("; ".join((f"{said}: {trend_note(card['compared'])}", *card["compared"]["breaks"]))))
        for item in card["compared"]["worse"]:
            yield f"- {escaped(item['experiment'] + ': ' + what_got_worse(item))}"
    clauses = unmet(card)
    yield from _table("Clauses that fail most", _CLAUSES, (_clause(item) for item in clauses[:_LISTED]), len(clauses))
    found = worst_first(card)
    yield from _table("Experiments", _EXPERIMENTS, (_experiment(item) for item in found[:_LISTED]), len(found))
    if any(item["owner"] for item in card["owners"]):
        yield from _table("By owner", _OWNERS, map(_owner, card["owners"]), 0)
    yield from _table("Waivers that end soon", _WAIVERS, map(_waiver, card["waivers"]), 0)
    lost = card["not_judged"]
    rows = ([escaped(item["name"]), escaped(item["fault"])] for item in lost[:_LISTED])
    yield from _table("Not judged", _LOST, rows, len(lost))
    yield from _table("Trend", _TREND, map(_point, card["history"]["points"]), 0)


_CLAUSES: Final = ("Clause", "Level", "What it says", "Fail", "No evidence", "Asked of")
_EXPERIMENTS: Final = ("Experiment", "Overall level", "Score", "Judged", "Owner")
_OWNERS: Final = ("Owner", "Score", "Overall level", "Experiments")
_WAIVERS: Final = ("Ends", "Clause", "For", "Owner")
_LOST: Final = ("Experiment", "Why")
_TREND: Final = ("Day", "Score", "Judged", "Overall level", "Other standards")


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], number: int) -> Iterator[str]:
    """A section with a table; nothing where there is no row."""
    listed = [f"| {' | '.join(row)} |" for row in rows]
    if not listed:
        return
    yield from ("", f"## {told(title)}", "", f"| {' | '.join(told(name) for name in columns)} |")
    yield "|" + "-|" * len(columns)
    yield from listed
    if number > _LISTED:
        yield from ("", told("and {} more: --format json lists all").format(number - _LISTED))


def _verdict(verdict: str) -> str:
    return f"{SIGNS[verdict]} {told(verdict.replace('-', ' '))}"


def _clause(item: Data) -> list[str]:
    said = [f"{told(entry['kind'])}: {entry['says']}" for entry in item["feedback"]]
    says = "<br>".join(escaped(text) for text in (words.says(item), *said))
    counts = (item["failing"], item["counts"].get("no-evidence", 0), item["holding"])
    return [escaped(item["id"]), told(item["level"]), says, *map(str, counts)]


def _experiment(item: Data) -> list[str]:
    standing = item["standing"]["overall"]
    doubt = f" ({item['run']['doubt']})" if item["run"] is not None and item["run"]["doubt"] else ""
    owners = ", ".join(item["owners"])
    score = f"{item['score']['met']}/{item['score']['hold']}"
    return [escaped(item["name"] + doubt), _verdict(standing["level"]), score, _judged(standing), escaped(owners)]


def _owner(item: Data) -> list[str]:
    number = str(len(item["experiments"]))
    return [escaped(item["owner"] or told("nobody")), share(item["score"]), _verdict(item["standing"]["level"]), number]


def _waiver(item: Data) -> list[str]:
    by, which = next(iter(item["for"].items()))
    return [item["expires"], escaped(item["clause"]), escaped(f"{told(by)} {which}"), escaped(item["owner"])]


def _point(item: Data) -> list[str]:
    breaks = escaped("; ".join(item["breaks"]))
    return [item["day"], share(item["score"]), share(item["coverage"]), _verdict(item["level"]), breaks]


def _judged(standing: Data) -> str:
    return f"{standing['coverage']['judged']}/{standing['coverage']['holding']}"

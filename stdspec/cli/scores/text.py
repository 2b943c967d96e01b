"""Format text: the scorecard within 80 columns; of long lists it shows the beginning, and JSON shows all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from stdspec.cli.color import colored
from stdspec.cli.text import Paint
from stdspec.cli.visible import columns
from stdspec.cli.wide import filled
from stdspec.report import words
from stdspec.report.scorecard_words import headline, level, share, trend_note, unmet, what_got_worse, worst_first
from stdspec.report.words import told

_LISTED: Final = 10
"""Entries of a list that are shown."""
_COLOURS: Final = {"pass": "32", "waived": "36", "fail": "31", "error": "31", "stale": "33", "no-evidence": "33"}

Data = Mapping[str, Any]


def render(card: Data, lang: str) -> str:
    """The scorecard."""
    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 80))
    with words.spoken(lang):
        return "".join(f"{line}\n" for line in _lines(card, Paint(colored()), width))


def _lines(card: Data, paint: Paint, width: int) -> Iterator[str]:
    for line in filled(headline(card), width):
        yield paint(line, "1")
    if not card["experiments"] and not card["not_judged"]:
        return
    yield from filled(level(card["standing"]["overall"]), width)
    yield from _domains(card, paint)
    yield from _experiments(card, paint, width)
    yield from _clauses(card, paint, width)
    yield from _owners(card, paint, width)
    yield from _waivers(card, paint, width)
    yield from _not_judged(card, paint, width)
    yield from _compared(card, paint, width)
    yield from _trend(card, paint, width)


def _heading(phrase: str, paint: Paint) -> Iterator[str]:
    yield ""
    yield paint(told(phrase), "1")


def _domains(card: Data, paint: Paint) -> Iterator[str]:
    for name, item in card["standing"]["domains"].items():
        coverage = item["coverage"]
        if coverage["holding"]:
            judged = f"{coverage['judged']}/{coverage['holding']}"
            yield f"  {_padded(told(name), 12)} {_verdict(item['level'], paint)} {judged:>9} {told('judged')}"


def _verdict(verdict: str, paint: Paint) -> str:
    said = told(verdict.replace("-", " "))
    return paint(said, _COLOURS.get(verdict, "2")) + " " * (14 - columns(said))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def _experiments(card: Data, paint: Paint, width: int) -> Iterator[str]:
    """The experiments, the worst first."""
    ranked = worst_first(card)
    if ranked:
        yield from _heading("Experiments", paint)
    for item in ranked[:_LISTED]:
        score = f"{item['score']['met']}/{item['score']['hold']}"
        head = f"  {_verdict(item['standing']['overall']['level'], paint)} {score:>9}  "
        doubt = f" ({item['run']['doubt']})" if item["run"] is not None and item["run"]["doubt"] else ""
        name = filled(f"{item['name']}{doubt}", width - columns(head)) or [""]
        if columns(name[0]) > width - columns(head):  # a long path is never broken: it has a line of its own
            name = ["", *filled(f"{item['name']}{doubt}", width, "      ")]
        yield f"{head}{name[0]}".rstrip()
        yield from name[1:] if not name[0] else (f"{'':28}{line}" for line in name[1:])
    yield from _more(len(ranked))


def _clauses(card: Data, paint: Paint, width: int) -> Iterator[str]:
    """The clauses that fail most, with what people said of them."""
    failing = unmet(card)
    if failing:
        yield from _heading("Clauses that fail most", paint)
    for item in failing[:_LISTED]:
        missing = item["counts"].get("no-evidence", 0)
        parts = [told("{} of {} fail").format(item["failing"], item["holding"])] if item["failing"] else []
        parts += [told("{} of {} without evidence").format(missing, item["holding"])] if missing else []
        head = f"{item['id']} ({told(item['level'])}): {told('; ').join(parts)}"
        yield from filled(head, width, "  ")
        yield from (paint(line, "2") for line in filled(words.says(item), width, "      "))
        for entry in item["feedback"]:
            by = f", {entry['by']}" if entry["by"] else ""
            yield from filled(f"{told(entry['kind'])}: {entry['says']} ({entry['date']}{by})", width, "      ")
    yield from _more(len(failing))


def _owners(card: Data, paint: Paint, width: int) -> Iterator[str]:
    if any(item["owner"] for item in card["owners"]):
        yield from _heading("By owner", paint)
        for item in card["owners"][:_LISTED]:
            said = told("{} of {} musts met; experiments: {}").format(
                item["score"]["met"], item["score"]["hold"], len(item["experiments"])
            )
            yield from filled(f"{item['owner'] or told('nobody')}: {share(item['score'])}, {said}", width, "  ")
        yield from _more(len(card["owners"]))


def _waivers(card: Data, paint: Paint, width: int) -> Iterator[str]:
    if card["waivers"]:
        yield from _heading("Waivers that end soon", paint)
    for item in card["waivers"]:
        by, which = next(iter(item["for"].items()))
        days = told("{} days left").format(item["left"])
        yield from filled(
            f"{item['expires']} ({days}): {item['clause']} {told(by)} {which}, {item['owner']}", width, "  "
        )


def _not_judged(card: Data, paint: Paint, width: int) -> Iterator[str]:
    if card["not_judged"]:
        yield from _heading("Not judged", paint)
    for item in card["not_judged"][:_LISTED]:
        yield from filled(f"{item['name']}: {item['fault']}", width, "  ")
    yield from _more(len(card["not_judged"]))


def _compared(card: Data, paint: Paint, width: int) -> Iterator[str]:
    """What became of the experiments since the last scoring."""
    found = card["compared"]
    if found is None:
        return
    yield ""
    yield paint(told("Since {}").format(found["day"]), "1")
    for item in found["worse"]:
        yield from filled(f"{item['experiment']}: {what_got_worse(item)}", width, "  ")
    for line in (trend_note(found), *found["breaks"]):
        yield from filled(line, width, "  ")


def _trend(card: Data, paint: Paint, width: int) -> Iterator[str]:
    points: Sequence[Data] = card["history"]["points"]
    if len(points) < 2:
        return
    yield from _heading("Trend", paint)
    for item in points[-_LISTED:]:
        for said in item["breaks"]:
            yield from filled(f"-- {said}", width, "  ")
        yield f"  {item['day']}  {share(item['score']):>7}  {told(item['level'].replace('-', ' '))}"


def _more(number: int) -> Iterator[str]:
    if number > _LISTED:
        yield f"  {told('and {} more: --format json lists all').format(number - _LISTED)}"

"""`stdspec explain`: what a code means, why it matters and what to write instead. It needs no network and no spec."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from stdspec.cli.text import wrapped
from stdspec.cli.visible import visible

if TYPE_CHECKING:
    from stdspec.lint.manual import Example, Page
    from stdspec.standard.model import Clause, Standard

_FIXES: Final = {
    "no": "By hand: no option of `stdspec lint` does it.",
    "safe": "`stdspec lint --fix` does it; what is composed stays as it was meant.",
    "unsafe": "`stdspec lint --unsafe-fixes` does it; look at what it wrote, for it takes the likeliest meaning.",
}
"""Who mends a fault, by the field `fixable`."""


@click.command("explain", short_help="Explain a code: what it means, why it matters, what to write.")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option(
    "--standard",
    "names",
    metavar="NAME",
    multiple=True,
    help="Also the clauses of this standard; the shipped base is always meant.",
)
def command(codes: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Explain the codes of findings or the ids of clauses; without one, list them all."""
    from stdspec import settings
    from stdspec.lint import manual

    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    project = settings.load()
    known = manual.standards(project, *names)
    if any(manual.page(code.upper(), known) is None for code in codes):
        known += manual.shipped(project)  # a clause of an industry is known by its id, whatever the spec names
    if not codes:
        sys.stdout.write("\n".join(_list(known)) + "\n")
        return
    pages = [_page(code.upper(), known) for code in dict.fromkeys(codes)]
    sys.stdout.write("\n\n".join("\n".join(_lines(item, width)).rstrip() for item in pages) + "\n")


def _page(code: str, standards: Sequence[Standard]) -> Page:
    from stdspec.errors import InputError
    from stdspec.lint import manual
    from stdspec.suggest import nearest

    found = manual.page(code, standards)
    if found is None:
        hint = nearest(code, _known(standards)) or _by_slug(code, standards)
        remedy = f"did you mean {hint}?" if hint else "`stdspec explain` lists them all"
        raise InputError(f"there is no code or clause {code}", remedy=remedy)
    return found


def _known(standards: Sequence[Standard]) -> list[str]:
    """Every code, and every clause that only the evidence of a run can settle."""
    from stdspec.lint import manual

    return sorted({*manual.codes(standards), *(name for standard in standards for name in standard.clauses)})


def _by_slug(word: str, standards: Sequence[Standard]) -> str | None:
    """The code of a fault that was asked for by its name."""
    from stdspec.lint import manual

    return next((item.code for item in manual.pages(standards) if item.slug == word.lower()), None)


def _list(standards: Sequence[Standard]) -> Iterator[str]:
    from stdspec.lint import manual

    for code in _known(standards):
        item = manual.page(code, standards)
        if item is not None:
            level = f"{item.clauses[0].level}, from {item.clauses[0].since}" if item.clauses else item.severity
            yield f"{code:<12} {item.slug:<34} {level}"


def _lines(item: Page, width: int) -> Iterator[str]:
    yield f"{item.code} {item.slug} ({item.severity})"
    yield ""
    yield from wrapped(f"{item.summary}. {item.why}" if item.kind != "clause" else item.why, width)
    for title, examples in (("Refused:", item.bad), ("Accepted:", item.good)):
        if examples:
            yield from ("", title)
            yield from _examples(examples, width, remedies=item.kind != "clause")
    for clause in item.clauses:
        yield ""
        yield from _clause(clause, width)
    yield from ("", "To mend it:")
    yield from wrapped(f"{_sentence(item.remedy)} {_FIXES[item.fixable]}", width, "  ")
    yield from ("", "To switch it off:")
    yield from wrapped(_off(item), width, "  ")


def _examples(examples: Sequence[Example], width: int, *, remedies: bool) -> Iterator[str]:
    """The examples; a clause has one remedy for all of them, which stands below."""
    for number, example in enumerate(examples):
        if number:
            yield ""
        for line in example.shown.split("\n"):
            yield f"    {line}" if len(line) <= width - 4 else f"    {line[: width - 6]} …"
        if example.message:
            place = f"{example.place}: " if example.place else ""
            said = example.message if remedies else example.message.partition("; ")[0]
            yield from wrapped(visible(f"{place}{said}"), width, "  ")


def _clause(clause: Clause, width: int) -> Iterator[str]:
    from stdspec.standard.operators import asked

    yield f"Clause {clause.id} of {clause.standard}: {clause.level}, from stage {clause.since}"
    yield from wrapped(clause.says["en"], width, "  ")
    if "zh" in clause.says:
        yield f"  {clause.says['zh']}"
    for title, requirement in (("Applies where", clause.when.items()), ("Asks", clause.asks())):
        for number, (path, operators) in enumerate(requirement):
            yield from [] if number else [f"  {title}:"]
            yield from wrapped(f"{path}: {asked(operators)}", width, "    ")
    if clause.house:
        yield from wrapped(f"Our reason: {clause.house}", width, "  ")
    for cite in clause.cites:
        yield from wrapped(f"Cites: {cite.ref} ({cite.relation}, {cite.status})", width, "  ")


def _off(item: Page) -> str:
    everywhere = f'ignore = ["{item.code}"] under [tool.stdspec.lint] of pyproject.toml'
    if item.inline:
        return f"`# stdspec: ignore[{item.code}] reason` on its line, or for the whole project {everywhere}."
    return f"Only for the whole project: {everywhere}. A comment in the file cannot switch it off."


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}" if text else ""

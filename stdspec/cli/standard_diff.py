"""``stdspec standard diff A B``: what changed between two versions of a standard, and which number it needs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from typing import Any, Final

import click

from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.text import Paint, wrapped
from stdspec.cli.visible import in_json, visible
from stdspec.standard import shelf
from stdspec.standard.difference import KINDS, MAJOR, NONE, Change, Difference, difference

_COLOURS: Final = {"added": "32", "removed": "31", "tightened": "33", "loosened": "36", "changed": "33"}


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(old: str, new: str, form: str) -> int:
    """Say which clauses were added, removed, tightened and loosened from A to B, and which version number that needs.

    A and B are files or names of standards. Exit status 1 when the version of B is too low for what changed.
    """
    settings = project.load()
    found = difference(shelf.find(old, settings), shelf.find(new, settings))
    if form == "json":
        sys.stdout.write(in_json(json.dumps(_data(found), indent=2, ensure_ascii=False)) + "\n")
    else:
        width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
        sys.stdout.write("".join(f"{line}\n" for line in _lines(found, Paint(colored()), width)))
    return 0 if found.fits else 1


def _lines(found: Difference, paint: Paint, width: int) -> Iterator[str]:
    for side, sign in ((found.old, "-"), (found.new, "+")):
        yield visible(f"{sign} {side.name} {side.version}, {len(side.clauses)} clauses")
    for kind in KINDS:
        for change in found.changes:
            if change.kind == kind:
                yield from _change(change, paint, width)
    yield from wrapped(_sentence(found), width)


def _change(change: Change, paint: Paint, width: int) -> Iterator[str]:
    title = f"{change.id} ({change.level})" if change.id else "the standard itself"
    yield f"{paint(f'{change.kind:<9}', _COLOURS.get(change.kind, '2'))}  {visible(title)}"
    for detail in change.details:
        yield from wrapped(visible(detail.said), width, "           ")


def _sentence(found: Difference) -> str:
    """What the changes ask of the version number, and whether it is so."""
    if found.needs == NONE:
        return "nothing changed"
    why = (
        "what was accepted may now fail, or may not load" if found.needs == MAJOR else "nothing that was accepted fails"
    )
    asks = f"{why}: the {found.needs} number of the version has to rise"
    if found.fits:
        return f"{asks}, and it is {found.new.version}"
    return f"{asks}, and it is {found.new.version}; write version: {found.wanted}"


def _data(found: Difference) -> dict[str, Any]:
    return {
        "old": {"name": found.old.name, "version": found.old.version},
        "new": {"name": found.new.name, "version": found.new.version},
        "changes": [
            {
                "id": change.id or None,
                "kind": change.kind,
                "level": change.level if change.id else None,
                "needs": change.needs,
                "details": [{"effect": item.effect, "said": item.said} for item in change.details],
            }
            for change in found.changes
        ],
        "needs": found.needs,
        "fits": found.fits,
        "version": found.wanted,
    }

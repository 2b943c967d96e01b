"""``stdspec standard list``: the standards that ship and the project's own, one row each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from stdspec import settings as project
from stdspec.cli.visible import in_json, visible
from stdspec.paths import shown
from stdspec.standard import shelf
from stdspec.standard.shelf import Kept

_WIDTH: Final = 80


@click.command("list")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(form: str) -> int:
    """List the standards that ship and those of the project's folder standards/.

    Exit status 1 when one is at fault.
    """
    found = shelf.everything(project.load())
    sys.stdout.write(_FORMATS[form](found))
    return 1 if any(kept.standard is None for kept in found) else 0


def _json(found: Sequence[Kept]) -> str:
    return in_json(json.dumps([_data(kept) for kept in found], indent=2, ensure_ascii=False)) + "\n"


def _data(kept: Kept) -> dict[str, Any]:
    """A standard as one JSON object; of one at fault nothing is known but its file and the fault."""
    standard = kept.standard
    if standard is None:
        message = kept.findings[0].message if kept.findings else "it cannot be read"
        return {"name": None, "where": shown(kept.path), "shipped": kept.shipped, "fault": message}
    lines = shelf.parts(standard)
    return {
        "name": standard.label,
        "version": standard.version,
        "goal": standard.goal,
        "owner": standard.owner["name"],
        "industry": standard.applies_to.get("industry"),
        "extends": list(standard.extends),
        "clauses": len(lines),
        "own": sum(clause.standard == standard.label for clause in standard.clauses.values()),
        "musts": sum(any(clause.level == "must" for clause in parts) for parts in lines.values()),
        "effective": standard.effective,
        "review_by": standard.review_by,
        "where": shown(kept.path),
        "shipped": kept.shipped,
    }


def _text(found: Sequence[Kept]) -> str:
    """One row each, and below it where it lies, unless it ships, and what it is for."""
    from stdspec.cli.wide import filled

    data = [_data(kept) for kept in found]
    rows = [_row(item) for item in data]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    lines = [_line(_HEAD, widths)]
    for item, row in zip(data, rows, strict=True):
        lines.append(_line(row, widths))
        lines += [] if item["shipped"] else filled(item["where"], _WIDTH, "    ")
        lines += filled(item.get("fault") or item["goal"], _WIDTH, "    ")
    return "".join(f"{line}\n" for line in lines)


_HEAD: Final = ("STANDARD", "VERSION", "CLAUSES", "INDUSTRY")


def _row(data: dict[str, Any]) -> tuple[str, ...]:
    if data["name"] is None:
        return visible(data["where"].rpartition("/")[2]), "-", "at fault", "-"
    industry = data["industry"] or "any"
    if not isinstance(industry, str):
        industry = industry[0] if len(industry) == 1 else f"{industry[0]} +{len(industry) - 1}"
    clauses = f"{data['clauses']}" if data["own"] == data["clauses"] else f"{data['clauses']}, {data['own']} own"
    return visible(data["name"]), data["version"], clauses, visible(industry)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


_FORMATS: Final[dict[str, Callable[[Sequence[Kept]], str]]] = {"text": _text, "json": _json}

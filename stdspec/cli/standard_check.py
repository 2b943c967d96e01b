"""``stdspec standard check``: is a standard sound, do the tests of its clauses hold, and whom would it fail."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from stdspec import clock
from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.text import Paint, render, wrapped
from stdspec.cli.visible import in_json, visible
from stdspec.finding import Finding, Severity
from stdspec.paths import shown
from stdspec.settings import Settings
from stdspec.standard import shelf
from stdspec.standard.model import Standard

if TYPE_CHECKING:
    from stdspec.lint.against import Forecast

_SHOWN: Final = 3
"""Experiments that are named for a clause; JSON names them all."""
_INDENT: Final = 6


class Checked(Struct, frozen=True):
    """A file of a standard, what is wrong with it, and the standard where nothing is."""

    path: Path
    findings: tuple[Finding, ...]
    standard: Standard | None

    @property
    def sound(self) -> bool:
        """Whether it may be used: a warning is no fault."""
        return self.standard is not None and all(item.severity is not Severity.ERROR for item in self.findings)


@click.command("check")
@click.argument("files", nargs=-1, metavar="[STANDARD]...")
@click.option("--against", metavar="PATH", help="Also say which experiments under PATH the standards would fail.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(files: tuple[str, ...], against: str | None, form: str) -> int:
    """Check standards and run the tests of their clauses.

    STANDARD is a file or a name; without one, every standard that ships and the project's own are checked, and what
    people say of their clauses. With
    --against every experiment under PATH is composed and judged by what its spec says, whatever standards it names;
    nothing is run, and the exit status speaks of the standards alone.

    Exit status: 0 sound, 1 at fault.
    """
    settings = project.load()
    found = [_checked(path, settings) for path in _paths(files, settings)]
    said = [] if files else _feedback(settings)
    forecasts = _forecasts(found, against) if against is not None else []
    if form == "json":
        sys.stdout.write(in_json(json.dumps(_data(found, forecasts, said), indent=2, ensure_ascii=False)) + "\n")
    else:
        _print(found, forecasts, said)
    return 0 if all(item.sound for item in found) and all(item.severity is not Severity.ERROR for item in said) else 1


def _feedback(settings: Settings) -> list[Finding]:
    """What is wrong with what people say of clauses."""
    from stdspec.standard import feedback

    found = (*feedback.read(settings)[1], *feedback.lost(settings))
    return sorted(found, key=Finding.sort_key)


def _paths(words: Sequence[str], settings: Settings) -> list[Path]:
    if not words:
        return shelf.files(settings)
    return list(dict.fromkeys(shelf.file_of(word) or shelf.file_named(word, settings) for word in words))


def _checked(path: Path, settings: Settings) -> Checked:
    from stdspec.lint import catalog, files
    from stdspec.standard.load import StandardError, of_file

    found = tuple(sorted(files.check(str(path), settings), key=Finding.sort_key))
    try:
        standard = of_file(path, settings, catalog.modules().keys())
    except StandardError as error:
        return Checked(path, found or error.findings, None)
    return Checked(path, found, standard)


def _forecasts(found: Sequence[Checked], against: str) -> list[Forecast]:
    from stdspec.lint.against import forecast, specs

    composed, today = specs(against), clock.today()
    return [forecast(item.standard, composed, today) for item in found if item.standard is not None and item.sound]


def _print(found: Sequence[Checked], forecasts: Sequence[Forecast], said: Sequence[Finding]) -> None:
    paint, width = Paint(colored()), max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    every = [*said, *(finding for item in found for finding in item.findings)]
    sys.stdout.write(render(every, color=paint.color, width=width))
    lines = [line for item in found for line in _checked_lines(item, paint)]
    lines += [line for item in forecasts for line in _forecast_lines(item, paint, width)]
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _checked_lines(item: Checked, paint: Paint) -> Iterator[str]:
    if item.standard is None or not item.sound:
        yield f"{paint('at fault', '31')}  {visible(shown(item.path))}"
        return
    own = [clause for clause in item.standard.clauses.values() if clause.standard == item.standard.label]
    tests = sum(len(clause.passing) + len(clause.failing) for clause in own)
    what = f"{_count(len(own), 'clause')}, {_count(tests, 'test')}"
    yield f"{paint('sound', '32')}  {visible(item.standard.label)}: {what}"


def _forecast_lines(found: Forecast, paint: Paint, width: int) -> Iterator[str]:
    from stdspec.lint.against import examples, sentence

    yield ""
    yield paint(f"{visible(found.standard.label)}: {sentence(found)}", "1")
    for clause, number in found.by_clause():
        words = clause.says["en"]
        yield from wrapped(visible(f"{number:>4}  {clause.id} ({clause.level}) {words}"), width, "")[:1]
        names = examples(found, clause)
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield from (paint(line, "2") for line in wrapped(visible(f"{', '.join(names[:_SHOWN])}{more}"), width, " " * 6))
    yield from _unsaid_lines(found, paint, width)
    for name, fault in found.uncomposed:
        yield from wrapped(visible(f"not judged: {name}: {fault}"), width, "  ")


def _unsaid_lines(found: Forecast, paint: Paint, width: int) -> Iterator[str]:
    """The clauses that a map reaches too little for, and of each what it would have to reach."""
    clauses = found.unsaid()
    if not clauses:
        return
    from stdspec.lint.against import why_unsaid

    yield paint(
        f"not judged: {_count(len(clauses), 'clause')} of which the map of the project does not say enough", "1"
    )
    for clause, number in clauses:
        text = f"{clause.id} ({clause.level}) {why_unsaid(found, clause)}"
        first, *rest = wrapped(visible(text), width - _INDENT, "")
        yield f"{number:>{_INDENT - 2}}  {first}"
        yield from (f"{'':{_INDENT}}{line}" for line in rest)


def _data(found: Sequence[Checked], forecasts: Sequence[Forecast], said: Sequence[Finding]) -> dict[str, Any]:
    from stdspec.cli.formats.json import as_json

    return {
        "standards": [
            {
                "name": item.standard.label if item.standard else None,
                "where": shown(item.path),
                "sound": item.sound,
                "findings": [as_json(finding) for finding in item.findings],
            }
            for item in found
        ],
        "feedback": [as_json(finding) for finding in said],
        "against": [_forecast_data(item) for item in forecasts],
    }


def _forecast_data(found: Forecast) -> Mapping[str, Any]:
    from stdspec.lint.against import examples, sentence, why_unsaid

    return {
        "standard": found.standard.label,
        "sentence": sentence(found),
        "experiments": len(found.experiments),
        "failing": [item.name for item in found.failing],
        "clauses": [
            {
                "id": clause.id,
                "standard": clause.standard,
                "level": clause.level,
                "says": dict(clause.says),
                "number": number,
                "experiments": list(examples(found, clause)),
            }
            for clause, number in found.by_clause()
        ],
        "not_said": [
            {"id": clause.id, "standard": clause.standard, "number": number, "reason": why_unsaid(found, clause)}
            for clause, number in found.unsaid()
        ],
        "not_judged": [{"file": name, "fault": fault} for name, fault in found.uncomposed],
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

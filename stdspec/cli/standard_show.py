"""``stdspec standard show NAME``: what a standard asks, what it inherits and tightens, and what it rests on."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import click
from msgspec.structs import replace

from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.text import Paint
from stdspec.cli.visible import in_json
from stdspec.cli.wide import filled
from stdspec.settings import Settings
from stdspec.standard import feedback, said, shelf
from stdspec.standard.model import Standard
from stdspec.standard.operators import asked

Data = Mapping[str, Any]

LANGUAGES: Final = ("en", "zh")

_COLOURS: Final = {"must": "31", "should": "33", "may": "36"}
_BOLD, _DIM = "1", "2"


def _json(found: Data, _: Standard, __: Settings, ___: str) -> Data:
    return found


def _cyclonedx(found: Data, standard: Standard, settings: Settings, lang: str) -> Data:
    from stdspec.report.bom.document import of_standard

    return of_standard(found, said.sources([standard], settings), lang)


_FORMATS: Final[dict[str, Callable[[Data, Standard, Settings, str], Data]]] = {"json": _json, "cyclonedx": _cyclonedx}
"""The formats for programs: what makes the data of each."""


@click.command("show")
@click.argument("name")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The words of clauses.")
@click.option("--format", "form", type=click.Choice(("text", *_FORMATS)), default="text", show_default=True)
def command(name: str, lang: str, form: str) -> None:
    """Print every clause of a standard, with those of the standards that it extends.

    NAME is a standard such as stdspec/base@1, or a file. Format cyclonedx is a document of CycloneDX 1.6 that defines
    the standard and those that it extends.
    """
    settings = project.load()
    standard = shelf.find(name, settings)
    found = feedback.beside(said.standard(standard), map(_fit_to_print, feedback.read(settings)[0]))
    if form in _FORMATS:
        data = _FORMATS[form](found, standard, settings, lang)
        sys.stdout.write(in_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n")
        return
    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    sys.stdout.write("".join(f"{line}\n" for line in _Printer(Paint(colored()), width, lang).lines(found)))


def _fit_to_print(entry: feedback.Entry) -> feedback.Entry:
    from stdspec.cli.masked import said_without_secrets

    return replace(entry, says=said_without_secrets(entry.says), by=said_without_secrets(entry.by))


class _Printer:
    """Writes a standard as text.

    Args:
        paint: colours.
        width: the columns to fit into.
        lang: the language of the clauses; what is not said in it is said in English.
    """

    def __init__(self, paint: Paint, width: int, lang: str) -> None:
        self.paint, self.width, self.lang = paint, width, lang

    def lines(self, found: Data) -> Iterator[str]:
        """The head, then the clauses domain by domain."""
        yield self.paint(f"{found['name']} (version {found['version']})", _BOLD)
        yield from self._wrapped(found["goal"], "  ")
        yield from self._wrapped(f"kept by {', '.join(map(str, found['owner'].values()))}", "  ")
        for key, words in _HEAD.items():
            if found[key]:
                yield from self._wrapped(f"{words} {_listed(found[key])}", "  ")
        for domain in dict.fromkeys(clause["domain"] for clause in found["clauses"]):
            yield ""
            yield self.paint(domain, _BOLD)
            for clause in found["clauses"]:
                if clause["domain"] == domain:
                    yield from self._clause(clause, found["name"])
                    for tighter in clause["tightened_by"]:
                        yield from self._clause(tighter, found["name"], f"tightens {clause['id']}")

    def _clause(self, clause: Data, standard: str, mark: str = "") -> Iterator[str]:
        marks = [mark] if mark else []
        if tighter := [part["id"] for part in clause.get("tightened_by", ())]:
            marks.append(f"tightened by {', '.join(tighter)}")
        if clause["standard"] != standard:
            marks.append(f"of {clause['standard']}")
        level = self.paint(f"{clause['level']:<6}", _COLOURS[clause["level"]])
        yield f"  {clause['id']:<13} {level} from {clause['from']}"
        yield from (self.paint(line, _DIM) for line in self._wrapped("; ".join(marks), "    "))
        yield from self._wrapped(clause["says"].get(self.lang, clause["says"]["en"]), "    ")
        yield from (self.paint(line, _DIM) for part in _asks(clause) for line in self._wrapped(part, "      "))
        yield from (line for item in clause["feedback"] for line in self._wrapped(_feedback(item), "      "))

    def _wrapped(self, text: str, indent: str) -> list[str]:
        return filled(text, self.width, indent)


_HEAD: Final = {
    "extends": "extends",
    "drops": "drops",
    "applies_to": "applies where",
    "effective": "in force from",
    "review_by": "to be reviewed by",
}


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{key} is {_either(item)}" for key, item in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _either(value: Any) -> str:
    return " or ".join(value) if isinstance(value, list) else str(value)


def _asks(clause: Data) -> Iterator[str]:
    """What is asked and when, and on what it rests, one sentence part each."""
    if clause["rule"]:
        yield f"asks: the check {clause['rule']} finds nothing"
    for path, operators in clause["require"].items():
        yield f"asks: {path} {asked(operators)}"
    for path, fragment in clause["schema"].items():
        yield f"asks: {path} fits {json.dumps(fragment, ensure_ascii=False)}"
    for path, operators in clause["when"].items():
        yield f"where: {path} {asked(operators)}"
    if clause["valid_for"]:
        yield f"evidence: no older than {clause['valid_for']}"
    for cite in clause["cites"]:
        yield f"cites: {cite['ref']} ({cite['relation']}, {cite['status']})"
    if clause["house"]:
        yield f"house: {clause['house']}"


def _feedback(item: Data) -> str:
    by = f", {item['by']}" if item["by"] else ""
    return f"feedback: {item['kind']}: {item['says']} ({item['date']}{by}, of version {item['version']})"

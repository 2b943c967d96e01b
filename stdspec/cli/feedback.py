"""``stdspec feedback``: says of a clause that it is wrong or unclear, and lists what was said, for who improves it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from stdspec import settings as project
from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.settings import Settings

if TYPE_CHECKING:
    from stdspec.finding import Finding
    from stdspec.standard.feedback import Entry

_LONGEST: Final = {"says": 2000, "by": 200}
"""How many characters a text may have, as the schema has it."""


@click.command("feedback", short_help="Say that a clause is wrong or unclear; list what was said.")
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--wrong", metavar="TEXT", help="It asks the wrong thing, or passes or fails what it should not.")
@click.option("--unclear", metavar="TEXT", help="It cannot be told what it asks.")
@click.option("--by", metavar="NAME", help="Who says so; nobody is named unless you name them.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(code: str | None, wrong: str | None, unclear: str | None, by: str | None, form: str) -> int:
    """Say of a clause that it is wrong or unclear, or list what was said.

    CODE is the id of a clause, or its whole name where several standards have that id. What is said goes into
    standards/feedback.yaml, with the day and the version of the standard, to be committed. It changes no verdict;
    stdspec standard show and the scorecard print it beside the clause.

    \b
    stdspec feedback DAT002 --unclear "Is a contract with a vendor a licence?"
    stdspec feedback acme/vision@2/VIS-01 --wrong "Fails grey images." --by Ana
    stdspec feedback
    """  # noqa: D301 - click reads the escape
    said = [(kind, text) for kind, text in (("wrong", wrong), ("unclear", unclear)) if text is not None]
    if len(said) > 1:
        raise click.UsageError("--wrong and --unclear exclude each other")
    if said and code is None:
        raise click.UsageError("name the clause: stdspec feedback CODE --wrong TEXT")
    if by is not None and not said:
        raise click.UsageError("--by says who says something; add --wrong TEXT or --unclear TEXT")
    settings = project.load()
    if said:
        ((kind, text),) = said
        return _add(settings, str(code), kind, _plain("says", text), _plain("by", by) if by is not None else "")
    return _list(settings, code, form)


def _plain(what: str, text: str) -> str:
    """A text that can be kept in a file that people commit.

    Raises:
        InputError: when it is empty, too long, no text or holds a secret.
    """
    from stdspec.lint.secret_shape import in_text

    text = " ".join(text.split())
    named = "the text" if what == "says" else "the name"
    if not text:
        raise InputError(f"{named} is empty", remedy="write a sentence" if what == "says" else "leave --by out")
    if len(text) > _LONGEST[what]:
        raise InputError(f"{named} has {len(text)} characters, and {_LONGEST[what]} are the most", remedy="say less")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InputError(f"{named} is not UTF-8", remedy="write it anew")
    if found := in_text(text):
        raise InputError(f"{named} holds {found[0].kind}, and the file is committed", remedy="leave it out")
    return text


def _add(settings: Settings, code: str, kind: str, says: str, by: str) -> int:
    from stdspec import clock, whole
    from stdspec.cli.visible import visible
    from stdspec.run.locks import locked
    from stdspec.standard import feedback

    clause, standard = feedback.about(code, settings)
    entry = feedback.Entry(clause.id, standard.label, standard.version, kind, says, clock.today().isoformat(), by)
    file = feedback.path(settings)
    try:
        with locked(settings.root / ".stdspec" / "feedback.lock"):
            text = feedback.added(settings, entry)
            if text is not None:
                file.parent.mkdir(exist_ok=True)
                whole.write(file, text)
    except OSError as error:
        raise InputError(f"the file cannot be written: {error.strerror}", shown(file)) from None
    done = "was there already" if text is None else "is added, to be committed"
    sys.stdout.write(visible(f"{shown(file)}: that {clause.id} of {standard.label} is {kind} {done}") + "\n")
    return 0


def _list(settings: Settings, code: str | None, form: str) -> int:
    from stdspec.finding import Severity
    from stdspec.standard import feedback

    entries, findings = feedback.read(settings)
    if code is not None:
        clause, standard = feedback.about(code, settings)
        entries = tuple(item for item in entries if (item.clause, item.standard) == (clause.id, standard.label))
    every = tuple(sorted((*findings, *feedback.lost(settings)), key=lambda item: item.sort_key()))
    if form == "json":
        from stdspec.cli.formats.json import as_json
        from stdspec.cli.visible import in_json

        data = {"feedback": [_data(item) for item in entries], "findings": [as_json(item) for item in every]}
        sys.stdout.write(in_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n")
    else:
        _print(settings, entries, every)
    return int(any(item.severity is Severity.ERROR for item in findings))


def _data(item: Entry) -> dict[str, Any]:
    from stdspec.cli.masked import said_without_secrets

    place = f"{shown(item.place.file)}:{item.place.line}" if item.place else None
    return {**said_without_secrets(item.as_dict()), "by": item.by or None, "place": place}


def _print(settings: Settings, entries: Sequence[Entry], findings: Sequence[Finding]) -> None:
    from stdspec.cli.color import colored
    from stdspec.cli.text import render
    from stdspec.cli.visible import visible
    from stdspec.standard import feedback

    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    sys.stdout.write(render(findings, color=colored(), width=width))
    if not entries:
        where = visible(shown(feedback.path(settings)))
        sys.stderr.write(
            f"stdspec: nothing is said in {where}; say something with stdspec feedback CODE --unclear TEXT\n"
        )
    sys.stdout.write("".join(f"{line}\n" for line in _lines(settings, entries, width)))


def _lines(settings: Settings, entries: Sequence[Entry], width: int) -> Iterator[str]:
    """The clauses in the order in which something was said of them, each with its words and what was said."""
    from stdspec.cli.color import colored
    from stdspec.cli.text import Paint
    from stdspec.cli.visible import visible
    from stdspec.cli.wide import filled
    from stdspec.standard import feedback, shelf

    paint = Paint(colored())
    standards = {kept.standard.label: kept.standard for kept in shelf.everything(settings) if kept.standard}
    for (label, code), said in feedback.by_clause(entries).items():
        standard = standards.get(label)
        clause = standard.clauses.get(code) if standard else None
        yield paint(visible(f"{code} of {label}"), "1")
        yield from filled(clause.says["en"] if clause else "there is no such clause here", width, "  ")
        for item in said:
            now = standard.version if standard else item.version
            yield from filled(words(item, now), width, "    ")


def words(item: Entry, version: str) -> str:
    """What was said in one line: of which version it was said where that is another one by now."""
    from stdspec.cli.masked import without_secrets_of

    of = f", of version {item.version}" if item.version != version else ""
    by = f", {item.by}" if item.by else ""
    return f"{item.kind}: {without_secrets_of((), item.says)} ({item.date}{by}{of})"

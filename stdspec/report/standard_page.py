"""A standard as a page for people, in Markdown and in HTML: every clause in words, what it reads, on what it rests.

Both are views of what `stdspec.standard.said.standard` gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment

from stdspec.domains import DOMAINS
from stdspec.report import page, text, words
from stdspec.report.translated import Translated, teller
from stdspec.report.words import told

Data = Mapping[str, Any]
Fact = tuple[str, list[str]]

_MARKS: Final = re.compile(r"[\\`*_\[\]<>#|~]")
"""What would make markup."""


def html(standard: Data, lang: str) -> str:
    """The page, one offline file."""
    with words.spoken(lang):
        return (
            _environment(lang)
            .get_template("standard.html.j2")
            .render(
                s=standard,
                tag=words.TAGS.get(lang, lang),
                facts=list(_head(standard)),
                domains=_by_domain(standard),
                marks=_marks,
                facts_of=lambda clause: list(_facts(clause)),
            )
        )


def markdown(standard: Data, lang: str) -> str:
    """The page as Markdown, a section a domain."""
    with words.spoken(lang):
        return "\n".join(_markdown(standard)) + "\n"


def _markdown(standard: Data) -> Iterator[str]:
    yield from (f"# {_plain(standard['name'])}", "", _plain(standard["goal"]), "")
    yield from (f"- {name}: {_plain(said)}" for name, said in _head(standard))
    for domain, clauses in _by_domain(standard).items():
        yield from ("", f"## {told(domain)}")
        for clause in clauses:
            yield from ("", f"### {_plain(clause['id'])} {_plain(words.says(clause))}", "")
            yield from (told("; ").join(map(_plain, _marks(clause, standard))), "")
            for name, lines in _facts(clause):
                yield from (f"- {name}: {_plain(line)}" for line in lines)


def _head(standard: Data) -> Iterator[tuple[str, str]]:
    yield told("Version"), standard["version"]
    yield told("Kept by"), ", ".join(map(str, standard["owner"].values()))
    for key, name in _HEAD.items():
        if standard[key]:
            yield told(name), text.value(standard[key])
    yield told("Clauses"), str(len(standard["clauses"]))


_HEAD: Final = {
    "extends": "Extends",
    "drops": "Drops",
    "applies_to": "Applies where",
    "effective": "In force from",
    "review_by": "To be reviewed by",
}


def _by_domain(standard: Data) -> dict[str, list[Data]]:
    """The clauses of each domain, those that tighten another one behind it."""
    found: dict[str, list[Data]] = {domain: [] for domain in DOMAINS}
    for clause in standard["clauses"]:
        found[clause["domain"]] += [clause, *({**part, "tightens": clause["id"]} for part in clause["tightened_by"])]
    return {domain: clauses for domain, clauses in found.items() if clauses}


def _marks(clause: Data, standard: Data) -> Iterator[str]:
    """How strongly, from when, whose it is, and what it has to do with others."""
    yield told(clause["level"])
    yield told("from stage {}").format(told(clause["from"]))
    if clause["standard"] != standard["name"]:
        yield told("of {}").format(clause["standard"])
    if clause.get("tightens"):
        yield told("tightens {}").format(clause["tightens"])
    if clause.get("tightened_by"):
        yield told("tightened by {}").format(", ".join(part["id"] for part in clause["tightened_by"]))


def _facts(clause: Data) -> Iterator[Fact]:
    """What a clause asks and where, on what it rests, and what to do."""
    asks = [told("the check {} finds nothing").format(clause["rule"])] if clause["rule"] else []
    asks += [f"{path} {text.limit(operators)}" for path, operators in clause["require"].items()]
    asks += [
        told("{} fits {}").format(path, json.dumps(fragment, ensure_ascii=False))
        for path, fragment in clause["schema"].items()
    ]
    yield told("Asks"), asks
    if clause["when"]:
        yield told("Applies where"), [f"{path} {text.limit(operators)}" for path, operators in clause["when"].items()]
    if clause["valid_for"]:
        yield told("Evidence"), [told("no older than {}").format(clause["valid_for"])]
    if clause["cites"]:
        yield told("Cites"), [f"{cite['ref']} ({cite['relation']}, {cite['status']})" for cite in clause["cites"]]
    if clause["house"]:
        yield told("Our reason"), [clause["house"]]
    yield told("Remedy"), [clause["remedy"]]


@cache
def _environment(lang: str) -> Environment:
    environment = page.environment("stdspec.report")
    environment.filters |= {"told": told, "says": words.says}
    environment.extend(told=teller(words.TABLES[lang]))
    environment.add_extension(Translated)
    return environment


def _plain(said: str) -> str:
    return _MARKS.sub(r"\\\g<0>", " ".join(str(said).split()))

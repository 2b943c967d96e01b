"""Puts the fixed words of templates into another language while they are compiled; the templates stay plain English.

What a template writes itself is translated piece by piece between tags and values; what a value says is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

Told = Callable[[str], str]

_PARTS: Final = re.compile(r"(<style.*?</style>|<[^>]*>)", re.DOTALL)
_SAID: Final = re.compile(r'((?:aria|data)-label=")([^"]+)(")')
_WORD: Final = re.compile(r"[A-Za-z]{2,}|^A$")
_ENTITY: Final = re.compile(r"&[a-z]+;")


class Translated(Extension):
    """Translates the text, the labels and the phrases in quotes of each template of an environment.

    The environment has `told`, which gives a phrase in the language that is wanted, or as it is.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens of a template, translated."""
        told: Told = getattr(self.environment, "told", str)
        inside = False  # a tag may be broken by a value: what follows it belongs to the tag up to its end
        for token in stream:
            if token.type == "data":
                text, inside = _text(token.value, told, inside)
                yield Token(token.lineno, "data", text)
            elif token.type == "string" and " " in token.value:
                yield Token(token.lineno, "string", told(token.value))
            else:
                yield token


def teller(table: Mapping[str, str]) -> Told:
    """What gives the phrases of a table, and others as they are."""
    return lambda phrase: table.get(phrase, phrase)


def phrases(environment: Environment, source: str) -> list[str]:
    """Every piece of fixed words of a template that a translation has to have."""
    found: list[str] = []

    def heard(phrase: str) -> str:
        found.append(phrase)
        return phrase

    inside = False
    for _, kind, value in environment.lex(source):
        if kind == "data":
            _, inside = _text(value, heard, inside)
    return list(dict.fromkeys(found))


def _text(data: str, told: Told, inside: bool) -> tuple[str, bool]:
    """Template text with its words translated, and whether it ends inside a tag."""
    head = ""
    if inside:
        head, end, data = data.partition(">")
        head = _labels(head + end, told)
        if not end:
            return head, True
    return head + "".join(_pieces(data, told)), data.rfind("<") > data.rfind(">")


def _pieces(data: str, told: Told) -> Iterator[str]:
    for part in _PARTS.split(data):
        if part.startswith("<"):
            yield _labels(part, told)
            continue
        words, opening, rest = part.partition("<")  # a tag that a value breaks
        yield _phrase(words, told) + _labels(opening + rest, told)


def _labels(tag: str, told: Told) -> str:
    return _SAID.sub(lambda found: f"{found[1]}{told(found[2])}{found[3]}", tag)


def _phrase(text: str, told: Told) -> str:
    """A piece of text in which there is a word; the white space around it stays."""
    words = text.strip()
    if not _WORD.search(_ENTITY.sub("", words)):
        return text
    start = text.index(words)
    return f"{text[:start]}{told(words)}{text[start + len(words) :]}"

"""The tokens of OmegaConf's interpolation grammar: what a character means depends on what it stands in.

A text, an interpolation, the arguments of a resolver and a quoted text have tokens of their own. Where two tokens fit,
the longer one is taken, and of equally long ones the first.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

from stdspec.compose.interpolation import GrammarError


class Kind(StrEnum):
    """The tokens that the parser tells apart."""

    OPEN = "${"
    CLOSE = "}"
    COLON = ":"
    DOT = "."
    BRACKET_OPEN = "["
    BRACKET_CLOSE = "]"
    BRACE_OPEN = "{"
    COMMA = ","
    QUOTE = "quote"
    NAME = "name"
    KEY = "key"
    PLAIN = "plain"
    ESCAPE = "escape"
    END = "end"


class Token(Struct, frozen=True):
    """A token and its place in the text."""

    kind: Kind
    begin: int
    end: int


_NAME: Final = r"[A-Za-z_][A-Za-z0-9_-]*"
_WHOLE: Final = r"(?:0|[1-9](?:_?[0-9])*)"
_POINT: Final = rf"(?:{_WHOLE}?\.[0-9](?:_?[0-9])*|{_WHOLE}\.)"
_EXPONENT: Final = rf"(?:{_POINT}|{_WHOLE})[eE][+-]?[0-9](?:_?[0-9])*"
_NUMBER: Final = rf"[+-]?(?:{_EXPONENT}|{_POINT}|{_WHOLE}|[Ii][Nn][Ff]|[Nn][Aa][Nn])"
_OPEN: Final = r"\$\{[ \t]*"

Rules = tuple[tuple[Kind, re.Pattern[str]], ...]


def _rules(*rules: tuple[Kind, str]) -> Rules:
    return tuple((kind, re.compile(pattern)) for kind, pattern in rules)


def _quoted(quote: str) -> Rules:
    return _rules(
        (Kind.OPEN, _OPEN),
        (Kind.QUOTE, quote),
        (Kind.PLAIN, rf"[^{quote}$]*[^{quote}\\$]"),
        (Kind.ESCAPE, r"(?:\\\\)*\\\$\{"),
        (Kind.ESCAPE, rf"(?:\\\\)*\\{quote}"),
        (Kind.PLAIN, r"\\+"),
        (Kind.PLAIN, r"\$"),
    )


NAMES: Final = _rules(
    (Kind.OPEN, _OPEN),
    (Kind.COLON, r"[ \t]*:[ \t]*"),
    (Kind.CLOSE, r"[ \t]*\}"),
    (Kind.DOT, r"\."),
    (Kind.BRACKET_OPEN, r"\["),
    (Kind.BRACKET_CLOSE, r"\]"),
    (Kind.NAME, _NAME),
    (Kind.KEY, r"[^\\{}()\[\]:. \t'\"]+"),
)
"""Inside ``${…}``, up to the colon of a resolver."""

ARGUMENTS: Final = _rules(
    (Kind.OPEN, _OPEN),
    (Kind.BRACE_OPEN, r"\{[ \t]*"),
    (Kind.CLOSE, r"[ \t]*\}"),
    (Kind.QUOTE, "['\"]"),
    (Kind.COMMA, r"[ \t]*,[ \t]*"),
    (Kind.BRACKET_OPEN, r"\[[ \t]*"),
    (Kind.BRACKET_CLOSE, r"[ \t]*\]"),
    (Kind.COLON, r"[ \t]*:[ \t]*"),
    (Kind.PLAIN, _NUMBER),
    (Kind.PLAIN, r"[/\-\\+.$%*@?|]"),
    (Kind.NAME, _NAME),
    (Kind.ESCAPE, r"(?:\\[\\()\[\]{}:=, \t])+"),
    (Kind.PLAIN, r"[ \t]+"),
)
"""Behind the colon of a resolver, and inside the braces of a mapping there."""

QUOTED: Final = {"'": _quoted("'"), '"': _quoted('"')}
"""Inside quotes."""


def token(text: str, at: int, rules: Rules) -> Token:
    """The token at a position.

    Raises:
        GrammarError: when none fits.
    """
    if at >= len(text):
        return Token(Kind.END, at, at)
    best = Token(Kind.END, at, at)
    for kind, pattern in rules:
        match = pattern.match(text, at)
        if match is not None and match.end() > best.end:
            best = Token(kind, at, match.end())
    if best.end == at:
        raise GrammarError(f"'{text[at]}' is not allowed where it stands")
    return best

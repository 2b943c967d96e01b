"""Text that somebody else wrote, made safe to print: what would steer a terminal or break a line becomes visible."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_HIDDEN: Final = (
    "[\x00-\x1f\x7f-\x9f"  # control characters: escape codes of a terminal begin with one
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # these turn the direction of what stands beside them
    "\u2028\u2029\ufeff\ufffe\uffff"  # line ends that editors disagree on, and what no text may hold
    "\ud800-\udfff]"  # halves of characters: bytes of file names that are not UTF-8
)


def visible(text: str) -> str:
    r"""The text in one line, with control characters and the like as escapes: ``\x1b``, ``\n``, ``\u202e``."""
    if text.isascii() and text.isprintable():  # the usual case
        return text
    return _hidden().sub(_escape, text)


def columns(text: str) -> int:
    """The columns that a text takes in a terminal: two for a wide character, none for one that marks another."""
    if text.isascii():  # the usual case
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile(_HIDDEN)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def in_json(text: str) -> str:
    """JSON in which the same characters are escapes, so that it means the same and a terminal may show it."""
    return _hidden().sub(lambda found: "\n" if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)

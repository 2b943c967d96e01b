"""The grammar of interpolations: ``${a.b}``, ``${..sibling}``, ``${a.${b}}``, ``${oc.env:NAME}``, escapes.

A text is valid exactly when OmegaConf's grammar takes it: the parser here follows it token by token.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

_KEY: Final = r"[A-Za-z_]\w*"
_PLAIN_REFERENCE: Final = rf"\$\{{\.*{_KEY}(?:\.\w+|\[\w+\])*\}}"
_PLAIN_TEXT: Final = rf"(?a)(?:[^$\\]|\\(?![$\\])|{_PLAIN_REFERENCE})*"
_HEAD: Final = r"\.*[^.[]*"
_REST: Final = r"\.([^.[]*)|\[(.*?)\]"


class GrammarError(ValueError):
    """A text that is not a valid interpolation."""


class Reference(Struct, frozen=True):
    """``${..a.b}``: the number of leading dots and the pieces of the key, which may hold references themselves."""

    dots: int
    pieces: tuple[Piece, ...]


class Call(Struct, frozen=True):
    """``${resolver:arguments}``, the arguments as text, and what they refer to themselves."""

    resolver: str
    arguments: str
    within: tuple[Reference | Call, ...] = ()


Piece = str | Reference | Call


def interpolated(value: Any) -> bool:
    """Whether OmegaConf sees an interpolation in this value."""
    return isinstance(value, str) and "${" in value


def check(text: str) -> None:
    """Refuses a text that OmegaConf's grammar refuses.

    Raises:
        GrammarError: when the text is not valid.
    """
    if not re.fullmatch(_PLAIN_TEXT, text):
        parse(text)


@lru_cache(maxsize=16_384)
def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a text: literal parts with their escapes undone, references and calls.

    Raises:
        GrammarError: when OmegaConf's grammar refuses the text.
    """
    from stdspec.compose.interpolation_parser import Parser  # many configs refer to nothing

    pieces: list[Piece] = []
    at = 0
    while True:
        start = text.find("${", at)
        if start < 0:
            pieces.append(text[at:])
            break
        slashes = start - at - len(text[at:start].rstrip("\\"))
        literal = text[at : start - slashes] + "\\" * (slashes // 2)
        if slashes % 2:
            pieces.append(literal + "${")
            at = start + 2
            continue
        pieces.append(literal)
        parser = Parser(text, start)
        pieces.append(parser.interpolation())
        at = parser.at
    return tuple(piece for piece in pieces if piece != "")


def split_key(key: str) -> list[str]:
    """The parts of a key as OmegaConf splits it: ``a.b[0]`` is a, b, 0."""
    if "[" not in key:
        return key.split(".")
    head = re.match(_HEAD, key)
    first = head.group() if head else ""
    rest = key[len(first) :]
    parts = first.split(".")  # every leading dot is an empty part of its own
    if rest.startswith("[") and not parts[-1]:
        parts.pop()
    return parts + [dotted or bracketed for dotted, bracketed in re.findall(_REST, rest)]


def index_of(part: str) -> int | None:
    """The place in a list that a part of a key names, read as Python reads an integer; None when it names none."""
    try:
        index = int(part)
    except ValueError:
        return None
    return index if index >= 0 else None

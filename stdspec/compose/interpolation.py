"""The grammar of interpolations: ``${a.b}``, ``${..sibling}``, ``${a.${b}}``, ``${oc.env:NAME}``, escapes.

Only the common forms are decided here. What is unusual is shown to OmegaConf's own grammar, so that a text is valid
exactly when OmegaConf takes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

_KEY: Final = r"[A-Za-z_]\w*"
_PLAIN_REFERENCE: Final = rf"\$\{{\.*{_KEY}(?:\.\w+|\[\w+\])*\}}"
_PLAIN_TEXT: Final = re.compile(rf"(?:[^$\\]|\\(?![$\\])|{_PLAIN_REFERENCE})*", re.ASCII)
_NOT_IN_KEY: Final = frozenset("\\{}()[].:'\" \t\n")
_HEAD: Final = re.compile(r"\.*[^.[]*")
_REST: Final = re.compile(r"\.([^.[]*)|\[(.*?)\]")


@dataclass(frozen=True, slots=True)
class Reference:
    """``${..a.b}``: the number of leading dots and the pieces of the key, which may hold references themselves."""

    dots: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """``${resolver:arguments}``, the arguments as text."""

    resolver: str
    arguments: str


Piece = str | Reference | Call


class GrammarError(ValueError):
    """A text that is not a valid interpolation."""


def interpolated(value: Any) -> bool:
    """Whether OmegaConf sees an interpolation in this value."""
    return isinstance(value, str) and "${" in value


def check(text: str) -> None:
    """Refuses a text that OmegaConf's grammar refuses.

    Raises:
        GrammarError: when the text is not valid.
    """
    if not _PLAIN_TEXT.fullmatch(text):
        from stdspec.compose import hydra_adapter

        problem = hydra_adapter.interpolation_problem(text)
        if problem:
            raise GrammarError(problem)


@lru_cache(maxsize=16_384)
def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a text: literal parts with their escapes undone, references and calls.

    Raises:
        GrammarError: when braces or keys do not fit together.
    """
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
        piece, at = _interpolation(text, start + 2)
        pieces.append(piece)
    return tuple(piece for piece in pieces if piece != "")


def _interpolation(text: str, at: int) -> tuple[Reference | Call, int]:
    """What stands after ``${``, and the position after its closing brace."""
    at = _skip_space(text, at)
    begin = at
    while text.startswith(".", at):
        at += 1
    dots = at - begin
    pieces: list[Piece] = []
    while at < len(text):
        if text.startswith("${", at):
            piece, at = _interpolation(text, at + 2)
            pieces.append(piece)
        elif text[at] == ":":
            end = _closing_brace(text, at + 1)
            return Call(text[begin:at].strip(), text[at + 1 : end].strip()), end + 1
        elif text[at] == "}":
            return Reference(dots, tuple(pieces)), at + 1
        elif text[at].isspace():
            at = _skip_space(text, at)
        elif text[at] in ".[]" or text[at] not in _NOT_IN_KEY:
            pieces.append(text[at])
            at += 1
        else:
            break
    raise GrammarError(f"'{text}' is not a valid interpolation")


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _closing_brace(text: str, at: int) -> int:
    """The position of the brace that closes a call, past nested braces and quoted texts."""
    depth, quote = 0, ""
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}" and depth == 0:
            return at
        elif char == "}":
            depth -= 1
        at += 1
    raise GrammarError(f"'{text}' is not a valid interpolation")


def split_key(key: str) -> list[str]:
    """The parts of a key as OmegaConf splits it: ``a.b[0]`` is a, b, 0."""
    head = _HEAD.match(key)
    first = head.group() if head else ""
    rest = key[len(first) :]
    parts = [dotted or bracketed for dotted, bracketed in _REST.findall(rest)]
    return ([first] if first or not key.startswith("[") else []) + parts

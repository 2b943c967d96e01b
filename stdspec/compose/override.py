"""Command-line overrides. The plain forms are read here; every other one by Hydra's own grammar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from stdspec.compose.refusal import refuse
from stdspec.finding import COMMAND_LINE, Span


class Action(StrEnum):
    """What an override does, by its prefix."""

    CHANGE = ""
    ADD = "+"
    FORCE = "++"
    DELETE = "~"


class Override(Struct, frozen=True):
    """One override.

    Attributes:
        text: as given.
        action: change, add, force or delete.
        key: a dotted config path or a config group.
        value: the typed value; None for a deletion without a value.
        package: what stands after `@` in the key.
        span: its place on the command line; the line is its number.
    """

    text: str
    action: Action
    key: str
    value: Any
    package: str | None
    span: Span


_WORD: Final = r"[A-Za-z_]\w*"
_PLAIN: Final = (
    rf"(?a)(?P<action>\+\+|\+|)(?P<key>{_WORD}(?:\.{_WORD})+|{_WORD}(?:/{_WORD})*)="
    r"(?:(?P<integer>[-+]?(?:0|[1-9]\d*))|(?P<float>[-+]?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+))"
    r"|(?P<word>[A-Za-z_][\w/.+-]*))"
)
MAX_DIGITS: Final = 1_000
"""Python refuses to read integers of some thousand digits."""

_CONSTANTS: Final[dict[str, Any]] = {"null": None, "true": True, "false": False}
_NOT_WORDS: Final = frozenset(("inf", "nan"))


def parse_all(texts: Sequence[str]) -> list[Override]:
    """The overrides of a command line.

    Raises:
        Refused: for a text that is not an override, and for a sweep.
    """
    return [_plain(text, number) or _by_hydra(text, number) for number, text in enumerate(texts, start=1)]


def _span(text: str, number: int) -> Span:
    return Span(COMMAND_LINE, number, 1, number, len(text) + 1)


def _plain(text: str, number: int) -> Override | None:
    match = re.fullmatch(_PLAIN, text)
    if match is None:
        return None
    word = match["word"]
    if word is None:
        if len(match["integer"] or "") > MAX_DIGITS:
            return None
        value: Any = int(match["integer"]) if match["integer"] is not None else float(match["float"])
    elif word.lower() in _NOT_WORDS:
        return None
    else:
        value = _CONSTANTS.get(word.lower(), word)
    return Override(text, Action(match["action"]), match["key"], value, None, _span(text, number))


def _by_hydra(text: str, number: int) -> Override:
    from stdspec.compose import hydra_adapter

    span = _span(text, number)
    try:
        action, key, package, value, sweep = hydra_adapter.parse_override(text)
    except hydra_adapter.OverrideSyntaxError as error:
        raise refuse(
            f"the override {text} cannot be read: {error}", span, "write key=value, and quote special characters"
        ) from None
    if sweep:
        raise refuse(
            f"the override {text} is a sweep over several values",
            span,
            f"write a list as {key}=[1,2], quote a text, or use -m",
        )
    return Override(text, Action(action), key, value, package, span)

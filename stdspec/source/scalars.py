"""What a YAML scalar means, exactly as OmegaConf 2.3 reads it.

YAML 1.1 as PyYAML has it, with two differences: ``1e-3`` is a float, and there are no timestamps.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePath
from typing import Final

from msgspec import Struct

Scalar = str | int | float | bool | bytes | PurePath | None

MERGE: Final = object()
"""What the plain scalar ``<<`` means as a key: take over the entries of the mapping it names."""

EQUALS: Final = object()
"""What the plain scalar ``=`` means: nothing as a value, and itself as a key."""

_NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS: Final = {
    spelling: value
    for word, value in (("yes", True), ("no", False), ("true", True), ("false", False), ("on", True), ("off", False))
    for spelling in (word, word.capitalize(), word.upper())
}
_MAYBE_NUMBER: Final = frozenset("-+0123456789.")
_INTEGER: Final = re.compile(
    r"[-+]?(?:0b[01_]+|0[0-7_]+|(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)"
)
_FLOAT: Final = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+"
    r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
    r"|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)"
)


class UnreadableScalarError(ValueError):
    """A scalar that has no value as plain data; its text says why."""


def _sexagesimal(digits: str) -> float:
    total = 0.0
    for part in digits.split(":"):
        total = total * 60 + float(part)
    return total


_BITS: Final = 14_000
"""The longest integer that is read; Python writes none with more than 4,300 digits, whatever base it was read in."""


def integer(text: str) -> int:
    """The value of a YAML 1.1 integer: ``12``, ``0b1``, ``012`` (octal), ``0x1F``, ``12:30:45`` (base 60).

    Raises:
        ValueError: when it is too long to be written in messages and formats.
    """
    value = _integer(text)
    if len(text) > _PLENTY and value.bit_length() > _BITS:
        raise ValueError("too long")
    return value


_PLENTY: Final = 2_000
"""Texts up to this length hold no integer that is too long: at most six bits come with a character."""


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0b"):
        return sign * int(digits[2:], 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:], 16)
    if digits[0] == "0" and len(digits) > 1:
        return sign * int(digits, 8)
    if ":" in digits:
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    return sign * int(digits)


def floating(text: str) -> float:
    """The value of a float: ``0.5``, ``1e-3``, ``.inf``, ``.nan``, ``1:30.5`` (base 60)."""
    digits = text.replace("_", "").lower()
    sign = -1.0 if digits[0] == "-" else 1.0
    digits = digits.lstrip("+-")
    if digits == ".inf":
        return sign * float("inf")
    if digits == ".nan":
        return float("nan")
    return sign * (_sexagesimal(digits) if ":" in digits else float(digits))


@lru_cache(maxsize=65_536)
def plain(text: str) -> Scalar | object:
    """The value of an unquoted scalar; `MERGE` for ``<<`` and `EQUALS` for ``=``.

    Raises:
        UnreadableScalarError: for an integer too long to convert.
    """
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if text[0] in _MAYBE_NUMBER:
        return _number(text)
    if text == "<<":
        return MERGE
    if text == "=":
        return EQUALS
    return text


def _number(text: str) -> Scalar:
    try:
        if _FLOAT.fullmatch(text):
            return floating(text)
        if _INTEGER.fullmatch(text):
            return integer(text)
    except ValueError:
        raise UnreadableScalarError(f"the number that begins with {text[:12]} cannot be read; quote it") from None
    return text


def _as_bool(text: str) -> bool:
    word = text.lower()
    if word not in _BOOLS:
        raise UnreadableScalarError(f"'{text}' is tagged as a boolean and is none")
    return _BOOLS[word]


def _as_none(_text: str) -> None:
    return None


def _as_bytes(text: str) -> bytes:
    return base64.decodebytes(text.encode("ascii"))


_TAGGED: Final[dict[str, Callable[[str], Scalar]]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": integer,
    "tag:yaml.org,2002:float": floating,
    "tag:yaml.org,2002:bool": _as_bool,
    "tag:yaml.org,2002:null": _as_none,
    "tag:yaml.org,2002:binary": _as_bytes,
}


def tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag, such as ``!!str 12``.

    Raises:
        UnreadableScalarError: for a tag that does not stand for plain data, or a text that does not fit it.
    """
    if tag not in _TAGGED:
        raise UnreadableScalarError(f"the tag {shown_tag(tag)} does not stand for plain data; remove it")
    try:
        return _TAGGED[tag](text)
    except UnreadableScalarError:
        raise
    except (ValueError, IndexError, binascii.Error):
        raise UnreadableScalarError(f"'{text[:40]}' does not fit its tag {shown_tag(tag)}") from None


def shown_tag(tag: str) -> str:
    """A tag as it is written: ``!!int`` for ``tag:yaml.org,2002:int``."""
    return tag.replace("tag:yaml.org,2002:", "!!")


class Surprise(Struct, frozen=True):
    """What is surprising about an unquoted scalar.

    Attributes:
        message: the fact and, after a semicolon, the remedy.
        meant: whether what Hydra reads is what was meant for sure, and other readers alone are surprised.
    """

    message: str
    meant: bool = False


_OTHER_READINGS: Final = (
    (r"[-+]?0[0-7_]+", "octal", "another value", "quote it, or write {}"),
    (r"[-+]?0b[01_]+", "binary", "text", "write {}"),
    (r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", "base 60", "text", "quote it, or write {}"),
    (r"[-+]?[0-9][0-9.]*_[0-9_.]*", "", "text", "write {}"),
)
"""Numbers of YAML 1.1 alone: their kind where it surprises, what YAML 1.2 makes of them, and the remedy."""


@lru_cache(maxsize=65_536)
def surprise(text: str, value: Scalar) -> Surprise | None:
    """What is surprising about an unquoted scalar that YAML 1.2, which most editors follow, reads differently."""
    if value is True or value is False:
        if text.lower() in ("true", "false"):
            return None
        return _surprise(text, spelled(value), "text", f"write {spelled(value)}, or quote it")
    if isinstance(value, int | float):
        if text.isdecimal() and text[0] != "0":  # most numbers by far, which everybody reads alike
            return None
        for pattern, how, elsewhere, remedy in _OTHER_READINGS:
            if re.fullmatch(pattern, text):
                number = spelled(value)
                here = f"{number} ({how})" if how else number
                return _surprise(text, here, elsewhere, remedy.format(number), meant=not how)
        return None
    if isinstance(value, str) and re.fullmatch(r"0o[0-7]+", text):
        number = str(int(text, 8))
        return _surprise(text, "text", f"the number {number}", f"quote it, or write {number}")
    return None


def _surprise(text: str, here: str, elsewhere: str, remedy: str, *, meant: bool = False) -> Surprise:
    return Surprise(f"{text} is read as {here} here and as {elsewhere} by YAML 1.2 editors; {remedy}", meant)


def spelled(value: Scalar | object) -> str:
    """A value as every reader reads it."""
    return str(value).lower() if isinstance(value, bool) else f"'{value}'" if isinstance(value, str) else str(value)

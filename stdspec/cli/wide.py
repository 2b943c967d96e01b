"""Wraps text that may hold characters two columns wide, between which a line may break."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.cli.text import wrapped
from stdspec.cli.visible import columns, visible


def filled(text: str, width: int, indent: str = "") -> list[str]:
    """The lines of a text within so many columns, with what would steer a terminal made visible.

    Words of narrow characters are never broken, as in `stdspec.cli.text.wrapped`.
    """
    text = visible(text)
    if columns(text) == len(text):
        return wrapped(text, width, indent)
    return [indent + line for line in _lines(text, width - len(indent))]


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(text):
        if columns((line + piece).rstrip()) > width and line.strip():
            yield line.rstrip()
            line = ""
        line += piece.lstrip() if not line else piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Each wide character, and each run of narrow ones up to a space."""
    piece = ""
    for sign in text:
        if columns(sign) > 1:
            yield from filter(None, (piece, sign))
            piece = ""
        elif sign == " ":
            yield piece + sign
            piece = ""
        else:
            piece += sign
    yield piece

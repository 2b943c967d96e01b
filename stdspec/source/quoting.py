"""Which quotes a text gets that is written into a YAML file: those that the file has already.

A text that could not stand without quotes between brackets gets them wherever it stands, so that a digest looks the
same in ``{a.csv: "sha256:…"}`` and on a line of its own, unless the file does otherwise. All other texts get none.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any, Final, Literal

import yaml
from msgspec import Struct

_DOUBLE: Final = '"'
_SINGLE: Final = "'"
_ONE_LINE: Final = (None, _SINGLE, _DOUBLE)
_WIDE: Final = 1 << 30


class Style(Struct, frozen=True):
    """How texts are written.

    Attributes:
        quote: the quotes of those that get some.
        when: which do: all texts, those that need them between brackets, or those that need them on a line.
    """

    quote: str
    when: Literal["always", "brackets", "line"] = "brackets"

    def scalar(self, value: Any) -> str:
        """Plain data in YAML on one line."""
        dumped: str = yaml.dump(
            value, Dumper=_dumper(self), default_flow_style=True, sort_keys=False, allow_unicode=True, width=_WIDE
        )
        return dumped.removesuffix("...\n").rstrip("\n")


def style_of(text: str) -> Style:
    """The style of a file: how most of its texts are written that need quotes between brackets.

    Where it has no such text, the quotes of its other texts; double ones where it quotes nothing.
    """
    found = [token for token in yaml.scan(text) if isinstance(token, yaml.ScalarToken)]
    telling = Counter(token.style for token in found if _undecided(token))
    counts = telling if set(telling) - {None} else Counter(token.style for token in found)
    bare = telling[None] > max(telling[_SINGLE], telling[_DOUBLE])
    return Style(_SINGLE if counts[_SINGLE] > counts[_DOUBLE] else _DOUBLE, "line" if bare else "brackets")


def style_at(first: str, style: Style) -> Style:
    """The style of one text of a file that has a style, by the text's first character."""
    return Style(first, "always") if first in (_SINGLE, _DOUBLE) else Style(style.quote, "line")


@cache
def _dumper(style: Style) -> type[yaml.SafeDumper]:
    """PyYAML takes quotes for a wish: a text that they cannot hold gets double ones."""

    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        quoted = style.when == "always" or not _bare(value, brackets=style.when == "brackets")
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style.quote if quoted else None)

    Dumper.add_representer(str, text)
    return Dumper


def _undecided(token: yaml.ScalarToken) -> bool:
    """Whether a text on one line may or may not have quotes, and needs them between brackets.

    Without quotes that is one with a colon within: other plain words are numbers, null and the like, or bare texts.
    """
    if token.style not in _ONE_LINE or _bare(token.value):
        return False
    return not token.plain or ":" in token.value


def _bare(text: str, *, brackets: bool = True) -> bool:
    """Whether a text needs no quotes, between brackets or on a line."""
    dumped: str = yaml.safe_dump([text], default_flow_style=brackets, allow_unicode=True, width=_WIDE)
    return dumped == (f"[{text}]\n" if brackets else f"- {text}\n")

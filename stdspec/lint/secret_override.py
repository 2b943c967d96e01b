"""An override as it may be shown: the secret that it writes is masked, two characters at most being left of it."""

from __future__ import annotations

import re
from typing import Final

from stdspec.lint.secret_shape import in_text, secrets
from stdspec.paths import ConfigPath, split_dotted

SIGN: Final = "…"
_SEEN: Final = 2
_LONG_ENOUGH: Final = 6
"""Of a shorter secret nothing is shown: two characters would be too much of it."""

OVERRIDE: Final = re.compile(r"[+~]*(?P<key>[^=]+?)(?:@[^=]*)?=(?P<value>.*)", re.DOTALL)


def masked(text: str) -> str:
    """What is shown of a secret."""
    return (text[:_SEEN] if len(text) >= _LONG_ENOUGH else "") + SIGN


def path_of(key: str) -> ConfigPath:
    """The config path that the key of an override names: that of a group has slashes."""
    return split_dotted(key.replace("/", "."))


def bare(value: str) -> str:
    """The value of an override without its quotes."""
    return value.strip("'\"")


def shown(text: str) -> str:
    """An override without what its key or its shape tells to be a secret."""
    hidden = text
    parts = OVERRIDE.fullmatch(text)
    if parts is not None and secrets(path_of(parts["key"]), bare(parts["value"])):
        hidden = text[: parts.start("value")] + masked(bare(parts["value"]))
    for one in in_text(hidden):
        hidden = hidden.replace(one.text, masked(one.text))
    return hidden

"""Hides secrets in what `compose`, `why` and `diff` print, whatever the format; ``--show-secrets`` prints them.

A value is masked where lint calls it a secret, and so is what repeats it: a value that refers to it, a text that holds
it, the override that wrote it. The mask shows two characters at most, so that two secrets can be told apart.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import click

from stdspec.cli.visible import visible
from stdspec.compose.interpolation import interpolated
from stdspec.compose.model import Composed, Origin
from stdspec.finding import COMMAND_LINE
from stdspec.lint.secret import finder
from stdspec.lint.secret_override import OVERRIDE, bare, masked, path_of, shown
from stdspec.lint.secret_shape import in_text, secrets, within
from stdspec.paths import MISSING, ConfigPath, dotted, select

F = TypeVar("F", bound=Callable[..., object])


def show_secrets(command: F) -> F:
    """The option by which a command prints secrets."""
    option = click.option("--show-secrets", is_flag=True, help="Print secrets as they are written, not masked.")
    return option(command)


class Mask:
    """Masks the secrets of some configs, and remembers where.

    Attributes:
        shown: whether secrets are printed as they are.
        where: the config paths at which something was masked, each once.
    """

    def __init__(self, known: Iterable[tuple[ConfigPath, Any]] = (), *, shown: bool = False) -> None:
        self.shown = shown
        self.where: dict[str, None] = {}
        found = (
            () if shown else (one.text for path, value in known for _, _, all_ in within(path, value) for one in all_)
        )
        self._texts = set(found)

    def value(self, path: ConfigPath, value: Any, written: Any = None) -> Any:
        """Plain data with its secrets masked.

        Args:
            path: where it stands.
            value: the data; they are not changed.
            written: the same before references were filled in; what a reference brought in may be any secret.
        """
        if self.shown:
            return value
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            parts = {key: self.value((*path, key), child, _part(written, key)) for key, child in items}
            return parts if isinstance(value, dict) else list(parts.values())
        hidden = self._scalar(path, value, self._any if interpolated(written) else self._distinct)
        if hidden is not value:
            self.where[dotted(path)] = None
        return hidden

    def _scalar(self, path: ConfigPath, value: Any, repeated: re.Pattern[str] | None) -> Any:
        text = str(value)
        found = secrets(path, value)
        for one in found:
            text = text.replace(one.text, masked(one.text))
        if not found and isinstance(value, str) and repeated is not None:
            text = repeated.sub(_mask, text)
        return value if text == str(value) else text

    def layer(self, origin: Origin) -> Origin:
        """An origin whose layer, where it is an override, shows no secret."""
        from msgspec.structs import replace

        text = self.override(origin.layer) if origin.span.file == COMMAND_LINE else origin.layer
        return origin if text == origin.layer else replace(origin, layer=text)

    def override(self, text: str) -> str:
        """An override without secrets."""
        if self.shown:
            return text
        hidden = self._repeated(shown(text))
        if hidden != text:
            parts = OVERRIDE.fullmatch(text)
            self.where[parts["key"].lstrip("+~") if parts else hidden] = None
        return hidden

    def sentence(self, text: str, overrides: Iterable[str]) -> str:
        """A sentence that may quote some overrides, without secrets."""
        for one in overrides:
            if one in text:
                text = text.replace(one, self.override(one))
        return text

    def _repeated(self, text: str) -> str:
        """A text without what has the shape of a secret, and without every secret that is known."""
        for one in in_text(text):
            text = text.replace(one.text, masked(one.text))
        return self._any.sub(_mask, text) if self._any else text

    def notice(self) -> None:
        """Say once, on standard error, what was masked and how to see it."""
        if self.where:
            sys.stdout.flush()
            them = "it" if len(self.where) == 1 else "them"
            sys.stderr.write(f"stdspec: masked: {visible(', '.join(self.where))}; --show-secrets prints {them}\n")

    @cached_property
    def _distinct(self) -> re.Pattern[str] | None:
        """What finds secrets that are no usual word: a word such as `postgres` stands elsewhere for itself."""
        return finder(text for text in self._texts if not (text.isalpha() and text.islower()))

    @cached_property
    def _any(self) -> re.Pattern[str] | None:
        """What finds every secret, however short and usual: for texts that are known to have been put together."""
        return finder(self._texts, 1)


def mask_of(*composed: Composed, shown: bool) -> Mask:
    """The mask for all that compositions say: their values, resolved or not, and what these took the place of."""
    return Mask((pair for one in composed for pair in _said(one)), shown=shown)


def without_secrets_of(overrides: Iterable[str], text: str) -> str:
    """A text without the secrets that some overrides write, and without what has the shape of one."""
    parts = [found for one in overrides if (found := OVERRIDE.fullmatch(one))]
    return Mask((path_of(one["key"]), bare(one["value"])) for one in parts)._repeated(text)


def said_without_secrets(value: Any) -> Any:
    """Plain data that people wrote as prose, without what has the shape of a secret in any text of it."""
    if isinstance(value, str):
        return without_secrets_of((), value)
    if isinstance(value, list | tuple):
        return [said_without_secrets(item) for item in value]
    return {key: said_without_secrets(item) for key, item in value.items()} if isinstance(value, dict) else value


def _said(composed: Composed) -> Iterator[tuple[ConfigPath, Any]]:
    yield (), composed.value
    yield (), composed.resolved
    for path, chain in composed.origins.items():
        yield from ((path, origin.value) for origin in chain)


def _part(written: Any, key: Any) -> Any:
    """What was written for a part of a value: the reference itself where that brought in the whole."""
    if interpolated(written):
        return written
    part = select(written, (key,))
    return None if part is MISSING else part


def _mask(found: re.Match[str]) -> str:
    return masked(found[0])

"""Environment variables in a spec: ``${oc.env:NAME}`` stays as it is written in every plan, record and report.

The value is filled in where it is used and nowhere else, so that what is written down holds the name of a secret and
never the secret. It may therefore stand only at the few places that `placed` knows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import NoneType
from typing import Any, Final

from stdspec.compose.interpolation import Call, GrammarError, parse
from stdspec.domains import NO_ARGUMENTS
from stdspec.errors import RunError
from stdspec.paths import ConfigPath, dotted

RESOLVER: Final = "oc.env"
OPENING: Final = "${oc.env:"
WHERE: Final = "data.source.path, model.path, training.loggers.mlflow.uri or an argument of an own class"

_ARGUMENTS: Final = r"(?s)([A-Za-z_]\w*)(?:\s*,\s*([^{}]*?))?"
_BEFORE_BRACE: Final = r"(\\*)\$\{"
_PATHS: Final = frozenset(
    {
        *(("data", "source", name) for name in ("path", "images", "labels")),
        ("model", "path"),
        ("training", "loggers", "mlflow", "uri"),
    }
)
_NO_TEXTS: Final = (int, float, NoneType)
"""The types of most values in which no text can stand."""
_SHORT: Final = 4
"""Values of fewer characters are not blotted out of a log: they stand everywhere by chance, and hide nothing."""


def split(arguments: str) -> tuple[str, str | None] | None:
    """The name and the default of ``NAME,default``; None when it is something else."""
    match = re.fullmatch(_ARGUMENTS, arguments.strip())
    return (match[1], match[2]) if match else None


def placed(root: Any, path: ConfigPath) -> bool:
    """Whether the value at a path is one that is filled in before it is used."""
    if path in _PATHS:
        return True
    section = root.get(path[0]) if isinstance(root, Mapping) and path else None
    own = isinstance(section, Mapping) and "_target_" in section
    return own and len(path) > 1 and path[1] not in NO_ARGUMENTS.get(str(path[0]), {path[1]})


def mentions(value: Any, path: ConfigPath = ()) -> Iterator[tuple[ConfigPath, str]]:
    """Every text in plain data that refers to a variable, with its path."""
    if isinstance(value, str):
        if OPENING in value and any(_calls(value)):
            yield path, value
    elif isinstance(value, dict | list | Mapping):
        for key, item in enumerate(value) if isinstance(value, list) else value.items():
            if OPENING in item if isinstance(item, str) else not isinstance(item, _NO_TEXTS):
                yield from mentions(item, (*path, key))


def names(value: Any) -> frozenset[str]:
    """The variables that plain data refers to."""
    return frozenset(name for _, text in mentions(value) for name, _ in _calls(text))


def fill(value: Any, allowed: Collection[str], path: ConfigPath = ()) -> Any:
    """Plain data with the values of the variables that it refers to.

    Args:
        value: resolved plain data.
        allowed: the variables that may be read.
        path: where `value` stands in the spec, for messages.

    Raises:
        RunError: when a variable is not allowed, or is not set and has no default.
    """
    if isinstance(value, str):
        return _filled(value, allowed, path) if OPENING in value else value
    if isinstance(value, Mapping):
        return {key: fill(item, allowed, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, allowed, (*path, index)) for index, item in enumerate(value)]
    return value


def hide(text: str, secret: Iterable[str]) -> str:
    """A text in which the value of each of these variables is written as the reference to it."""
    known = ((os.environ.get(name, ""), name) for name in secret)
    for value, name in sorted(known, key=lambda item: -len(item[0])):
        if len(value) >= _SHORT:
            text = text.replace(value, f"{OPENING}{name}}}")
    return text


def escaped(literal: str, *, before_call: bool = False) -> str:
    """A literal part as it must be written beside a reference to a variable, so that `fill` gives it back."""
    text = re.sub(_BEFORE_BRACE, lambda match: match[1] * 2 + "\\${", literal)
    if before_call:
        text += "\\" * (len(text) - len(text.rstrip("\\")))
    return text


def _calls(text: str) -> Iterator[tuple[str, str | None]]:
    try:
        pieces = parse(text)
    except GrammarError:
        return  # composing has said so
    for piece in pieces:
        found = split(piece.arguments) if isinstance(piece, Call) and piece.resolver == RESOLVER else None
        if found is not None:
            yield found


def _filled(text: str, allowed: Collection[str], path: ConfigPath) -> str | None:
    pieces = parse(text)
    values = [piece if isinstance(piece, str) else _value(piece, allowed, path) for piece in pieces]
    return values[0] if len(values) == 1 else "".join(map(str, values))


def _value(piece: Any, allowed: Collection[str], path: ConfigPath) -> str | None:
    found = split(piece.arguments) if isinstance(piece, Call) and piece.resolver == RESOLVER else None
    place = dotted(path) or None
    if found is None:
        raise RunError("this reference cannot be filled in", place, f"write {OPENING}NAME}}")
    name, default = found
    if name not in allowed:
        raise RunError(
            f"the environment variable {name} is not allowed", place, "add it to allow-env in the project's settings"
        )
    if name in os.environ:
        return os.environ[name]
    if default is None:
        raise RunError(
            f"the environment variable {name} is not set", place, f"set it or give a default: {OPENING}{name},value}}"
        )
    return None if default == "null" else default.strip("'\"")

"""The items of a defaults list as they are written: ``group: option``, ``override /group: option``, ``path``."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from stdspec.compose.interpolation import interpolated
from stdspec.compose.refusal import refuse
from stdspec.compose.resolve import MISSING_VALUE, Resolver
from stdspec.finding import Span
from stdspec.paths import ConfigPath, select
from stdspec.source.document import Document

_DEFAULTS: Final[ConfigPath] = ("defaults",)


class Item(Struct, frozen=True):
    """One entry. It has either a `group` with a `value`, or a `path`.

    Attributes:
        group: the config group, as written; a leading `/` makes it absolute.
        value: the chosen option, a list of options, or None for none.
        path: a config named without a group, ``_self_`` for the file itself.
        package: where in the composition it goes, as written after `@`.
        optional: no fault when it does not exist.
        override: it changes the choice that another file makes.
        span: where it stands.
        group_span: where its group stands, with the keywords and the package; None for a `path`.
        option_span: where its option stands; None for a `path`.
    """

    group: str | None = None
    value: str | tuple[str, ...] | None = None
    path: str | None = None
    package: str | None = None
    optional: bool = False
    override: bool = False
    span: Span | None = None
    group_span: Span | None = None
    option_span: Span | None = None


def parse_defaults(document: Document, legacy: bool = False) -> tuple[Item, ...]:
    """The defaults list of a config.

    Args:
        document: the config.
        legacy: take ``optional: true`` beside the group, as version base 1.1 does.

    Raises:
        Refused: when it is not a list of entries that Hydra takes.
    """
    path, written = _referred(document)
    if written == MISSING_VALUE:
        return ()
    if not isinstance(written, list):
        mark = document.marks.get(_DEFAULTS)
        raise refuse("defaults is not a list", mark.key if mark else None, "write one '- group: option' per line")
    return tuple(_entry(item, _place(document, (*path, index), item), legacy) for index, item in enumerate(written))


def _referred(document: Document) -> tuple[ConfigPath, Any]:
    """The defaults list and its path: for ``defaults: ${lists.usual}`` it is the list that stands there."""
    path, value = _DEFAULTS, document.value["defaults"]
    seen = {path}
    while interpolated(value):
        target = Resolver(document.value).locate(path)
        if target is None or target in seen:
            break
        seen.add(target)
        path, value = target, select(document.value, target)
    return path, value


class _Place(Struct, frozen=True):
    """Where an entry of a defaults list stands, and where its only key and its value do."""

    span: Span | None = None
    key: Span | None = None
    value: Span | None = None


def _place(document: Document, path: ConfigPath, item: Any) -> _Place:
    mark = document.marks.get(path)
    inner = document.marks.get((*path, next(iter(item)))) if isinstance(item, dict) and item else None
    return _Place(mark.value if mark else None, inner.key if inner else None, inner.value if inner else None)


def _entry(item: Any, place: _Place, legacy: bool) -> Item:
    span = place.span
    if isinstance(item, str):
        path, package = _split_package(item)
        if path == "_self_" and package is not None:
            raise refuse("_self_ cannot have a package", span, "write '- _self_'")
        return Item(path=path, package=package, span=span)
    if not isinstance(item, dict):
        raise refuse(f"this entry of the defaults list is {item}, not a text or 'group: option'", span)
    beside = False
    if legacy and len(item) > 1 and item.get("optional", MISSING_VALUE) != MISSING_VALUE:
        beside = bool(item["optional"])
        item = {key: value for key, value in item.items() if key != "optional"}
    if len(item) != 1:
        raise refuse(
            "this entry of the defaults list does not have one group", span, "write one '- group: option' per line"
        )
    ((written, value),) = item.items()
    if not isinstance(written, str):
        raise refuse(f"the group {written} is not a text", span, "quote it")
    words, package = _split_package(written)
    group, optional, override = _keywords(words)
    if group in ("", "/"):
        raise refuse("this entry of the defaults list names no group", span, "write 'group: option'")
    options = _options(value, place.value or span)
    return Item(group, options, None, package, optional or beside, override, span, place.key, place.value)


def _options(value: Any, span: Span | None) -> str | tuple[str, ...] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(option, str) for option in value):
        return tuple(value)
    raise refuse(f"the option {value} is not a text, a list of texts or null", span, "quote it")


def _split_package(text: str) -> tuple[str, str | None]:
    name, separator, package = text.partition("@")
    if not separator:
        return name, None
    package = package.partition(":")[0]
    return name, "" if package == "_here_" else package


def _keywords(text: str) -> tuple[str, bool, bool]:
    """Group, optional, override of ``optional override group``."""
    *words, group = text.split(" ")
    optional = override = False
    for word in words:
        if word == "optional":
            optional = True
        elif word == "override":
            override = True
        else:
            break
    return group, optional, override

"""The items of a defaults list as they are written: ``group: option``, ``override /group: option``, ``path``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stdspec.compose.refusal import refuse
from stdspec.finding import Span
from stdspec.paths import Key
from stdspec.source.document import Document


@dataclass(frozen=True, slots=True)
class Item:
    """One entry. It has either a `group` with a `value`, or a `path`.

    Attributes:
        group: the config group, as written; a leading `/` makes it absolute.
        value: the chosen option, a list of options, or None for none.
        path: a config named without a group, ``_self_`` for the file itself.
        package: where in the composition it goes, as written after `@`.
        optional: no fault when it does not exist.
        override: it changes the choice that another file makes.
        span: where it stands.
    """

    group: str | None = None
    value: str | tuple[str, ...] | None = None
    path: str | None = None
    package: str | None = None
    optional: bool = False
    override: bool = False
    span: Span | None = None


def parse_defaults(document: Document, legacy: bool = False) -> tuple[Item, ...]:
    """The defaults list of a config.

    Args:
        document: the config.
        legacy: take ``optional: true`` beside the group, as version base 1.1 does.

    Raises:
        Refused: when it is not a list of entries that Hydra takes.
    """
    written = document.value["defaults"]
    if not isinstance(written, list):
        mark = document.marks.get(("defaults",))
        raise refuse("defaults is not a list", mark.key if mark else None, "write one '- group: option' per line")
    return tuple(_entry(item, index, document, legacy) for index, item in enumerate(written))


def _span(document: Document, *path: Key) -> Span | None:
    mark = document.marks.get(("defaults", *path))
    return mark.value if mark else None


def _entry(item: Any, index: int, document: Document, legacy: bool) -> Item:
    span = _span(document, index)
    if isinstance(item, str):
        path, package = _split_package(item)
        if path == "_self_" and package is not None:
            raise refuse("_self_ cannot have a package", span, "write '- _self_'")
        return Item(path=path, package=package, span=span)
    if not isinstance(item, dict):
        raise refuse(f"this entry of the defaults list is {item}, not a text or 'group: option'", span)
    beside = bool(item["optional"]) if legacy and len(item) > 1 and "optional" in item else False
    if legacy and len(item) > 1:
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
    if not group:
        raise refuse("this entry of the defaults list names no group", span, "write 'group: option'")
    return Item(group, _options(value, span), None, package, optional or beside, override, span)


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

"""What to look at in any Hydra project: whether a config uses what ships with stdspec, and what may not be shown.

The first is decided from the defaults lists as they are written, before anything is composed.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from stdspec import resources
from stdspec.compose.defaults_list import Item, parse_defaults
from stdspec.compose.entries import primary_of
from stdspec.compose.model import Composed
from stdspec.compose.refusal import refuse
from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError
from stdspec.paths import is_file
from stdspec.source.document import Document

GROUP: Final = "stdspec"
"""The config group, and the key at the top of a spec, by which a config says that it is stdspec's."""

MAX_FILES: Final = 1_000
"""How many files are looked through; composing refuses defaults lists without end."""


def uses_shipped(folder: str, config_name: str, overrides: Sequence[str]) -> bool:
    """Whether the shipped config groups belong to the search path of this composition.

    They do when a defaults list that is reached names `stdspec/…`, when a file says `stdspec:`, and when the folder
    has no primary config at all and the shipped one is meant.
    """
    if not is_file(Path(folder, f"{config_name}.yaml")):
        own = primary_of(Path(folder))
        return own == config_name and not is_file(Path(folder, f"{own}.yaml"))
    waiting = [config_name, *_chosen(overrides)]
    seen: set[str] = set()
    while waiting and len(seen) < MAX_FILES:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name.partition("/")[0] == GROUP:
            return True
        document = _document(Path(folder, f"{name}.yaml"))
        if document is None:
            continue
        if isinstance(document.value, dict) and GROUP in document.value:
            return True
        waiting += _selected(document, posixpath.dirname(name))
    return False


def appended(folder: str) -> str | None:
    """The shipped config groups where they are to be appended to the search path of a folder; None for themselves."""
    shipped = str(resources.conf())
    return None if os.path.realpath(folder) == os.path.realpath(shipped) else shipped


def refuse_computed(composed: Composed) -> None:
    """Refuses to show a composition in which a resolver, such as ``${oc.env:NAME}``, computed an option.

    Its result would stand in the names of files and layers, and may be a secret.

    Raises:
        ComposeError: naming the reference and not its value.
    """
    for item in composed.findings:
        if item.code == "HYD004" and item.path == "defaults":
            fact = "a resolver computes an option here, and none is called to show a composition"
            raise refuse(fact, item.span, "choose the option on the command line, as group=option")


def _chosen(overrides: Sequence[str]) -> Iterator[str]:
    """The configs that a command line may choose: ``experiment/digits`` for ``+experiment=digits``."""
    for text in overrides:
        key, separator, value = text.lstrip("+").partition("=")
        if separator:
            yield f"{key.partition('@')[0]}/{value}"


def _document(path: Path) -> Document | None:
    """The file as read; None where it is none or has faults, which composing says."""
    try:
        return parsed_document(str(path)) if is_file(path) else None
    except (ComposeError, OSError):
        return None


def _selected(document: Document, base: str) -> Iterator[str]:
    """The configs that a file's defaults list selects, from the root of the folder."""
    if not isinstance(document.value, dict) or "defaults" not in document.value:
        return
    for item in parse_defaults(document):
        for name in _names(item):
            yield name[1:] if name.startswith("/") else posixpath.join(base, name)


def _names(item: Item) -> Iterator[str]:
    if item.group is None:
        yield item.path or ""
    elif isinstance(item.value, str):
        yield f"{item.group}/{item.value}"
    else:
        yield from (f"{item.group}/{option}" for option in item.value or ())

"""Why one config is merged after another, read from the defaults lists and said in words for people.

Only what the lists show is claimed; where two configs meet through more than one list, they are merged in order and
nothing more is said.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from msgspec import Struct

from stdspec.compose.defaults_list import Item, parse_defaults
from stdspec.compose.model import Origin
from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError
from stdspec.finding import COMMAND_LINE, Span
from stdspec.paths import shown

SELF = "_self_"


class _Place(Struct, frozen=True):
    """Where a config stands in a defaults list: its number, and the entry's place in the text."""

    number: int
    span: Span | None


def why_after(winner: Origin, loser: Origin, files: Sequence[str]) -> str:
    """Why `winner` stands above `loser`: ``beaten by …``.

    Args:
        winner: who wrote the value next.
        loser: who wrote it before.
        files: every file of the composition.
    """
    if winner.span.file == COMMAND_LINE:
        if loser.span.file == COMMAND_LINE:
            return f"beaten by the later override {winner.layer}"
        return f"beaten by the override {winner.layer} on the command line"
    beaten = f"beaten by {winner.layer}"
    reason = _by_self(winner, loser) or _by_list(winner, loser, files)
    if reason is None and _appended(winner) and not _appended(loser):
        return f"{beaten}, which the command line appends to the defaults list"
    return f"{beaten}, merged after {loser.layer}" + (f" because {reason}" if reason else "")


def _appended(origin: Origin) -> bool:
    """Whether the command line appended the config: ``experiment=digits`` and not ``experiment: digits``."""
    return "=" in origin.layer


def _by_self(winner: Origin, loser: Origin) -> str | None:
    """One config selects the other: its `_self_` decides."""
    lower = _position(winner.span.file, loser)
    if lower is not None:
        own = _self_position(winner.span.file)
        if own is None:
            return f"_self_ comes last where {shown(winner.span.file)} does not write it"
        if own.number > lower.number:
            return f"_self_ stands after it in {_place(own, winner.span.file)}"
    upper = _position(loser.span.file, winner)
    own = _self_position(loser.span.file)
    if upper is not None and own is not None and own.number < upper.number:
        return f"it stands after _self_ in {_place(upper, loser.span.file)}"
    return None


def _by_list(winner: Origin, loser: Origin, files: Sequence[str]) -> str | None:
    """A third config selects both: the order of its list decides."""
    for file in files:
        upper, lower = _position(file, winner), _position(file, loser)
        if upper is not None and lower is not None and upper.number > lower.number:
            return f"it stands later in {_place(upper, file)}"
    return None


def _place(place: _Place, file: str) -> str:
    return f"{shown(file)}:{place.span.line}" if place.span else shown(file)


def _defaults(file: str) -> tuple[Item, ...]:
    try:
        document = parsed_document(file)
    except (ComposeError, OSError):
        return ()
    if not isinstance(document.value, dict) or "defaults" not in document.value:
        return ()
    return parse_defaults(document)


def _self_position(file: str) -> _Place | None:
    for number, item in enumerate(_defaults(file)):
        if item.path == SELF:
            return _Place(number, item.span)
    return None


def _position(file: str, origin: Origin) -> _Place | None:
    """The entry of a file's defaults list that brings another file in; None when it does not, or is not the only one.

    A group is compared and not its option, which another file may have overridden.
    """
    name = _config_path(origin.layer)
    root = origin.span.file.removesuffix(f"/{name}.yaml")
    if root == origin.span.file or not file.startswith(f"{root}/"):
        return None  # found through another folder of the search path
    base = posixpath.dirname(file[len(root) + 1 :])
    group = posixpath.dirname(name) if ": " in origin.layer else None
    found = [
        _Place(number, item.span)
        for number, item in enumerate(_defaults(file))
        if not item.override and item.path != SELF and _brings(item, base, group, name)
    ]
    return found[0] if len(found) == 1 else None


def _config_path(layer: str) -> str:
    """The config that a layer's name stands for: ``db/mysql`` for ``db@main: mysql``."""
    separator = ": " if ": " in layer else "="
    group, found, option = layer.partition(separator)
    return f"{group.partition('@')[0]}/{option}" if found else layer


def _brings(item: Item, base: str, group: str | None, name: str) -> bool:
    """Whether an entry of a file in the group `base` selects from a group, or a config by its path."""
    if item.group is None:
        return group is None and _absolute(item.path or "", base) == name
    if group is not None:
        return _absolute(item.group, base) == group
    options = item.value if isinstance(item.value, tuple) else ()
    return any(_absolute(f"{item.group}/{option}", base) == name for option in options)


def _absolute(written: str, base: str) -> str:
    return written[1:] if written.startswith("/") else posixpath.join(base, written)

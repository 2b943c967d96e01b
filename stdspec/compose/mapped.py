"""Reads a composed config of any Hydra project as a spec, through a map.

Every value keeps the origins that it has in the project's own files, so that what is found about it falls there. The
composition is looked at as it was resolved; what a run alone can tell (`???`, an open reference) counts as lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from stdspec.compose.model import Composed, Origin
from stdspec.compose.reach import Reach
from stdspec.finding import Span
from stdspec.mapping import Line
from stdspec.paths import MISSING, ConfigPath, dotted, select, split_dotted

Places = Mapping[str, Span]
"""Where each line of a map stands, by the path of the language."""

_OPEN: Final = "${"
_LEFT_OPEN: Final = "???"
_OF_THE_MAP: Final = "the map"


def mapped(composed: Composed, lines: Sequence[Line], places: Places, reach: Reach) -> Composed:
    """The spec that a composition is by a map.

    Args:
        composed: the composition of the project's own config.
        lines: the lines of the map, those of a table before those of what stands in it.
        places: where they stand.
        reach: what the lines reach, whatever a composition says.
    """
    value: dict[str, Any] = {}
    origins: dict[ConfigPath, tuple[Origin, ...]] = {}
    lost: dict[ConfigPath, str] = {}
    for line in lines:
        path = split_dotted(line.path)
        found = _found(composed, line)
        if found is not MISSING:
            _put(value, path, _known(_worded(found, line), path, lost))
        origins |= _origins(composed, line, path, found, places[line.path])
    return Composed(
        name=composed.name,
        entry=composed.entry,
        value=value,
        resolved=value,
        origins=origins,
        files=composed.files,
        overrides=composed.overrides,
        reach=Reach(reach.paths, lost) if lost else reach,
    )


def without(spec: Composed, empty: Collection[ConfigPath], lost: Mapping[ConfigPath, str]) -> Composed:
    """A mapped spec without the values at some paths.

    Args:
        spec: the mapped spec.
        empty: where what stands there says nothing.
        lost: where what stands there cannot be judged, each with the reason.
    """
    assert spec.reach is not None
    value = _cut(spec.resolved, (), {*empty, *lost})
    reach = Reach(spec.reach.paths, {**spec.reach.lost, **lost})
    return replace(spec, value=value, resolved=value, reach=reach)


def is_there(composed: Composed, line: Line) -> bool:
    """Whether a composition has what a line of a map reads."""
    return line.source is None or select(composed.resolved, split_dotted(line.source)) is not MISSING


def _found(composed: Composed, line: Line) -> Any:
    return line.value if line.source is None else select(composed.resolved, split_dotted(line.source))


def _worded(value: Any, line: Line) -> Any:
    """A value in the words of the language, where the line has some for it."""
    if not line.words or isinstance(value, dict | list):
        return value
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return next((meant for word, meant in line.words if word == text), value)


def _known(value: Any, path: ConfigPath, lost: dict[ConfigPath, str]) -> Any:
    """A value without the leaves that a run alone can tell; MISSING where nothing is left."""
    if isinstance(value, dict):
        parts = ((key, _known(item, (*path, key), lost)) for key, item in value.items())
        return {key: item for key, item in parts if item is not MISSING}
    if _is_open(value):
        lost[path] = f"{dotted(path)} is left to the run"
        return MISSING
    return value


def _is_open(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_is_open, value))
    return isinstance(value, str) and (value == _LEFT_OPEN or _OPEN in value)


def _put(tree: dict[str, Any], path: ConfigPath, value: Any) -> None:
    if value is MISSING:
        return
    for key in path[:-1]:
        below = tree.get(str(key))
        below = dict(below) if isinstance(below, dict) else {}
        tree[str(key)] = below
        tree = below
    tree[str(path[-1])] = value


def _origins(
    composed: Composed, line: Line, path: ConfigPath, found: Any, place: Span
) -> Iterable[tuple[ConfigPath, tuple[Origin, ...]]]:
    """Who wrote what a line gives, by the paths of the language.

    What is not there is shown at what would hold it.
    """
    if line.source is None:
        return [(path, (Origin(place, place, line.value, _OF_THE_MAP),))]
    source = split_dotted(line.source)
    if found is MISSING:
        return [(path, chain)] if (chain := _above(composed, source)) else []
    if not isinstance(found, dict | list):
        return [(path, chain)] if (chain := composed.origins.get(source, ())) else []
    end = len(source)
    return [((*path, *at[end:]), chain) for at, chain in composed.origins.items() if at[:end] == source]


def _above(composed: Composed, source: ConfigPath) -> tuple[Origin, ...]:
    """Where what is missing would stand: in what first wrote the table around it, which all experiments share."""
    for end in range(len(source) - 1, 0, -1):
        chain = composed.origins.get(source[:end])
        if chain:
            first = chain[-1]
            return (Origin(first.key, first.key, first.value, first.layer),)
    return ()


def _cut(value: Any, path: ConfigPath, out: Collection[ConfigPath]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _cut(item, (*path, key), out) for key, item in value.items() if (*path, key) not in out}

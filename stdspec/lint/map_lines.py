"""Gets the map of a project ready: holds its lines against the language, and finds where they stand."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from stdspec import mapping
from stdspec.compose.reach import Reach
from stdspec.domains import STAGES
from stdspec.errors import InputError
from stdspec.finding import Span
from stdspec.paths import ConfigPath, dotted, split_dotted
from stdspec.settings import Settings
from stdspec.suggest import nearest

BY_DEFAULT: Final = (mapping.Line("standards", value=["stdspec/base@1"]), mapping.Line("stage", value=STAGES[0]))
"""What holds where a map does not say it, as for a spec: the standard that asks least of nobody's trade, at the first
stage."""


class Ready(Struct, frozen=True):
    """A map that fits the language.

    Attributes:
        lines: its lines, and those that it leaves out and that hold all the same; none that say that something is not
            there at all.
        places: where each stands, by its path.
        reach: of which paths it speaks.
    """

    lines: tuple[mapping.Line, ...]
    places: dict[str, Span]
    reach: Reach


_READY: dict[tuple[str, int], tuple[mapping.Map, Ready]] = {}


def ready(settings: Settings) -> Ready:
    """The map of a project that has one, checked once.

    Raises:
        InputError: when a line gives a path that the language does not have.
    """
    assert settings.map is not None
    key = (settings.file or "", id(settings.map))
    known = _READY.get(key)
    if known is None or known[0] is not settings.map:
        known = _READY[key] = settings.map, _made(settings.map, settings.file or str(settings.root))
    return known[1]


def _made(found: mapping.Map, file: str) -> Ready:
    for line in found.lines:
        _check(line, file)
    said = {line.path for line in found.lines}
    lines = (*(line for line in BY_DEFAULT if line.path not in said), *found.lines)
    places = {line.path: place(file, line.path) for line in lines}
    reach = Reach(frozenset(split_dotted(line.path) for line in lines))
    return Ready(tuple(line for line in lines if not _is_empty(line)), places, reach)


def _is_empty(line: mapping.Line) -> bool:
    """Whether a line says that there is none of what the language leaves out in that case; elsewhere it writes null."""
    return line.source is None and line.value is None and not _takes_null(split_dotted(line.path))


def _takes_null(path: ConfigPath) -> bool:
    from stdspec.validate.export import walk

    schema = _language()
    nodes = walk.at(schema, tuple(map(str, path)))
    parts = [part for node in nodes for part in walk.parts(node, schema["$defs"])]
    return any("null" in part.get("type", ()) or None in part.get("enum", ()) for part in parts)


def place(file: str, path: str) -> Span:
    """Where a line of a map stands; the first line of the file where it cannot be told."""
    line, begin, end = mapping.position(file, path)
    return Span(file, line, begin, line, end) if line else Span(file, 1, 1, 1, 1)


def _check(line: mapping.Line, file: str) -> None:
    """Refuses a line whose path the language does not have."""
    path = split_dotted(line.path)
    for end in range(1, len(path) + 1):
        if any(not isinstance(key, str) for key in path[:end]):
            remedy = "give the table or the list as a whole"
            raise InputError(f"'{line.path}' in the map is a part of a list", mapping.place_of(file, line.path), remedy)
        if not _known(path[:end]):
            known = _keys(path[: end - 1])
            meant = nearest(str(path[end - 1]), known)
            right = dotted((*path[: end - 1], meant, *path[end:])) if meant is not None else ""
            remedy = f"did you mean '{right}'?" if right else f"known there: {', '.join(known)}"
            fact = f"the language has no '{dotted(path[:end])}', which the map gives"
            raise InputError(fact, mapping.place_of(file, line.path), remedy if known else None)


@lru_cache(maxsize=512)
def _known(path: tuple[str, ...]) -> bool:
    from stdspec.validate.export import walk

    return bool(walk.at(_language(), path))


def _keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys that the language has in a table, in the order of the alphabet."""
    from stdspec.validate.export import walk

    schema = _language()
    nodes = walk.at(schema, tuple(map(str, path)))
    return sorted(
        {key for node in nodes for part in walk.parts(node, schema["$defs"]) for key in part.get("properties", {})}
    )


@lru_cache(maxsize=1)
def _language() -> dict[str, Any]:
    from stdspec.validate.export.bundle import bundled

    return bundled("spec")

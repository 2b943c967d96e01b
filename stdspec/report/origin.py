"""Where values came from, for the report: assumed values, overrides and what each of them beat, places as text.

Reads the origin chains of a composition; decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from stdspec import resources
from stdspec.compose.model import Composed, Origin
from stdspec.finding import COMMAND_LINE, Span
from stdspec.paths import SHIPPED, ConfigPath, dotted

Locator = Callable[[Span | None], str | None]
"""Turns a span into its place as text."""


def plain(value: Any) -> Any:
    """The value as JSON can hold it: tuples as lists, other mappings as objects, what is not finite as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def locator(composed: Composed) -> Locator:
    """What writes spans as ``file:line:column``, never with a path of this machine.

    A file is relative to the working directory or to the entry file's folder, a shipped one elsewhere is
    ``<stdspec>/conf/…``, an override is ``<command line>: training.epochs=2``.
    """
    shipped = resources.conf()
    bases = (Path.cwd(), Path(composed.entry).parent)

    def name(file: str) -> str:
        path = Path(file)
        if path.is_relative_to(bases[0]):
            return path.relative_to(bases[0]).as_posix()
        if path.is_relative_to(shipped):
            return f"{SHIPPED}/conf/{path.relative_to(shipped).as_posix()}"
        return path.relative_to(bases[1]).as_posix() if path.is_relative_to(bases[1]) else path.name

    def place(span: Span | None) -> str | None:
        if span is None:
            return None
        if span.file == COMMAND_LINE:
            given = composed.overrides[span.line - 1 : span.line]
            return f"{COMMAND_LINE}: {given[0]}" if given else COMMAND_LINE
        return f"{name(span.file)}:{span.line}:{span.column}"

    return place


def assumed(composed: Composed, place: Locator) -> list[dict[str, Any]]:
    """Every leaf that comes from a shipped option that nobody named, in document order."""
    rows: list[dict[str, Any]] = []
    for path, value in composed.leaves():
        chain = composed.origins.get(path)
        if chain and chain[0].assumed:
            winner = chain[0]
            row = {"path": dotted(path), "value": plain(value), "place": place(winner.span), "option": winner.layer}
            rows.append(row)
    return rows


def overrides(composed: Composed, place: Locator) -> list[dict[str, Any]]:
    """One entry for each value that an override of the command line wrote, and one for an override that wrote none.

    `beat` lists what the override replaced, newest first; an entry with `in_force` false was itself replaced later.
    """
    written: dict[int, list[dict[str, Any]]] = {}
    for path, chain in composed.origins.items():
        if _is_parent(composed, path):
            continue
        for position, origin in enumerate(chain):
            if origin.span.file == COMMAND_LINE:
                beaten = [_beaten(item, place) for item in chain[position + 1 :]]
                entry = {"path": dotted(path), "value": plain(origin.value), "in_force": position == 0, "beat": beaten}
                written.setdefault(origin.span.line, []).append(entry)
    return list(_in_order(composed.overrides, written))


def _in_order(texts: Iterable[str], written: dict[int, list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    for number, text in enumerate(texts, start=1):
        for entry in written.get(number, [_selection(text)]):
            yield {"text": text, **entry}


def _is_parent(composed: Composed, path: ConfigPath) -> bool:
    value = composed.get(path)
    return isinstance(value, dict) and bool(value)


def _beaten(item: Origin, place: Locator) -> dict[str, Any]:
    return {"value": plain(item.value), "place": place(item.span), "layer": item.layer}


def _selection(text: str) -> dict[str, Any]:
    """An override that chose an option of a group, or deleted something: it names a path, but wrote no value itself."""
    path, _, option = text.partition("=")
    return {"path": path.lstrip("+~"), "value": option or None, "in_force": True, "beat": []}

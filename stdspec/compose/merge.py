"""OmegaConf's merge on plain data, with origins.

Later layers win; mappings merge, everything else is replaced whole.
"""

from __future__ import annotations

from typing import Any, Final

from stdspec.compose.interpolation import interpolated
from stdspec.compose.refusal import refuse
from stdspec.compose.resolve import Resolver
from stdspec.compose.trace import EMPTY, Trace
from stdspec.paths import ConfigPath, dotted, select

MISSING_VALUE: Final = "???"


class StructError(Exception):
    """A key that does not exist, and may not be added."""

    def __init__(self, path: ConfigPath, known: list[str]) -> None:
        super().__init__(dotted(path))
        self.path, self.known = path, known


class Merger:
    """Merges into one root value, which interpolations that stand in the way are looked up in.

    Args:
        root: the composition so far.
        trace: who wrote it.
        closed: refuse keys that the composition does not have (OmegaConf's struct mode).
    """

    def __init__(self, root: Any, trace: Trace, closed: bool = False) -> None:
        self._root, self._trace = root, trace
        self._closed = closed

    def merge(
        self, path: ConfigPath, old: tuple[dict[Any, Any], Trace], new: tuple[dict[Any, Any], Trace]
    ) -> tuple[dict[Any, Any], Trace]:
        """The mapping at `path` after `new` was merged into `old`; neither is changed.

        Raises:
            Refused: when a mapping meets a list.
            StructError: for a new key, when closed.
        """
        values, traces = dict(old[0]), dict(old[1].children)
        for key, value in new[0].items():
            trace = new[1].children.get(key, EMPTY)
            if key not in values:
                if self._closed:
                    raise StructError((*path, key), [str(name) for name in values])
                values[key], traces[key] = value, trace
                continue
            present = (values[key], traces.get(key, EMPTY))
            values[key], traces[key] = self._one((*path, key), present, (value, trace))
        return values, Trace(new[1].chain + old[1].chain, traces)

    def _one(self, path: ConfigPath, old: tuple[Any, Trace], new: tuple[Any, Trace]) -> tuple[Any, Trace]:
        value, trace = new
        if interpolated(old[0]):
            old = self._behind(path, old)
        if value == MISSING_VALUE and isinstance(value, str):
            return old
        if isinstance(value, dict) and isinstance(old[0], dict):
            return self.merge(path, old, new)
        if (isinstance(value, dict) and isinstance(old[0], list)) or (
            isinstance(value, list) and isinstance(old[0], dict)
        ):
            kinds = ("a mapping", "a list") if isinstance(value, dict) else ("a list", "a mapping")
            span = trace.chain[0].span if trace.chain else None
            message = f"{dotted(path)} is {kinds[0]} here and {kinds[1]} below it"
            raise refuse(message, span, f"write {kinds[1]}, or give it another name")
        return value, Trace(trace.chain + old[1].chain, trace.children)

    def _behind(self, path: ConfigPath, old: tuple[Any, Trace]) -> tuple[Any, Trace]:
        """The mapping or list that an interpolation refers to: OmegaConf puts a copy of it in the way of a merge."""
        seen: set[ConfigPath] = set()
        at, value = path, old[0]
        while interpolated(value):
            target = Resolver(self._root).locate(at)
            if target is None or target in seen or at[: len(target)] == target:
                return old
            seen.add(target)
            at, value = target, select(self._root, target)
        if not isinstance(value, dict | list):
            return old
        trace = self._trace
        for key in at:
            trace = trace.children.get(key, EMPTY)
        return value, Trace(old[1].chain, trace.children)

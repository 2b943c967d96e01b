"""OmegaConf's merge on plain data, with origins.

Later layers win; mappings merge, everything else is replaced whole.
"""

from __future__ import annotations

from typing import Any, Final

from stdspec.compose import variables
from stdspec.compose.interpolation import Call, interpolated, parse
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


class _Begun:
    """A copy of a mapping that another one is being merged into; its trace grows with it."""

    __slots__ = ("trace", "traces", "values")

    def __init__(self, old: tuple[dict[Any, Any], Trace], new: tuple[Any, Trace]) -> None:
        self.values, self.traces = dict(old[0]), dict(old[1].children)
        self.trace = Trace(new[1].chain + old[1].chain, self.traces)


class Merger:
    """Merges into one root value, which interpolations that stand in the way are looked up in.

    What was merged already is seen by such a look-up at once: the mappings in progress hang in the root.

    Args:
        root: the composition so far.
        trace: who wrote it.
        closed: refuse keys that the composition does not have (OmegaConf's struct mode).

    Attributes:
        uncertain: whether something was merged over what only OmegaConf's own resolvers know.
    """

    def __init__(self, root: Any, trace: Trace, closed: bool = False) -> None:
        self._root, self._trace = root, trace
        self._closed = closed
        self.uncertain = False

    def merge(
        self, path: ConfigPath, old: tuple[dict[Any, Any], Trace], new: tuple[dict[Any, Any], Trace]
    ) -> tuple[dict[Any, Any], Trace]:
        """The mapping at `path` after `new` was merged into `old`; neither is changed.

        Raises:
            Refused: when a mapping meets a list.
            StructError: for a new key, when closed.
        """
        begun = _Begun(old, new)
        self._root, self._trace = _put(self._root, self._trace, path, begun)
        self._fill(path, begun, new)
        return begun.values, begun.trace

    def _fill(self, path: ConfigPath, begun: _Begun, new: tuple[dict[Any, Any], Trace]) -> None:
        values, traces = begun.values, begun.traces
        for key, value in new[0].items():
            trace = new[1].children.get(key, EMPTY)
            if key not in values:
                if self._closed:
                    raise StructError((*path, key), [str(name) for name in values])
                values[key], traces[key] = value, trace
                continue
            here = (*path, key)
            old = (values[key], traces.get(key, EMPTY))
            if interpolated(old[0]):
                old = self._behind(here, old)
            if isinstance(value, dict) and isinstance(old[0], dict):
                inner = _Begun(old, (value, trace))
                values[key], traces[key] = inner.values, inner.trace
                self._fill(here, inner, (value, trace))
            else:
                values[key], traces[key] = _one(here, old, (value, trace))

    def _behind(self, path: ConfigPath, old: tuple[Any, Trace]) -> tuple[Any, Trace]:
        """The mapping or list that an interpolation refers to: OmegaConf puts a copy of it in the way of a merge."""
        hops = [path]
        at, value = path, old[0]
        while interpolated(value):
            target = Resolver(self._root).locate(at)
            self.uncertain = self.uncertain or (target is None and _may_be_a_container(value))
            if target is None or any(hop[: len(target)] == target for hop in hops):  # a cycle, or what holds it
                return old
            hops.append(target)
            at, value = target, select(self._root, target)
        if not isinstance(value, dict | list):
            return old
        trace = self._trace
        for key in at:
            trace = trace.children.get(key, EMPTY)
        return value, Trace(old[1].chain, trace.children)


def _may_be_a_container(text: str) -> bool:
    """Whether the text is a call of a resolver that can give a mapping or a list, such as ``${oc.create:{a: 1}}``."""
    pieces = parse(text)
    call = pieces[0] if len(pieces) == 1 else None
    return isinstance(call, Call) and call.resolver.startswith("oc.") and call.resolver != variables.RESOLVER


def _put(root: Any, trace: Trace, path: ConfigPath, begun: _Begun) -> tuple[Any, Trace]:
    """The root with a mapping in progress at a path; what lies beside the path is shared."""
    if not path:
        return begun.values, begun.trace
    key = path[0]
    inner = _put(root[key], trace.children.get(key, EMPTY), path[1:], begun)
    copy: Any = dict(root) if isinstance(root, dict) else list(root)
    copy[key] = inner[0]
    return copy, Trace(trace.chain, {**trace.children, key: inner[1]})


def _one(path: ConfigPath, old: tuple[Any, Trace], new: tuple[Any, Trace]) -> tuple[Any, Trace]:
    """What a value becomes when another one comes that is not merged into it."""
    value, trace = new
    if value == MISSING_VALUE and isinstance(value, str):
        return old
    if (isinstance(value, dict) and isinstance(old[0], list)) or (isinstance(value, list) and isinstance(old[0], dict)):
        kinds = ("a mapping", "a list") if isinstance(value, dict) else ("a list", "a mapping")
        span = trace.chain[0].span if trace.chain else None
        message = f"{dotted(path)} is {kinds[0]} here and {kinds[1]} below it"
        raise refuse(message, span, f"write {kinds[1]}, or give it another name")
    return value, Trace(trace.chain + old[1].chain, trace.children)

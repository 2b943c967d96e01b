"""Applies overrides of plain values to a composition, the way OmegaConf does in struct mode."""

from __future__ import annotations

from typing import Any

from stdspec.compose.interpolation import GrammarError, check, index_of, interpolated, split_key
from stdspec.compose.merge import Merger, StructError
from stdspec.compose.model import Origin
from stdspec.compose.override import Action, Override
from stdspec.compose.refusal import Refused, options_remedy, refuse
from stdspec.compose.resolve import MISSING_VALUE, Resolver, UnresolvableError
from stdspec.compose.trace import EMPTY, Trace, uniform
from stdspec.paths import ConfigPath, dotted, select
from stdspec.suggest import nearest

State = tuple[Any, Trace]
"""A value and its trace."""


def apply(state: State, override: Override) -> State:
    """The composition after one override; the given one is not changed.

    Raises:
        Refused: when Hydra would refuse the override.
    """
    if override.package is not None:
        message = f"{override.text} looks like the choice of a config group, and there is no group '{override.key}'"
        raise refuse(message, override.span, "correct the name of the group")
    _check_texts(override.value, override)
    parts = split_key(override.key)
    try:
        if override.action is Action.DELETE:
            return _delete(state, parts, override)
        # Hydra looks at what stands there before it asks what the override brings
        present = _selected(state[0], parts, override) if override.action is Action.ADD else None
        if present is not None and not isinstance(override.value, dict | list):
            bare = override.text.removeprefix("+")
            message = f"{override.key} has a value already"
            raise refuse(message, override.span, f"write {bare} to change it, ++{bare} to add or change it")
        return _Update(override, state).at(state, parts, ())
    except StructError as error:
        raise _no_such_key(error, override) from None


def _no_such_key(error: StructError, override: Override) -> Exception:
    where = dotted(error.path[:-1])
    message = f"there is no key '{error.path[-1]}'" + (f" in {where}" if where else "")
    guess = nearest(str(error.path[-1]), error.known)
    bare = override.text.lstrip("+")
    return refuse(message, override.span, f"did you mean '{guess}'?" if guess else f"to add it write +{bare}")


def _check_texts(value: Any, override: Override) -> None:
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            _check_texts(child, override)
    elif interpolated(value):
        try:
            check(value)
        except GrammarError as error:
            raise refuse(f"{override.text} holds no valid interpolation: {error}", override.span) from None


class _Update:
    """One assignment at a path, adding keys only where the override may."""

    def __init__(self, override: Override, root: State) -> None:
        self._override = override
        self._may_add = override.action in (Action.ADD, Action.FORCE)
        self._root = root
        span = override.span
        self._origin = Origin(span, span, override.value, override.text)

    def at(self, state: State, parts: list[str], path: ConfigPath) -> State:
        value, trace = state
        key = self._key(value, parts[0], path)
        here = (*path, key)
        if isinstance(value, dict) and key not in value and not self._may_add:
            raise StructError(here, [str(name) for name in value])
        child = value[key] if isinstance(value, list) or key in value else None
        below = (child, trace.children.get(key, EMPTY))
        if len(parts) == 1:
            changed = self._set(below, here)
        else:
            if not isinstance(child, dict | list):
                below = ({}, Trace((self._origin, *below[1].chain), {}))
            changed = self.at(below, parts[1:], here)
        children = {**trace.children, key: changed[1]}
        if isinstance(value, dict):
            return {**value, key: changed[0]}, Trace(trace.chain, children)
        return [*value[:key], changed[0], *value[key + 1 :]], Trace(trace.chain, children)

    def _key(self, value: Any, part: str, path: ConfigPath) -> Any:
        if isinstance(value, dict):
            return part
        index = index_of(part)
        if index is None or index >= len(value):
            message = f"{dotted(path)} is a list of {len(value)} items and has no item '{part}'"
            raise refuse(message, self._override.span, "name an item by its number, counted from 0")
        return index

    def _set(self, old: State, path: ConfigPath) -> State:
        value = self._override.value
        trace = uniform(value, self._origin)
        if isinstance(value, dict) and isinstance(old[0], dict):
            return Merger(*self._root, closed=not self._may_add).merge(path, old, (value, trace))
        if isinstance(value, dict | list) and isinstance(old[0], dict | list) and type(value) is not type(old[0]):
            kind = "a mapping" if isinstance(old[0], dict) else "a list"
            raise refuse(
                f"{dotted(path)} is {kind}, which {self._override.text} would replace",
                self._override.span,
                f"write {kind}",
            )
        return value, Trace(trace.chain + old[1].chain, trace.children)


class _ComputedError(Exception):
    """A key leads to a value that only a resolver can say."""

    def __init__(self, text: str, last: bool) -> None:
        super().__init__(text)
        self.text, self.last = text, last


def meets_resolver(root: Any, override: Override) -> bool:
    """Whether Hydra, which looks at what stands there before it adds or deletes, would call a resolver."""
    if override.action not in (Action.ADD, Action.DELETE) or override.package is not None:
        return False
    try:
        _found(root, split_key(override.key), override)
    except _ComputedError:
        return True
    except Refused:
        pass
    return False


def _selected(root: Any, parts: list[str], override: Override) -> Any:
    """The resolved value at a key; None when there is none, or null, or nothing but ``???``.

    What a resolver gives is not known here: it is the text that calls it, and has no keys.
    """
    try:
        return _found(root, parts, override)
    except _ComputedError as error:
        return error.text if error.last else None


def _found(root: Any, parts: list[str], override: Override) -> Any:
    value = root
    path: ConfigPath = ()
    for part in parts:
        if interpolated(value):
            value = _resolved(root, value, path, override, last=False)
        if isinstance(value, dict) and part in value:
            value, path = value[part], (*path, part)
        elif isinstance(value, list) and (index := index_of(part)) is not None:
            if index >= len(value):
                return None
            value, path = value[index], (*path, index)
        elif isinstance(value, list):
            raise refuse(
                f"{dotted(path)} is a list and has no item '{part}'", override.span, "name an item by its number"
            )
        else:
            return None
    if interpolated(value):
        return _resolved(root, value, path, override, last=True)
    return None if value == MISSING_VALUE else value


def _resolved(root: Any, text: str, path: ConfigPath, override: Override, *, last: bool) -> Any:
    resolver = Resolver(root)
    try:
        return resolver.text_value(text, path)
    except UnresolvableError as error:
        if "HYD004" in (error.code, *(problem.code for problem in resolver.problems)):
            raise _ComputedError(text, last) from None
        raise refuse(f"{override.text} meets {text}, which has no value: {error.message}", override.span) from None


def _delete(state: State, parts: list[str], override: Override) -> State:
    found = _selected(state[0], parts, override)
    if found is None:
        known = state[0] if len(parts) == 1 else _selected(state[0], parts[:-1], override)
        names = [str(key) for key in known] if isinstance(known, dict) else []
        if parts[-1] in names:
            raise refuse(
                f"{override.key} has no value that could be deleted", override.span, f"leave {override.text} out"
            )
        remedy = options_remedy(parts[-1], names, "keys there")
        raise refuse(f"there is no {override.key} to delete", override.span, remedy)
    place = (*_container(state[0], parts[:-1]), parts[-1])
    if override.value is not None and override.value not in (found, Resolver(state[0]).filled(place)):
        raise refuse(f"{override.key} is {found}, not {override.value}", override.span, f"write ~{override.key}")
    return _without(state, place, override)


def _container(root: Any, parts: list[str]) -> ConfigPath:
    """Where the mapping or list that a key leads to really stands, behind the references on the way."""
    path: ConfigPath = ()
    for part in parts:
        index = index_of(part) if isinstance(select(root, path), list) else None
        path = (*path, part if index is None else index)
        while interpolated(select(root, path)):
            target = Resolver(root).locate(path)
            if target is None:
                break
            path = target
    return path


def _without(state: State, parts: ConfigPath, override: Override) -> State:
    value, trace = state
    if len(parts) > 1:
        key: Any = parts[0]
        changed = _without((value[key], trace.children.get(key, EMPTY)), parts[1:], override)
        children = {**trace.children, key: changed[1]}
        if isinstance(value, list):
            return [*value[:key], changed[0], *value[key + 1 :]], Trace(trace.chain, children)
        return {**value, key: changed[0]}, Trace(trace.chain, children)
    if not isinstance(value, dict):
        raise refuse(
            f"{override.key} is an item of a list, which cannot be deleted", override.span, "write the whole list"
        )
    kept = {key: child for key, child in value.items() if key != parts[0]}
    return kept, Trace(trace.chain, {key: child for key, child in trace.children.items() if key != parts[0]})

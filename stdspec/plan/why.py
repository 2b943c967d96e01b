"""Says why a node has to run: in what it differs from the last time that a node of its name ran for its plan.

Both sides are what `keys.made` wrote. Digests are compared by part, so that the one edited file, package or config key
is named; the result of an earlier node counts only where that node does not run again itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import UNSET, Struct

from stdspec.compose.difference import same
from stdspec.compose.history import leaves
from stdspec.paths import MISSING, ConfigPath, dotted, select

Made = Mapping[str, Any]


class Reason(Struct, frozen=True, omit_defaults=True):
    """One thing that differs.

    Attributes:
        what: config, order, code, package, file, environment, input, or the name of an ingredient: device, threads,
            python, run, version; ``never`` and ``gone`` stand alone.
        name: which one of them: a dotted config path, module, package, file, variable or node.
        old: what it was; left out where there was none, or only its digest is known.
        new: what it is.
        place: where a config value is written, ``conf/a.yaml:3:7``.
    """

    what: str
    name: str = ""
    old: Any = UNSET
    new: Any = UNSET
    place: str = ""


NEVER: Final = Reason("never")
"""No node of this name ever ran for a plan of this name."""
GONE: Final = Reason("gone")
"""Nothing differs, but the store does not hold the result any more."""

_SINGLE: Final = ("version", "run", "python", "device", "threads")
"""Ingredients with one value each."""

_MAPS: Final = {"environment": "environment", "files": "file", "packages": "package"}
"""Ingredients by name, and what a difference in them is called."""


def reasons(last: Made | None, now: Made, origins: Mapping[str, str], unknown: Collection[str] = ()) -> list[Reason]:
    """Why a node has to run.

    Args:
        last: what the newest result of the node was made from; None when there is none.
        now: what it would be made from.
        origins: dotted config path to the place where the value is written.
        unknown: the inputs whose nodes run as well, so that nothing can be said of them yet.
    """
    if last is None:
        return [NEVER]
    found = [
        *_config(last["config"], now["config"], origins),
        *_by_name("code", last["code"], now["code"]),
    ]
    old, new = last["ingredients"], now["ingredients"]
    for ingredient, what in _MAPS.items():
        found += _by_name(what, old.get(ingredient, {}), new[ingredient])
    inputs = {name: digest for name, digest in new["inputs"].items() if name not in unknown}
    found += _by_name("input", {name: old["inputs"].get(name) for name in inputs}, inputs)
    found += (Reason(name, old=old.get(name, UNSET), new=new[name]) for name in _SINGLE if old.get(name) != new[name])
    return found if found or unknown else [GONE]


def _config(old: Mapping[str, Any], new: Mapping[str, Any], origins: Mapping[str, str]) -> Iterator[Reason]:
    """The config keys that differ; where only their order does, the mapping whose order it is.

    Where a mapping took the place of a single value, or the other way round, that is one difference and not one a leaf.
    """
    before, after = dict(leaves(dict(old))), dict(leaves(dict(new)))
    paths = [path for path in after if path not in before or not same(before[path], after[path])]
    paths += [path for path in before if path not in after]
    for path in dict.fromkeys(_whole(path, before, after) for path in paths):
        was, value = (_given(select(side, path)) for side in (old, new))
        yield Reason("config", dotted(path), was, value, _place(path, paths, origins))
    moved = None if paths else _reordered(old, new)
    if moved is not None:
        yield Reason("order", dotted(moved))


def _whole(path: ConfigPath, *sides: Mapping[ConfigPath, Any]) -> ConfigPath:
    """The path itself, or the one above it that is a leaf on one side."""
    above = (path[:end] for end in range(1, len(path)))
    return next((one for one in above if any(one in side for side in sides)), path)


def _place(path: ConfigPath, paths: Iterable[ConfigPath], origins: Mapping[str, str]) -> str:
    """Where a value is written: a mapping where the first of its leaves is."""
    within = (origins.get(dotted(leaf), "") for leaf in paths if leaf[: len(path)] == path)
    return next((place for place in within if place), "")


def _given(value: Any) -> Any:
    return UNSET if value is MISSING else value


def _reordered(old: Any, new: Any, path: ConfigPath = ()) -> ConfigPath | None:
    """The first mapping whose keys stand in another order; transforms act in the order that they are written."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return None
    if list(old) != list(new):
        return path
    inner = (_reordered(old[key], new[key], (*path, key)) for key in old)
    return next((found for found in inner if found is not None), None)


def _by_name(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    show = _VALUES.get(what, _nothing)
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) != new.get(name):
            yield Reason(what, name, show(old.get(name)), show(new.get(name)))


def _nothing(_: Any) -> Any:
    """A digest says nothing to people."""
    return UNSET


def _version(value: Any) -> Any:
    return UNSET if value is None else value


_VALUES: Final[dict[str, Callable[[Any], Any]]] = {"package": _version}
"""What is shown of a value that is compared by name; of everything else only the digest is known."""

"""The schemas that are exported: a whole spec, the files that a spec is composed of, standards, papers, settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from stdspec.domains import DOMAINS
from stdspec.validate.export import defaults
from stdspec.validate.export.bundle import bundled
from stdspec.validate.export.drafts import DRAFTS, written
from stdspec.validate.export.partial import partial
from stdspec.validate.export.walk import DEFS, SAME_PLACE, Node, at, parts, target

_DEFAULTS: Final = "defaults"
_HYDRA: Final = "What Hydra itself is told, such as its sweeper; it is no part of the spec."


def documents(draft: str) -> dict[str, Node]:
    """Every schema by its name, such as ``config`` or ``group/data/splits``, in one draft.

    Args:
        draft: a key of `DRAFTS`.
    """
    built = {name: build() for name, build in _WHOLE.items()}
    built |= {f"group/{group}": _group(group) for group in defaults.groups() if group.split("/")[0] in DOMAINS}
    return {name: written(_used(document), draft, name) for name, document in built.items()}


@cache
def _spec() -> Node:
    return bundled("spec")


@cache
def _part() -> Node:
    return partial(_spec(), composed_over=False)


def _config() -> Node:
    said = "The primary config: a defaults list and what this project sets itself; the rest comes from the options."
    return _composed_over("A primary config", said, ("stdspec/base",))


def _experiment() -> Node:
    said = "One experiment: what it changes in the primary config. The file begins with `# @package _global_`."
    return _composed_over("An experiment", said, ())


def _composed_over(title: str, said: str, words: tuple[str, ...]) -> Node:
    root = partial(_spec(), composed_over=True)
    besides = {"defaults": defaults.of_root(words), "hydra": {"description": _HYDRA, "type": "object"}}
    return {**root, "title": title, "description": said, "properties": {**besides, **root["properties"]}}


def _group(group: str) -> Node:
    """The schema of an option of a config group, which stands at the group's path in the spec."""
    spec = _part()
    nodes = at(spec, tuple(group.split("/")))
    whole = nodes[0] if len(nodes) == 1 else {"anyOf": nodes}
    said = f"An option of the config group {group}. {next(_descriptions(whole, spec['$defs']))}"
    defs = {**spec["$defs"], _DEFAULTS: defaults.of_group(group)}
    listed = _with_defaults(whole, {"$ref": f"{DEFS}{_DEFAULTS}"}, spec["$defs"])
    return {**listed, "title": f"The group {group}", "description": said, "$defs": defs}


def _descriptions(node: Node, defs: Mapping[str, Node]) -> Iterator[str]:
    return (part["description"] for part in parts(node, defs) if "description" in part)


def _with_defaults(node: Node, listed: Node, defs: Mapping[str, Node]) -> Node:
    """A schema object written out at its own level, so that every closed table in it takes a defaults list, too."""
    referred = target(node, defs)
    if referred is not None:
        return _with_defaults(referred, listed, defs)
    out = dict(node)
    for key in SAME_PLACE:
        if key in out:
            out[key] = _with_defaults(out[key], listed, defs)
    for key in ("allOf", "anyOf"):
        if key in out:
            out[key] = [_with_defaults(child, listed, defs) for child in out[key]]
    if "properties" in out:
        out["properties"] = {"defaults": listed, **out["properties"]}
    return out


def _used(document: Node) -> Node:
    """The document with those definitions alone that something in it leads to."""
    defs = document.get("$defs", {})
    body = {key: value for key, value in document.items() if key != "$defs"}
    kept: dict[str, Node] = {}
    waiting: list[object] = [body]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict):
            name = held.get("$ref")
            if isinstance(name, str) and name.removeprefix(DEFS) not in kept:
                kept[name.removeprefix(DEFS)] = defs[name.removeprefix(DEFS)]
                waiting.append(defs[name.removeprefix(DEFS)])
            waiting.extend(held.values())
        elif isinstance(held, list):
            waiting.extend(held)
    return {**body, "$defs": dict(sorted(kept.items()))} if kept else body


_WHOLE: Final[Mapping[str, Callable[[], Node]]] = {
    "spec": _spec,
    "config": _config,
    "experiment": _experiment,
    "standard": lambda: bundled("standard"),
    "settings": lambda: bundled("settings"),
    "waivers": lambda: bundled("waivers"),
    "approvals": lambda: bundled("approvals"),
    "feedback": lambda: bundled("feedback"),
}

__all__ = ["DRAFTS", "documents"]

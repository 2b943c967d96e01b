"""The composition: walk the defaults, merge the configs in order, apply the overrides. Nothing is judged here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from stdspec import resources
from stdspec.compose import hydra_answer, searchpath
from stdspec.compose.apply import apply, meets_resolver
from stdspec.compose.interpolation import split_key
from stdspec.compose.merge import Merger
from stdspec.compose.model import Origin
from stdspec.compose.node import Step
from stdspec.compose.override import Override, parse_all
from stdspec.compose.refusal import Refused, broken, refuse
from stdspec.compose.repository import ConfigFile, Repository, Source
from stdspec.compose.rules import Rules
from stdspec.compose.shared import SharedBodies
from stdspec.compose.trace import EMPTY, Trace, of_document
from stdspec.compose.walk import Walk
from stdspec.paths import is_dir, shown

TOO_DEEP: Final = "values are nested too deeply to be merged"
State = tuple[dict[Any, Any], Trace]
"""A composition so far and who wrote it."""


class Composition(Struct, frozen=True):
    """What came out and how: the configs merged, the walk that found them, the overrides."""

    value: dict[Any, Any]
    trace: Trace
    steps: tuple[Step, ...]
    walk: Walk
    repository: Repository
    overrides: tuple[Override, ...]
    primary: ConfigFile | None
    search: tuple[searchpath.Entry, ...]
    rules: Rules


def build(folder: str, config_name: str | None, texts: Sequence[str], shipped: str | None, rules: Rules) -> Composition:
    """Composes the primary config of a folder.

    Args:
        folder: the folder of the configs, absolute.
        config_name: the primary config, or None.
        texts: the command line.
        shipped: a folder to look in for what the folder lacks, or None.
        rules: whose rules hold, and what may be done.

    Raises:
        Refused: when Hydra would refuse.
        Broken: when a file cannot be read.
    """
    appended, overrides = _appended(folder, shipped), parse_all(texts)
    repository, primary, search = _opened(folder, config_name, overrides, appended, rules)
    try:
        asked = hydra_answer.Asked(folder, config_name, texts, appended, rules)
        return _composed(asked, repository, primary, search, overrides)
    except RecursionError:
        raise refuse(TOO_DEEP, primary.span if primary else None, "flatten them") from None
    except Refused:
        hidden = list(searchpath.unseen(search, rules))
        if hidden:  # what is missing may stand there
            raise broken(hidden) from None
        raise


def files_of(
    folder: str, config_name: str | None, texts: Sequence[str], shipped: str | None, rules: Rules
) -> frozenset[str]:
    """The files that a composition would read: the defaults lists are walked, and nothing is merged.

    Args and refusals are those of `build`.
    """
    overrides = parse_all(texts)
    repository, _, _ = _opened(folder, config_name, overrides, _appended(folder, shipped), rules)
    Walk(repository, call_resolvers=False).run(config_name, overrides)
    return frozenset(file.path for file in repository.files)


def _appended(folder: str, shipped: str | None) -> str | None:
    return None if shipped is None or _same(folder, shipped) else shipped


def _same(folder: str, other: str) -> bool:
    """Whether two paths lead to one folder."""
    return folder == other or (is_dir(folder) and is_dir(other) and os.path.samefile(folder, other))  # noqa: PTH121


def _opened(
    folder: str, config_name: str | None, overrides: Sequence[Override], appended: str | None, rules: Rules
) -> tuple[Repository, ConfigFile | None, tuple[searchpath.Entry, ...]]:
    """The configs along the search path, the primary among them, and the search path that it adds."""
    if not is_dir(folder):
        raise Refused("there is no config folder", shown(folder), "check the path")
    repository = Repository(_sources(folder, appended), legacy=rules.legacy, unseen=rules.lint)
    primary = _primary(repository, config_name)
    search = searchpath.entries(primary, overrides, rules)
    repository.add(searchpath.sources(search, rules))
    return repository, primary, search


def _composed(
    asked: hydra_answer.Asked,
    repository: Repository,
    primary: ConfigFile | None,
    search: tuple[searchpath.Entry, ...],
    overrides: list[Override],
) -> Composition:
    rules = asked.rules
    walk = Walk(repository, call_resolvers=not rules.lint)
    steps = walk.run(asked.config_name, overrides)
    state, hydra_parts, uncertain = _merged(steps)
    state = _without_hydra(state)
    for override in walk.choices.values:
        if override.key != "hydra" and not override.key.startswith("hydra."):
            uncertain = uncertain or meets_resolver(state[0], override)
            state = _applied(state, override, judged_by_hydra=uncertain and not rules.lint)
    if uncertain and not rules.lint:
        state = (hydra_answer.value_of(asked, primary), state[1])
    elif not rules.lint:
        hydra_answer.judge_settings(asked, hydra_parts, steps, overrides)
    return Composition(*state, tuple(steps), walk, repository, tuple(overrides), primary, search, rules)


def _applied(state: State, override: Override, *, judged_by_hydra: bool) -> State:
    """The composition after one override; what Hydra is asked about anyway is not refused here."""
    try:
        return apply(state, override)
    except RecursionError:
        raise refuse(TOO_DEEP, override.span, "flatten them") from None
    except Refused:
        if not judged_by_hydra:
            raise
        return state


def _sources(folder: str, appended: str | None) -> list[Source]:
    sources = [Source(folder, shipped=_same(folder, str(resources.conf())))]
    if appended is not None:
        sources.append(Source(appended, shipped=True))
    return sources


def _primary(repository: Repository, config_name: str | None) -> ConfigFile | None:
    """The primary config."""
    primary = repository.load(config_name) if config_name is not None else None
    if primary is not None and not primary.document.readable:
        raise broken(primary.document.findings)
    if primary is not None and not isinstance(primary.body, dict):
        raise refuse("this primary config holds a list", primary.span, "write 'key: value' lines")
    return primary


def _merged(steps: Sequence[Step]) -> tuple[State, list[Any], bool]:
    """The configs merged, what each of them says below `hydra:`, and whether a resolver may have given a part."""
    state: State = ({}, EMPTY)
    hydra_parts: list[Any] = []
    shared = SharedBodies(steps)
    uncertain = False
    for step in steps:
        body, trace = _contribution(step, shared)
        if not step.default.primary and searchpath.named(body) is not None:
            raise refuse("hydra.searchpath stands in a file that is not the primary config", step.file.span, "move it")
        if step.file.path and "hydra" in body and not step.default.config_path.startswith("hydra/"):
            hydra_parts.append(body["hydra"])
        merger, before = Merger(*state), state
        try:
            state = merger.merge((), state, (body, trace))
        except RecursionError:
            raise refuse(TOO_DEEP, step.file.span, "flatten them") from None
        shared.follow(step, (body, trace), before, state)
        uncertain = uncertain or merger.uncertain
    return state, hydra_parts, uncertain


_CONTRIBUTIONS: dict[tuple[int, str, str, bool, bool], tuple[Any, Trace]] = {}
"""Contributions by document, package, layer and standing: a file gives the same tree in every composition.

A document's identity can stand for it, because the repository keeps every document it ever read.
"""


def _contribution(step: Step, shared: SharedBodies) -> State:
    """What one config adds to the composition: its body inside its package, and who wrote it."""
    changed = shared.body(step)
    body, trace = _of_file(step) if changed is None else _packaged(step, *changed)
    if not isinstance(body, dict):
        raise refuse(
            "this file holds a list and goes to the top of the spec", step.file.span, "write 'key: value' lines"
        )
    return body, trace


def _of_file(step: Step) -> tuple[Any, Trace]:
    file, default = step.file, step.default
    named = default.choice.named and not (file.shipped and default.config_path.startswith("stdspec/"))
    layer = f"{default.key}={default.value}" if default.external else str(default)
    key = (id(file.document), step.package, layer, file.shipped, named)
    if key not in _CONTRIBUTIONS:
        trace = of_document(file.document, file.body, layer, file.shipped, named)
        _CONTRIBUTIONS[key] = _packaged(step, file.body, trace)
    return _CONTRIBUTIONS[key]


def _packaged(step: Step, body: Any, trace: Trace) -> tuple[Any, Trace]:
    for part in reversed(split_key(step.package) if step.package else []):
        body = {part: body}
        chain = tuple(Origin(o.key, o.span, body, o.layer, o.shipped, o.named) for o in trace.chain[:1])
        trace = Trace(chain, {part: trace})
    return body, trace


def _without_hydra(state: State) -> State:
    value, trace = state
    if "hydra" not in value:
        return state
    kept = {key: child for key, child in value.items() if key != "hydra"}
    return kept, Trace(trace.chain, {key: child for key, child in trace.children.items() if key != "hydra"})

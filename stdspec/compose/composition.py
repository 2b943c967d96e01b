"""The composition: walk the defaults, merge the configs in order, apply the overrides. Nothing is judged here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stdspec import resources
from stdspec.compose import searchpath
from stdspec.compose.apply import apply
from stdspec.compose.interpolation import split_key
from stdspec.compose.merge import Merger
from stdspec.compose.model import Origin
from stdspec.compose.override import Override, parse_all
from stdspec.compose.refusal import Refused, broken, refuse
from stdspec.compose.repository import ConfigFile, Repository, Source
from stdspec.compose.rules import Rules
from stdspec.compose.trace import EMPTY, Trace, of_document
from stdspec.compose.walk import Step, Walk
from stdspec.paths import shown

State = tuple[dict[Any, Any], Trace]
"""A composition so far and who wrote it."""


@dataclass(frozen=True, slots=True)
class Composition:
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
    if not Path(folder).is_dir():
        raise refuse(f"there is no config folder {shown(folder)}", None, "check the path")
    appended = None if shipped is None or os.path.realpath(folder) == os.path.realpath(shipped) else shipped
    overrides = parse_all(texts)
    repository = Repository(_sources(folder, appended), legacy=rules.legacy)
    primary = _primary(repository, config_name)
    search = searchpath.entries(primary, overrides)
    repository.add(searchpath.sources(search, rules))
    try:
        return _composed(_Asked(folder, config_name, texts, appended, rules), repository, primary, search, overrides)
    except RecursionError:
        raise refuse("values are nested too deeply to be merged", None, "flatten them") from None
    except Refused:
        hidden = list(searchpath.unseen(search, rules))
        if hidden:  # what is missing may stand there
            raise broken(hidden) from None
        raise


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be composed, as Hydra itself could be asked for it."""

    folder: str
    config_name: str | None
    texts: Sequence[str]
    appended: str | None
    rules: Rules

    def of_hydra(self) -> dict[Any, Any]:
        """Hydra's own answer.

        Raises:
            ReferenceRefusedError: when it refuses.
        """
        from stdspec.compose import hydra_adapter

        asked = (self.folder, self.config_name, self.texts, self.appended, self.rules.version)
        value: dict[Any, Any] = hydra_adapter.reference(*asked)
        return value


def _composed(
    asked: _Asked,
    repository: Repository,
    primary: ConfigFile | None,
    search: tuple[searchpath.Entry, ...],
    overrides: list[Override],
) -> Composition:
    rules = asked.rules
    walk = Walk(repository, call_resolvers=not rules.lint)
    steps = walk.run(asked.config_name, overrides)
    state, hydra_parts = _merged(steps)
    settings = [item.text for item in overrides if item.key == "hydra" or item.key.startswith(("hydra.", "hydra/"))]
    if not rules.lint and (hydra_parts or any(not text.startswith("hydra.searchpath=") for text in settings)):
        _ask_hydra(repr((rules.version, asked.folder, hydra_parts, settings)), asked)
    state = _without_hydra(state)
    for override in walk.choices.values:
        if override.key != "hydra" and not override.key.startswith("hydra."):
            state = apply(state, override)
    if not rules.lint and twice_at_the_top(steps) is not None:
        state = (_by_hydra(asked), state[1])
    return Composition(*state, tuple(steps), walk, repository, tuple(overrides), primary, search, rules)


def _sources(folder: str, appended: str | None) -> list[Source]:
    is_shipped = os.path.realpath(folder) == os.path.realpath(resources.conf())
    sources = [Source(folder, shipped=is_shipped)]
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


def _merged(steps: Sequence[Step]) -> tuple[State, list[Any]]:
    """The configs merged, and what each of them says below `hydra:`."""
    state: State = ({}, EMPTY)
    hydra_parts: list[Any] = []
    for step in steps:
        body, trace = _contribution(step)
        if not step.default.primary and searchpath.named(body) is not None:
            raise refuse("hydra.searchpath stands in a file that is not the primary config", step.file.span, "move it")
        if step.file.path and "hydra" in body and not step.default.config_path.startswith("hydra/"):
            hydra_parts.append(body["hydra"])
        state = Merger(*state).merge((), state, (body, trace))
    return state, hydra_parts


_CONTRIBUTIONS: dict[tuple[int, str, str, bool, bool], tuple[Any, Trace]] = {}
"""Contributions by document, package, layer and standing: a file gives the same tree in every composition.

A document's identity can stand for it, because the repository keeps every document it ever read.
"""


def _contribution(step: Step) -> State:
    """What one config adds to the composition: its body inside its package, and who wrote it."""
    file, default = step.file, step.default
    named = default.choice.named and not (file.shipped and default.config_path.startswith("stdspec/"))
    layer = f"{default.key}={default.value}" if default.external else str(default)
    key = (id(file.document), step.package, layer, file.shipped, named)
    if key not in _CONTRIBUTIONS:
        body, trace = file.body, of_document(file.document, file.body, layer, file.shipped, named)
        for part in reversed(split_key(step.package) if step.package else []):
            body = {part: body}
            chain = tuple(Origin(o.key, o.span, body, o.layer, o.shipped, o.named) for o in trace.chain[:1])
            trace = Trace(chain, {part: trace})
        _CONTRIBUTIONS[key] = (body, trace)
    body, trace = _CONTRIBUTIONS[key]
    if not isinstance(body, dict):
        raise refuse("this file holds a list and goes to the top of the spec", file.span, "write 'key: value' lines")
    return body, trace


def twice_at_the_top(steps: Sequence[Step]) -> Step | None:
    """The second step of a file that goes to the top of the spec more than once.

    Hydra merges into what it read from such a file the first time, so that the second time brings changed values.
    """
    seen: set[str] = set()
    for step in steps:
        if not step.package and step.file.path:
            if step.default.config_path in seen:
                return step
            seen.add(step.default.config_path)
    return None


def _by_hydra(asked: _Asked) -> dict[Any, Any]:
    from stdspec.compose import hydra_adapter

    try:
        return asked.of_hydra()
    except hydra_adapter.ReferenceRefusedError as error:
        raise refuse(f"Hydra refuses this composition: {error}", None, "select each file once") from None


_ANSWERS: dict[str, str | None] = {}
"""What Hydra has against settings of its own, by these settings: the compositions of a project mostly share them."""


def _ask_hydra(key: str, asked: _Asked) -> None:
    """Refuses what Hydra refuses below `hydra:`. Its schema is its own business, so it is asked, once per settings."""
    if key not in _ANSWERS:
        from stdspec.compose import hydra_adapter

        try:
            asked.of_hydra()
            _ANSWERS[key] = None
        except hydra_adapter.ReferenceRefusedError as error:
            _ANSWERS[key] = str(error)
    problem = _ANSWERS[key]
    if problem is not None:
        raise refuse(f"Hydra refuses this composition: {problem}", None, "see the keys of hydra: in Hydra's manual")


def _without_hydra(state: State) -> State:
    value, trace = state
    if "hydra" not in value:
        return state
    kept = {key: child for key, child in value.items() if key != "hydra"}
    return kept, Trace(trace.chain, {key: child for key, child in trace.children.items() if key != "hydra"})

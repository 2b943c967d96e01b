"""What below `hydra:` could have code run, and which launchers and sweepers are known.

Hydra imports and calls what its logging, callbacks, launcher and sweeper name. A spec is data, so these keys are taken
from nobody but for the few launchers, sweepers and samplers listed here. Nothing is imported to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from stdspec.paths import ConfigPath, dotted

Danger = tuple[ConfigPath, str]
"""A config path and what is wrong with it."""

LAUNCHERS: Final = {
    "basic": "hydra._internal.core_plugins.basic_launcher.BasicLauncher",
    "joblib": "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher",
}
SWEEPERS: Final = {
    "basic": "hydra._internal.core_plugins.basic_sweeper.BasicSweeper",
    "optuna": "hydra_plugins.hydra_optuna_sweeper.optuna_sweeper.OptunaSweeper",
}
SAMPLERS: Final = {
    "tpe": "optuna.samplers.TPESampler",
    "random": "optuna.samplers.RandomSampler",
    "grid": "optuna.samplers.GridSampler",
    "cmaes": "optuna.samplers.CmaEsSampler",
    "nsgaii": "optuna.samplers.NSGAIISampler",
    "motpe": "optuna.samplers.MOTPESampler",
}
OPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "hydra/launcher": LAUNCHERS,
    "hydra/sweeper": SWEEPERS,
    "hydra/sweeper/sampler": SAMPLERS,
}
"""Hydra's groups from which code is chosen, their known options, and the class of each."""

TARGETS: Final = frozenset(name for options in OPTIONS.values() for name in options.values())

_REFUSED_GROUPS: Final = ("hydra/job_logging", "hydra/hydra_logging", "hydra/callbacks")
_STORAGE: Final = "sqlite:///"


def of_values(hydra: Any, *, own_word: bool = False) -> Iterator[Danger]:
    """What could have code run in the values below `hydra:`.

    Args:
        hydra: what stands there, as written or composed.
        own_word: whether who calls wrote it on the command line, who may set environment variables anyway.
    """
    if hydra is None:
        return
    if not isinstance(hydra, Mapping):
        yield ("hydra",), "hydra is no mapping that could be looked through"
        return
    for key in ("job_logging", "hydra_logging", "callbacks"):
        if hydra.get(key):
            yield ("hydra", key), f"hydra.{key} can have code run"
    for key in ("launcher", "sweeper"):
        value = hydra.get(key)
        if value is not None and not isinstance(value, Mapping):
            yield ("hydra", key), f"hydra.{key} is no mapping that could be looked through"
        else:
            yield from _within(value, ("hydra", key))
    job = hydra.get("job")
    variables = job if isinstance(job, Mapping) and not own_word else {}
    for key in ("env_set", "env_copy"):
        if variables.get(key):
            yield ("hydra", "job", key), f"hydra.job.{key} can have code run, through variables such as PYTHONPATH,"


def of_override(key: str, value: Any) -> Iterator[Danger]:
    """What could have code run in an override of the command line, by its key without a prefix and its value."""
    group = key.split("@")[0]
    if group in _REFUSED_GROUPS:
        yield tuple(group.split("/")), f"{group} can have code run"
    elif group in OPTIONS:
        if value is not None and value not in OPTIONS[group]:
            known = ", ".join(OPTIONS[group])
            yield tuple(group.split("/")), f"{group}={value} could have code run (known are {known})"
    elif group == "hydra" or group.startswith("hydra."):
        wrapped: Any = value
        for part in reversed(group.split(".")[1:]):
            wrapped = {part: wrapped}
        yield from of_values(wrapped, own_word=True)


def _within(value: Any, path: ConfigPath) -> Iterator[Danger]:
    """What is dangerous at any depth of a launcher's or a sweeper's settings: Hydra instantiates all of them."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        fact = _KEYS[key](child) if key in _KEYS else None
        if fact is not None:
            yield (*path, key), f"{dotted((*path, key))} {fact}"
        else:
            yield from _within(child, (*path, key))


def _target(value: Any) -> str | None:
    known = isinstance(value, str) and value in TARGETS
    return None if known else f"names {value}, which is no launcher, sweeper or sampler that stdspec knows,"


def _search_space(value: Any) -> str | None:
    return None if value is None else "names a function that is called"


def _storage(value: Any) -> str | None:
    plain = value is None or (isinstance(value, str) and value.startswith(_STORAGE))
    return None if plain else f"is none of the storages that hold plain data, {_STORAGE}FILE,"


_KEYS: Final[Mapping[Any, Callable[[Any], str | None]]] = {
    "_target_": _target,
    "custom_search_space": _search_space,
    "storage": _storage,  # others unpickle what they hold, or are loaded by name
}
"""The keys of launchers and sweepers that lead to code, and what is wrong with a value of each."""

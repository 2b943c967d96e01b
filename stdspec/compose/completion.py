"""What may follow on a command line: groups, their options, keys and values of the composition. Nothing is imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from stdspec import resources
from stdspec.compose.composer import compose_with_origins
from stdspec.compose.hydra_code import OPTIONS
from stdspec.compose.repository import Repository, Source
from stdspec.errors import StdspecError
from stdspec.paths import MISSING, select, split_dotted
from stdspec.settings import Settings

_PREFIX: Final = re.compile(r"\+{1,2}|~|")
_PLAIN: Final = re.compile(r"[\w./:+-]+")
"""A value that no shell reads as anything else."""

_OURS: Final = frozenset({"hydra", "stdspec"})
"""Groups that nobody chooses from on a command line; Hydra's own are in the next tables."""

_OF_HYDRA: Final = (
    *(f"{group}=" for group in OPTIONS),
    "hydra.run.dir=",
    "hydra.sweep.dir=",
    "hydra.sweep.subdir=",
    "hydra.launcher.n_jobs=",
    "hydra.sweeper.direction=",
    "hydra.sweeper.max_batch_size=",
    "hydra.sweeper.n_jobs=",
    "hydra.sweeper.n_trials=",
    "hydra.sweeper.sampler.seed=",
    "hydra.sweeper.storage=",
    "hydra.sweeper.study_name=",
)
_VALUES: Final = {
    "hydra.sweeper.direction": ("maximize", "minimize"),
    **{group: tuple(options) for group, options in OPTIONS.items()},
}


def complete(
    word: str, before: Sequence[str], config_dir: str, config_name: str, settings: Settings, *, any_key: bool = False
) -> list[str]:
    """The words that a word may become, sorted; those that end in ``=``, ``.`` or ``/`` go on.

    Args:
        word: what is typed so far of an override.
        before: the overrides before it.
        config_dir: the folder of the primary config.
        config_name: the primary config.
        settings: the project's settings.
        any_key: the word is a dotted key and no override, as for ``stdspec why``.
    """
    prefix = "" if any_key else _PREFIX.match(word)[0]  # type: ignore[index]
    rest = word[len(prefix) :]
    places = Repository([Source(config_dir), Source(str(resources.conf()), shipped=True)])
    if "=" in rest:
        found = _values(rest, places, before, (config_dir, config_name, settings))
    else:
        value = _composed(before, config_dir, config_name, settings)
        ending = "" if any_key or prefix == "~" else "="
        found = [*_keys(rest, value, ending), *(() if any_key else _groups(rest, places, ending))]
        if not any_key and rest.startswith("hydra"):
            found += _OF_HYDRA
    return sorted({f"{prefix}{text}" for text in found if text.startswith(rest)})


Where = tuple[str, str, Settings]


def _values(rest: str, places: Repository, before: Sequence[str], where: Where) -> list[str]:
    """The override with each value; of a sweep over several the last one is meant."""
    key, _, value = rest.partition("=")
    head = rest[: len(rest) - len(value.rpartition(",")[2])]
    group = key.partition("@")[0]
    if key in _VALUES:
        return [f"{head}{option}" for option in _VALUES[key]]
    if places.is_group(group):
        folder = value.rpartition(",")[2].rpartition("/")[0]
        below = f"{folder}/" if folder else ""
        inner = places.groups(f"{group}/{folder}".rstrip("/"))
        options = places.options(f"{group}/{folder}".rstrip("/"))
        return [*(f"{head}{below}{name}" for name in options), *(f"{head}{below}{name}/" for name in inner)]
    found = select(_composed(before, *where), split_dotted(key)) if "." in key or key.isidentifier() else MISSING
    return [f"{head}{text}" for text in _said(found)]


def _said(value: Any) -> Iterator[str]:
    """A plain value as it stands; both of two."""
    if isinstance(value, bool):
        yield from ("false", "true")
    elif isinstance(value, str | int | float) and _PLAIN.fullmatch(str(value)):
        yield str(value)


def _keys(rest: str, value: dict[str, Any], ending: str) -> Iterator[str]:
    above = rest.rpartition(".")[0]
    found = select(value, split_dotted(above)) if above else value
    if isinstance(found, dict):
        start = f"{above}." if above else ""
        for key, child in found.items():
            if isinstance(key, str) and key.isidentifier():
                yield f"{start}{key}{'.' if isinstance(child, dict) and child else ending}"


def _groups(rest: str, places: Repository, ending: str) -> Iterator[str]:
    above = rest.rpartition("/")[0]
    start = f"{above}/" if above else ""
    for name in places.groups(above):
        group = f"{start}{name}"
        if group in _OURS:
            continue
        if places.options(group):
            yield f"{group}{ending}"
        if places.groups(group):
            yield f"{group}/"


def _composed(before: Sequence[str], config_dir: str, config_name: str, settings: Settings) -> dict[str, Any]:
    """The composition that is meant so far; without the overrides where they do not fit yet, else nothing."""
    for overrides in (tuple(before), ()) if before else ((),):
        try:
            return compose_with_origins(config_dir, config_name, overrides, settings=settings).value
        except StdspecError:
            continue
    return {}

"""A sweep by Hydra's own sweepers and launchers, with nothing of Hydra that runs code a spec names.

Imports Hydra, so it is imported itself only where a sweep is asked for. Decides what a composed `hydra:` may hold
before Hydra acts on it: every config that Hydra loads for a sweep, in this process or in a launcher's worker, goes
through `GuardedLoader`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, product
from math import prod
from pathlib import Path
from typing import Any, Final

from hydra import version as hydra_version
from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.types import HydraContext, RunMode
from msgspec import Struct
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from stdspec.compose import hydra_code
from stdspec.compose.hydra_adapter import find_plugins
from stdspec.errors import ComposeError, InputError

Job = Callable[[int, tuple[str, ...], Path], float | None]
"""Runs one point, by its number from 0, its overrides and its folder; gives what a sweeper optimizes, or None."""

TASK: Final = "stdspec"
"""What `hydra.job.name` is."""

MAX_POINTS: Final = 100_000
_MAX_TRIED: Final = 256
_SILENT: Final = {"version": 1, "root": None, "disable_existing_loggers": False}
"""A logging configuration that Hydra leaves alone: stdspec keeps the log of a run itself."""


class GuardedLoader(ConfigLoaderImpl):
    """Hydra's loader of configs, which refuses what could have code run and takes logging out of a spec's hands."""

    def load_configuration(
        self,
        config_name: str | None,
        overrides: list[str],
        run_mode: RunMode,
        from_shell: bool = True,
        validate_sweep_overrides: bool = True,
    ) -> DictConfig:
        """The config as Hydra composes it.

        Raises:
            ComposeError: when something below `hydra:` could have code run.
        """
        config = super().load_configuration(config_name, overrides, run_mode, from_shell, validate_sweep_overrides)
        with open_dict(config):
            config.hydra.job_logging = _SILENT
            config.hydra.hydra_logging = _SILENT
        _refuse_code(config)
        return config


def _refuse_code(config: DictConfig) -> None:
    own = config.hydra
    parts = {key: OmegaConf.to_container(own[key], resolve=True) for key in ("launcher", "sweeper", "callbacks")}
    variables = any(text.lstrip("+").startswith("hydra.job.env_") for text in _texts(own.overrides.hydra))
    parts["job"] = {key: OmegaConf.to_container(own.job[key], resolve=True) for key in ("env_set", "env_copy")}
    for _, fact in hydra_code.of_values(parts, own_word=variables):
        raise ComposeError(f"{fact} and is taken from nobody", remedy="leave it out")
    sweep: Any = OmegaConf.to_container(own.sweep, resolve=False)
    for text in (own.output_subdir, sweep["subdir"]):
        if text is not None and (Path(text).is_absolute() or ".." in Path(text).parts):
            raise ComposeError(f"{text} leads out of the folder of the sweep", remedy="name a folder within it")


def _texts(overrides: Any) -> list[str]:
    """Overrides as they were given; what they refer to is filled in by none of them."""
    found: Any = OmegaConf.to_container(overrides, resolve=False)
    return [str(text) for text in found]


class _Task:
    """What a launcher calls for each point; it is pickled to the workers of one that has some."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, _: DictConfig) -> float | None:
        own = HydraConfig.get()
        return self._job(own.job.num, tuple(_texts(own.overrides.task)), Path(own.runtime.output_dir))


class Sweep(Struct, frozen=True):
    """A sweep that has not begun.

    Attributes:
        folder: where the folders of its points go, absolute.
        total: how many points there will be.
        tried: the points themselves, or those of a sweeper that chooses as it goes which show every value it may
            choose: all choices and both ends of an interval.
        directions: ``minimize`` or ``maximize`` for each number that the sweeper optimizes; empty when it does not.
        in_process: whether points run one after the other in this process.
        searchpath: the overrides that add to the search path.
    """

    folder: Path
    total: int
    tried: tuple[tuple[str, ...], ...]
    directions: tuple[str, ...]
    in_process: bool
    searchpath: tuple[str, ...]
    _config: DictConfig
    _context: HydraContext

    def run(self, job: Job) -> None:
        """Have Hydra run a job for every point.

        Raises:
            InputError: when Hydra refuses.
        """
        with _plainly():
            sweeper = Plugins.instance().instantiate_sweeper(
                config=self._config, hydra_context=self._context, task_function=_Task(job)
            )
            if self._config.hydra.sweeper._target_ == hydra_code.SWEEPERS["basic"]:
                sweeper.validate_batch_is_legal = _judged_before  # type: ignore[method-assign]
            logging.getLogger("optuna").setLevel(logging.WARNING)
            sweeper.sweep(arguments=_texts(self._config.hydra.overrides.task))


def _judged_before(batch: Sequence[Sequence[str]]) -> None:
    """Hydra would compose every point once more, a hundred times as slowly; all have been composed and linted."""
    del batch


@contextmanager
def prepared(
    config_dir: str, config_name: str | None, overrides: Sequence[str], shipped: str | None, version_base: str
) -> Iterator[Sweep]:
    """What Hydra makes of a command line with `-m`; its global state is as it was before afterwards.

    Args:
        config_dir: the folder of the configs, absolute.
        config_name: the primary config, or None.
        overrides: the command line, sweeps included.
        shipped: a folder to append to the search path, or None.
        version_base: the version of Hydra whose rules hold.

    Raises:
        ComposeError: when Hydra refuses the composition, and when something in it could have code run.
        InputError: when there are too many points, or the sweeper cannot do with the values that are given.
    """
    find_plugins()
    kept = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")  # it is pinned below 2 for the Optuna sweeper
    try:
        hydra_version.setbase(version_base)
        loader = GuardedLoader(_search_path(config_dir, shipped))
        hydra = Hydra(task_name=TASK, config_loader=loader)
        GlobalHydra.instance().initialize(hydra)
        with _plainly():
            config = hydra.compose_config(config_name, list(overrides), RunMode.MULTIRUN)
            HydraConfig.instance().set_config(config)
            found = _sweep(config, HydraContext(config_loader=loader, callbacks=Callbacks()))
        yield found
    finally:
        HydraConfig.instance().cfg = None
        GlobalHydra.instance().clear()
        if kept is not None:
            GlobalHydra.instance().initialize(kept)


def _search_path(config_dir: str, shipped: str | None) -> Any:
    path = create_config_search_path(config_dir)
    if shipped is not None:
        path.append("stdspec", f"file://{shipped}")
        elements = path.get_path()
        elements.append(elements.pop([item.provider for item in elements].index("schema")))  # stays last
    return path


@contextmanager
def _plainly() -> Iterator[None]:
    """What Hydra says when it refuses, in one sentence."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        lines = [line.strip() for line in f"{error}\n{error.__cause__ or ''}".split("\n") if line.strip()]
        raise ComposeError(f"Hydra refuses this sweep: {' '.join(lines[:2])}") from error


def _sweep(config: DictConfig, context: HydraContext) -> Sweep:
    sweeper = config.hydra.sweeper
    texts = [f"{key}={value}" for key, value in (sweeper.get("params") or {}).items()]
    texts += _texts(config.hydra.overrides.task)
    parsed = OverridesParser.create(config_loader=context.config_loader).parse_overrides(texts)
    is_basic = sweeper._target_ == hydra_code.SWEEPERS["basic"]
    values = {item.get_key_element(): list(_values(item, is_basic)) for item in parsed}
    size = prod(len(one) for one in values.values())
    if is_basic and size > MAX_POINTS:
        raise InputError(f"these are {size} points", remedy=f"sweep over {MAX_POINTS} at most at once")
    direction = sweeper.get("direction")
    several = direction if isinstance(direction, list) or OmegaConf.is_list(direction) else [direction]
    return Sweep(
        folder=Path(os.path.abspath(str(config.hydra.sweep.dir))),
        total=size if is_basic else _trials(sweeper, size),
        tried=tuple(product(*values.values())) if is_basic or size <= _MAX_TRIED else tuple(_each(values)),
        directions=() if is_basic else tuple(getattr(one, "name", one) for one in several),
        in_process=config.hydra.launcher._target_ == hydra_code.LAUNCHERS["basic"],
        searchpath=tuple(text for text in _texts(config.hydra.overrides.hydra) if text.startswith("hydra.searchpath")),
        _config=config,
        _context=context,
    )


def _trials(sweeper: DictConfig, size: int) -> int:
    is_grid = sweeper.get("sampler") and sweeper.sampler.get("_target_") == hydra_code.SAMPLERS["grid"]
    trials = int(sweeper.n_trials)
    return min(trials, size) if is_grid else trials


def _values(override: Override, is_basic: bool) -> Iterator[str]:
    """An override once for each of its values, as a sweeper hands it to a launcher."""
    key = override.get_key_element()
    if not override.is_sweep_override():
        yield f"{key}={override.get_value_element_as_str()}"
        return
    value = override.value()
    if isinstance(value, IntervalSweep):
        if is_basic:
            fact = f"{override.input_line} has no single values, which the basic sweeper needs"
            raise InputError(fact, remedy="list some values, or add hydra/sweeper=optuna")
        yield from (f"{key}={end}" for end in (value.start, value.end))
        return
    texts = list(islice(override.sweep_string_iterator(), MAX_POINTS + 1))
    if len(texts) > MAX_POINTS:
        raise InputError(f"{override.input_line} has more than {MAX_POINTS} values", remedy="sweep over fewer at once")
    yield from (f"{key}={text}" for text in texts)


def _each(values: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Points in which every value occurs, where there are too many to try them all with one another."""
    first = [one[0] for one in values.values()]
    yield tuple(first)
    for place, one in enumerate(values.values()):
        for text in one[1:]:
            yield (*first[:place], text, *first[place + 1 :])

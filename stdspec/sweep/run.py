"""The stages of a sweep in order: refuse what runs code, ask Hydra for the points, lint them all, run them, sum up."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from stdspec import pipeline
from stdspec.compose import hydra_adapter, override, policy
from stdspec.compose.rules import version_of
from stdspec.compose.shipped import appended
from stdspec.errors import ComposeError, RunError, StdspecError
from stdspec.finding import Finding
from stdspec.paths import shown
from stdspec.run.how import How
from stdspec.settings import Settings
from stdspec.sweep import gate, interrupt, objective
from stdspec.sweep.objective import Objective
from stdspec.sweep.point import Job, Point, StoppedError

if TYPE_CHECKING:
    from stdspec.compose.hydra_sweep import Sweep

_OF_PLUGINS: Final = (
    ArithmeticError,
    AssertionError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What plugins of Hydra raise when they cannot go on."""


_ELSEWHERE: Final = "name another folder: hydra.sweep.dir=FOLDER"


class Swept(Struct, frozen=True):
    """What came of a sweep.

    Attributes:
        folder: the folder of the sweep, absolute.
        points: those that ran, or were taken from the store, by number.
        total: how many there were to be.
        objective: what was optimized or asked for, or None.
        interrupted: what to raise where it was stopped before its end, or None.
        fault: why the sweeper gave up before its end, or None.
    """

    folder: Path
    points: tuple[Point, ...]
    total: int
    objective: Objective | None = None
    interrupted: type[KeyboardInterrupt] | None = None
    fault: StdspecError | None = None

    @property
    def best(self) -> Point | None:
        """The point with the best value; None where nothing is optimized or nobody said which way is better."""
        valued = [point for point in self.points if point.value is not None]
        if not valued or self.objective is None or self.objective.way is None:
            return None
        sign = 1 if self.objective.way == "minimize" else -1
        return min(valued, key=lambda point: (sign * (point.value or 0.0), point.number))


def sweep(
    config_dir: str | None,
    config_name: str | None,
    overrides: Sequence[str],
    *,
    settings: Settings,
    how: How,
    metric: str | None,
    begin: Callable[[int, Path, Sequence[Finding], Objective | None], None],
) -> Swept:
    """Run every point of a sweep that passes the lint gate as a whole.

    Args:
        config_dir: the folder of the primary config, or None for the project's or the shipped one.
        config_name: the primary config's name, or None for ``config``.
        overrides: in Hydra's grammar, sweeps included.
        settings: the project's settings.
        how: how every point is run; its run folder is said by the sweep.
        metric: what is optimized or shown, as `Objective` names it; None for the monitor where a sweeper optimizes.
        begin: takes the number of points, the sweep's folder, the warnings and the objective before the first one runs.

    Raises:
        RefusedError: when lint finds an error in a point; nothing is run then.
        StdspecError: when the sweep cannot be done.
    """
    refuse_code(overrides)
    gate.check([_first(overrides)], config_dir, config_name, settings)  # before Hydra composes anything
    from stdspec.compose import hydra_sweep  # imports Hydra

    folder = pipeline.config_folder(config_dir, settings)
    asked = (os.path.abspath(folder), config_name or pipeline.PRIMARY, overrides, appended(folder))
    with hydra_sweep.prepared(*asked, version_of(settings.version_base)) as found:
        points = [(*found.searchpath, *point) for point in found.tried]
        composed, warnings = gate.check(points, config_dir, config_name, settings)
        wanted = objective.chosen(metric, found.directions, composed)
        begin(found.total, found.folder, warnings, wanted)
        with tempfile.TemporaryDirectory(prefix="stdspec-sweep-") as control:
            job = Job(
                arguments=_arguments(config_dir, config_name, how, settings),
                settings=found.searchpath,
                control=control,
                total=found.total,
                cwd=str(Path.cwd()),
                objective=wanted,
                must_give=bool(found.directions),
                live=found.in_process,
            )
            fault = _run(found, job)
            stopped = interrupt.kind(Path(control))
            return Swept(found.folder, _points(control), found.total, wanted, stopped, None if stopped else fault)


def refuse_code(overrides: Sequence[str]) -> None:
    """Refuse overrides through which Hydra would run code, before it is asked anything.

    Raises:
        RefusedError: with a finding for each.
    """
    own = [text for text in overrides if text.lstrip("+~").startswith(("hydra.", "hydra/"))]
    found = [item for one in override.parse_all(own) for item in policy.code_through_override(one)]
    if found:
        raise pipeline.RefusedError("the command line would have code run, so nothing is run", findings=tuple(found))


def _first(overrides: Sequence[str]) -> tuple[str, ...]:
    """The point that has the first value of every sweep of the command line, without what is Hydra's own."""
    own = [text for text in overrides if text.lstrip("+~").startswith(("hydra.", "hydra/"))]
    searched = [text for text in own if text.startswith("hydra.searchpath")]
    try:
        return (*searched, *hydra_adapter.first_values([text for text in overrides if text not in own]))
    except hydra_adapter.OverrideSyntaxError as error:
        raise ComposeError(f"an override cannot be read: {error}", remedy="write key=value, or key=one,two") from None


def _run(found: Sweep, job: Job) -> StdspecError | None:
    """Run the points; why the sweeper gave up, or None."""
    try:
        with interrupt.handed_on(Path(job.control)):
            found.run(job)
    except StoppedError:
        return None
    except StdspecError as error:
        return error
    except OSError as error:
        place = shown(error.filename) if isinstance(error.filename, str) else ""
        return RunError(f"the sweeper gave up: {error.strerror or error}", place, _ELSEWHERE)
    except _OF_PLUGINS as error:  # the points that ran are to be told all the same
        return RunError(f"the sweeper gave up: {type(error).__name__}: {error}")
    return None


def _arguments(config_dir: str | None, config_name: str | None, how: How, settings: Settings) -> tuple[str, ...]:
    """What `stdspec run` gets for every point besides its overrides."""
    words = ["--store", str(settings.store_path(how.store))]
    words += ["--config-dir", config_dir] if config_dir is not None else []
    words += ["--config-name", config_name] if config_name is not None else []
    words += ["--debug"] if how.debug else []
    if how.force:
        words.append("--force" if how.force is True else f"--force={','.join(how.force)}")
    return tuple(words)


def _points(control: str) -> tuple[Point, ...]:
    found = (msgspec.json.decode(file.read_bytes(), type=Point) for file in Path(control).glob("*.json"))
    return tuple(sorted(found, key=lambda point: point.number))

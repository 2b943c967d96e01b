"""``stdspec run -m``: what a sweep prints. The table and the best point stand on standard output in plain lines."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final

from stdspec.cli.common import Asked, show_refusal, show_warnings
from stdspec.cli.visible import visible
from stdspec.finding import Finding
from stdspec.lint.secret_override import shown as without_secret
from stdspec.paths import shown
from stdspec.pipeline import RefusedError
from stdspec.run.how import How
from stdspec.sweep import run as sweeps
from stdspec.sweep.objective import Objective
from stdspec.sweep.point import FAIL, PASS, Point
from stdspec.sweep.run import Swept

_HEAD: Final = ("point", "overrides", "stage", "metric", "verdict", "from")
_CANNOT: Final = 2


def run(meant: Asked, how: How, metric: str | None) -> int:
    """Run a sweep, print what came of it, and give the exit status.

    It is 0 when every point passed, 1 when one failed its gate or lint refused one, 2 when one could not be run.

    Raises:
        KeyboardInterrupt: when it was interrupted; what is to be said is said.
        StdspecError: when the sweeper gave up.
    """
    asked = (meant.config_dir, meant.config_name, meant.overrides)
    try:
        swept = sweeps.sweep(*asked, settings=meant.settings, how=how, metric=metric, begin=_begin)
    except RefusedError as error:
        show_refusal(error)
        sys.stderr.write(f"stdspec: {error.message}\n")
        return error.exit_code
    for line in lines(swept, shutil.get_terminal_size().columns):
        sys.stdout.write(visible(line) + "\n")
    sys.stdout.flush()
    if swept.interrupted is not None:
        sys.stderr.write(_go_on(swept))
        raise swept.interrupted
    if swept.fault is not None:
        raise swept.fault
    statuses = {point.status for point in swept.points}
    return _CANNOT if statuses - {PASS, FAIL} else FAIL if FAIL in statuses and not how.debug else PASS


def lines(swept: Swept, width: int) -> Iterator[str]:
    """The table of the points, why a point could not be run, the best point, and where everything is.

    Args:
        swept: what came of the sweep.
        width: the columns to fit into: where a table is wider, each override has a line of its own.
    """
    common = _common([point.overrides for point in swept.points])
    table = [_HEAD, *(_row(point, common, swept.objective) for point in swept.points)]
    if len(table) > 1:
        yield from _fitted(table, width)
    for point in swept.points:
        if point.said:
            yield f"error  point {point.number + 1}: {point.said.removeprefix('stdspec: ')}"
    if (best := swept.best) is not None and swept.objective is not None:
        words = " ".join(_varied(best, common)) or "no overrides"
        yield f"best  point {best.number + 1}: {swept.objective.name}={best.value:.6g} with {words}"
        yield f"report  {shown(Path(best.folder, 'report.html'))}"
    yield f"sweep  {shown(swept.folder)}"


def _fitted(table: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """A table with a line a row, if that is not too wide."""
    one_line = list(_set([tuple(cell.replace("\n", " ") for cell in row) for row in table]))
    yield from one_line if max(map(len, one_line)) <= width else _set(table)


def _set(table: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A table in columns; a cell may have several lines."""
    rows = [[cell.split("\n") for cell in row] for row in table]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(*rows, strict=True)]
    for row in rows:
        for parts in zip_longest(*row, fillvalue=""):
            yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _row(point: Point, common: frozenset[str], objective: Objective | None) -> tuple[str, ...]:
    source = "" if point.verdict in ("error", "interrupted") else "store" if point.stored else "run"
    words = "\n".join(visible(text) for text in _varied(point, common)) or "-"
    return str(point.number + 1), words, point.stage or "-", _metric(point, objective), point.verdict, source


def _metric(point: Point, objective: Objective | None) -> str:
    """What is optimized, else the first metric of the gate."""
    if objective is not None:
        return "-" if point.value is None else f"{objective.name}={point.value:.6g}"
    return next((f"{name}={value:.6g}" for name, value in point.metrics.items()), "-")


def _common(points: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """The overrides that all of several points have."""
    return frozenset.intersection(*map(frozenset, points)) if len(points) > 1 else frozenset()


def _varied(point: Point, common: frozenset[str]) -> list[str]:
    return [without_secret(text) for text in point.overrides if text not in common]


def _begin(total: int, folder: Path, warnings: Sequence[Finding], objective: Objective | None) -> None:
    """Say what is about to run, on standard error."""
    show_warnings(warnings)
    sys.stderr.write(f"{total} point{'' if total == 1 else 's'}, linted; their runs go to {visible(shown(folder))}\n")
    if objective is not None and objective.on_test_data:
        sys.stderr.write(
            f"warning: points are compared by {objective.name}, which is measured on the test data, so that of the "
            "best one it promises too much; compare by the checkpoint's monitor, and judge the best point once\n"
        )
    sys.stderr.flush()


def _go_on(swept: Swept) -> str:
    left = swept.total - sum(point.status in (PASS, FAIL) for point in swept.points)
    text = (
        f"stdspec: {left} of {swept.total} points are left; the same command goes on: what is done comes from the store"
    )
    seed = "; with hydra.sweeper.sampler.seed=N a sweeper that chooses asks for the same points again"
    return f"{text}{seed if swept.objective is not None else ''}\n"

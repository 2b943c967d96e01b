"""``stdspec runs``: the runs of a project, the newest first, and those that did not come to their end."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click

from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.text import Paint, wrapped
from stdspec.cli.visible import visible
from stdspec.digest import short
from stdspec.paths import shown
from stdspec.run.folder import SWEEPS
from stdspec.run.runs import Metric, Run, State, listed

_COLOURS: Final = {State.PASS: "32", State.FAIL: "31"}
_OTHER: Final = "33"
_SAYS: Final = {
    State.CHANGED: "{said}",
    State.STOPPED: "{said}",
    State.KILLED: "killed; the same command goes on",
    State.RUNNING: "at work",
}
_INDENT: Final = "    "

_GOES_ON: Final = {"interrupted": "interrupted; the same command goes on"}


@click.command("runs")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[DIR]...")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def command(folders: tuple[Path, ...], last: int | None, *, as_json: bool) -> int:
    """List runs: when, which spec, its stage, the verdict, metrics, weights and the folder.

    They are looked for among the project's outputs and in multirun, or in the folders that are named.
    """
    settings = project.load()
    outputs = settings.root / settings.outputs
    roots = folders or tuple(dict.fromkeys((outputs, settings.root / SWEEPS, Path.cwd() / SWEEPS)))
    found = listed(roots, outputs)[:last]
    if as_json:
        from stdspec.compose.dump import to_json

        sys.stdout.write(to_json([_data(run) for run in found]))
        return 0
    width = max(40, min(shutil.get_terminal_size().columns, 80))
    sys.stdout.write("".join(line + "\n" for line in lines(found, Paint(colored()), width)))
    if not found:
        named = ", ".join(shown(root) for root in roots)
        sys.stderr.write(f"stdspec: there are no runs in {named}; begin one with stdspec run\n")
    return 0


def lines(runs: Sequence[Run], paint: Paint, width: int) -> Iterator[str]:
    """Two lines a run: what it is, and what came of it."""
    names = max((len(run.name) for run in runs), default=0)
    for run in runs:
        when = f"{run.ended.astimezone():%Y-%m-%d %H:%M}"
        note = " (debug)" if run.debug else " (latest)" if run.latest else ""
        state = paint(f"{run.state.value:<7}", _COLOURS.get(run.state, _OTHER))
        place = visible(shown(run.folder))
        head = f"{when}  {run.state.value:<7}  {visible(run.name):<{names}}  {run.stage:<9}"
        told = head.replace(run.state.value.ljust(7), state, 1)
        if len(head) + 2 + len(place) + len(note) <= width:
            yield f"{told}  {place}{paint(note, '2')}"
        else:
            yield told.rstrip() + paint(note, "2")
            yield _INDENT + place
        yield from _below(run, paint, width)


def _below(run: Run, paint: Paint, width: int) -> Iterator[str]:
    said = _SAYS.get(run.state)
    if said is not None:
        yield from (
            paint(line, "2")
            for line in wrapped(visible(said.format(said=_GOES_ON.get(str(run.said), run.said))), width, _INDENT)
        )
        return
    parts = [_metric(item) for item in run.metrics]
    if run.weights:
        parts.append(f"weights {short(run.weights)}")
    line = _INDENT
    for part in parts:
        if len(line) + len(part) + 2 > width and line.strip():
            yield paint(line.rstrip(), "2")
            line = _INDENT
        line += f"{part}  "
    if line.strip():
        yield paint(line.rstrip(), "2")


def _metric(item: Metric) -> str:
    return f"{visible(item.name)} {number(item.estimate)} [{number(item.lower)}, {number(item.upper)}]"


def number(value: Any) -> str:
    """A number as a list shows it."""
    return f"{value:.4g}" if isinstance(value, int | float) else "-" if value is None else str(value)


def _data(run: Run) -> dict[str, Any]:
    return {
        "folder": shown(run.folder),
        "name": run.name,
        "stage": run.stage,
        "state": run.state.value,
        "ended": run.ended.isoformat().replace("+00:00", "Z"),
        "metrics": {
            item.name: {"estimate": item.estimate, "lower": item.lower, "upper": item.upper} for item in run.metrics
        },
        "weights": run.weights,
        "plan_digest": run.plan,
        "said": run.said,
        "latest": run.latest,
        "debug": run.debug,
    }

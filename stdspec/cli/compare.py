"""``stdspec compare RUN RUN…``: how runs differ from the first one, in config, metrics, verdicts and environment."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.masked import Mask, show_secrets
from stdspec.cli.plan_diff import config_data, leaf
from stdspec.cli.plan_text import shortened
from stdspec.cli.runs import number
from stdspec.cli.text import Paint, wrapped
from stdspec.cli.visible import visible
from stdspec.digest import PREFIX, short
from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run import folder
from stdspec.run.worker import load_plan

if TYPE_CHECKING:
    from stdspec.report.compare import Compared, Fact, Measured, Metric, Run

_TWO: Final = 2
_WHOLE: Final = 1000
"""From here on numbers are shown without fractions."""
_OVERLAP: Final = {True: "the intervals overlap", False: "the intervals lie apart", None: ""}
_INDENT: Final = "  "


@click.command("compare")
@click.argument("runs", nargs=-1, metavar="RUN RUN...")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@show_secrets
def command(runs: tuple[str, ...], *, as_json: bool, show_secrets: bool) -> int:
    """Show how runs differ from the first one: config, metrics, verdicts, environment and code.

    RUN is a run folder, the beginning of its plan's digest as stdspec runs shows it, or latest. Of two intervals it is
    said whether they overlap, and no more than that.
    """
    if len(runs) < _TWO:
        raise click.UsageError("name two runs or more; stdspec runs lists them")
    from stdspec.report.compare import compare

    settings = project.load()
    folders = [folder.find(run, settings) for run in runs]
    first, *others = (_read(place) for place in folders)
    mask = Mask((((), run.plan.spec) for run in (first, *others)), shown=show_secrets)
    found = [compare(first, other) for other in others]
    if as_json:
        from stdspec.compose.dump import to_json

        pairs = zip(folders[1:], found, strict=True)
        sys.stdout.write(to_json([_data(folders[0], place, item, mask) for place, item in pairs]))
    else:
        width = max(40, min(shutil.get_terminal_size().columns, 80))
        printer = _Printer(Paint(colored()), width, mask)
        for number_, (place, item) in enumerate(zip(folders[1:], found, strict=True)):
            said = printer.lines((folders[0], place), (first, others[number_]), item)
            sys.stdout.write(("\n" if number_ else "") + "".join(line + "\n" for line in said))
    mask.notice()
    return 0


def _read(place: Path) -> Run:
    """A run.

    Raises:
        InputError: when a document of it was changed after it ended, or is none.
    """
    from stdspec.report.compare import Run
    from stdspec.run import seal

    doubt = seal.doubt(place, whole=False)
    if doubt is not None:
        raise InputError(doubt.words, shown(place), seal.REMEDY)
    try:
        report = json.loads((place / folder.REPORT).read_bytes())
    except ValueError:
        raise InputError("this is no report", shown(place / folder.REPORT), "run the spec again") from None
    return Run(load_plan(place / folder.PLAN), report)


class _Printer:
    """Writes a comparison as text.

    Args:
        paint: colours.
        width: the columns to fit into.
        mask: hides secrets.
    """

    def __init__(self, paint: Paint, width: int, mask: Mask) -> None:
        self.paint, self.width, self.mask = paint, width, mask

    def lines(self, places: Sequence[Path], runs: Sequence[Run], found: Compared) -> Iterator[str]:
        """Both runs, then each part in which they differ."""
        for sign, place, run in zip("-+", places, runs, strict=True):
            summary = run.report["summary"]
            text = f"{sign} {visible(shown(place))}  {visible(run.plan.name)}, {run.plan.stage}, {summary['outcome']}"
            yield self.paint(text, "31" if sign == "-" else "32")
        yield from self._part("config", [line for item in found.plans.leaves for line in self._leaf(item)])
        note = "" if found.same_data else " (not measured on the same data, split and seed)"
        yield from self._part(f"metrics{note}", [line for item in found.metrics for line in self._metric(item)])
        yield from self._part("verdicts", [self._fact(item) for item in found.verdicts])
        yield from self._part("environment and code", [self._fact(item) for item in found.environment])
        yield from self._part("results", [self._fact(item) for item in found.results], "the same weights and records")
        yield from self._part("costs", [self._fact(item) for item in found.costs])

    def _part(self, title: str, lines: Sequence[str], same: str = "the same") -> Iterator[str]:
        if not lines:
            yield f"{self.paint(title, '1')}: {same}"
            return
        yield self.paint(title, "1")
        yield from (_INDENT + line for line in lines)

    def _leaf(self, change: Any) -> Iterator[str]:
        return leaf(change, self.mask, self.paint, self.width - len(_INDENT))

    def _metric(self, item: Metric) -> Iterator[str]:
        old, new = _side(item.old), _side(item.new)
        if item.old == item.new:
            yield f"{visible(item.name)} {new}  {self.paint('the same', '2')}"
            return
        said = f"{item.difference:+.4g}" if item.difference is not None else ""
        about = ", ".join(filter(None, (said, _OVERLAP[item.overlap])))
        text = f"{visible(item.name)} {old} → {new}"
        if len(text) + len(about) + 4 <= self.width:
            yield f"{text}  {self.paint(about, '2')}"
            return
        yield text if len(text) + 2 <= self.width else f"{visible(item.name)} {old}"
        if len(text) + 2 > self.width:
            yield f"{' ' * len(visible(item.name))} → {new}"
        yield from (self.paint(line, "2") for line in wrapped(about, self.width - 2, _INDENT))

    def _fact(self, item: Fact) -> str:
        return f"{visible(item.name)}: {_value(item.old)} → {_value(item.new)}"


def _side(item: Measured | None) -> str:
    if item is None:
        return "none"
    interval = "" if item.lower is None else f" [{number(item.lower)}, {number(item.upper)}]"
    return f"{number(item.estimate)}{interval}"


def _value(value: Any) -> str:
    """A value as a line shows it: digests short, numbers with four digits."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return visible(short(value) if value.startswith(PREFIX) else shortened(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return visible(shortened(json.dumps(value, ensure_ascii=False)))
    return f"{value:,.0f}" if isinstance(value, int) or abs(value) >= _WHOLE else f"{value:.4g}"


def _data(one: Path, other: Path, found: Compared, mask: Mask) -> dict[str, Any]:
    """A comparison as plain data."""
    return {
        "runs": [shown(one), shown(other)],
        "same_data": found.same_data,
        "config": config_data(found.plans, mask),
        "metrics": [
            {
                "name": item.name,
                "old": _measured(item.old),
                "new": _measured(item.new),
                "difference": item.difference,
                "overlap": item.overlap,
            }
            for item in found.metrics
        ],
        **{
            part: [{"name": item.name, "old": item.old, "new": item.new} for item in getattr(found, part)]
            for part in ("verdicts", "environment", "results", "costs")
        },
    }


def _measured(item: Measured | None) -> dict[str, Any] | None:
    return None if item is None else {name: getattr(item, name) for name in item.__struct_fields__}

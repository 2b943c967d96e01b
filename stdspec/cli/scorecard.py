"""``stdspec scorecard``: how all experiments of a repository stand by their standards, and what became of them."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from stdspec.cli import scores
from stdspec.paths import shown

LANGUAGES = ("en", "zh")


class Limit(click.ParamType[float]):
    """A share, as a number from 0 to 1 or in per cent."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share as a number."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            # Not as floats: 55.7 / 100 is another number than 0.557.
            found = float(Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1))
        except (InvalidOperation, OverflowError, ValueError):
            found = math.nan
        if not 0 <= found <= 1:
            self.fail(f"'{value}' is no share; write one such as 0.8 or 80%", param, ctx)
        return found


@click.command("scorecard")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(tuple(scores.FORMATS)), default="text", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of words and clauses.")
@click.option("--output", "-o", metavar="FILE", help="Write it there; standard output otherwise.")
@click.option("--spec-only", is_flag=True, help="Judge what specs say; look at no run.")
@click.option("--record", is_flag=True, help="Add the scoring to the history, unless a gate stays shut.")
@click.option("--history", metavar="FILE", help="The history; as the setting scorecard says otherwise.")
@click.option("--fail-below", type=Limit(), metavar="SHARE", help="Exit with 1 where the score is less: 0.8, 80%.")
@click.option("--no-regression", is_flag=True, help="Exit with 1 where an experiment got worse.")
def command(
    paths: tuple[str, ...],
    form: str,
    lang: str,
    output: str | None,
    spec_only: bool,
    record: bool,
    history: str | None,
    fail_below: float | None,
    no_regression: bool,
) -> int:
    """Score every experiment under each PATH; under the working directory without one.

    Each is composed and judged by the standards that it names: on what it says, and on the evidence of its newest run
    of the very same spec, where there is one.

    \b
    score = musts that are met / musts that hold, over all experiments

    A must is met when its verdict is pass, or a waiver in force covers it. No evidence, stale evidence and an error
    count as not met. --spec-only leaves out the clauses that read evidence, as where the runs are kept elsewhere.

    --fail-below also fails where no must holds, or an experiment could not be judged. --no-regression compares with the
    last scoring of the same paths in the history: it names each experiment whose level, score or stage fell, or that
    names a standard no more. What other versions of a standard judged is not compared. It also fails where nothing was
    recorded for these paths, unless --record makes this the first line.

    --record adds a line to the history, a file to be committed; it adds none where nothing is new.

    Exit status: 0 clean, 1 a gate stays shut or a line of the history cannot be read, 2 it cannot be done.
    """  # noqa: D301 - click reads the escape
    from stdspec.scorecard.session import Asked, score

    asked = Asked(paths or (".",), history, fail_below, spec_only=spec_only, record=record, no_worse=no_regression)
    done = score(asked)
    card = _without_secrets(done.card)
    _write(scores.render(form, card, lang), output)
    if output is not None:
        sys.stderr.write(f"stdspec: wrote {shown(output)}\n")
    if record:
        sys.stderr.write(f"stdspec: {_recorded(done.recorded, card)}\n")
    return _status(card)


def _without_secrets(card: dict[str, Any]) -> dict[str, Any]:
    """The scorecard with what people wrote as prose, and faults that may quote them, made fit for a log or a page."""
    from stdspec.cli.masked import said_without_secrets

    clauses = [
        {**item, "feedback": said_without_secrets(item["feedback"])} if item["feedback"] else item
        for item in card["clauses"]
    ]
    return {**card, "clauses": clauses, **{key: said_without_secrets(card[key]) for key in ("waivers", "not_judged")}}


def _write(text: str, output: str | None) -> None:
    data = text.encode("utf-8", "backslashreplace")
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    from stdspec.cli.output import write

    write(Path(output), data, "the scorecard")


def _recorded(added: bool, card: dict[str, Any]) -> str:
    file = card["history"]["file"]
    if added:
        return f"recorded in {file}"
    if card["gate"] is not None and not card["gate"]["passed"]:
        return f"not recorded in {file}: the gate stays shut; --record alone records what is"
    # Somebody else may have recorded the same first, after this history was read.
    since = f" since {card['compared']['day']}" if card["compared"] else ""
    return f"nothing is new{since}, so {file} stays as it is"


def _status(card: dict[str, Any]) -> int:
    """The exit status, with the reasons for 1 on standard error."""
    from stdspec.cli.visible import visible

    faults = [f"{item['place']}: {item['message']}" for item in card["history"]["faults"]]
    reasons: Sequence[str] = card["gate"]["reasons"] if card["gate"] is not None else ()
    sys.stderr.write("".join(f"stdspec: {visible(line)}\n" for line in (*faults, *reasons)))
    return 1 if faults or reasons else 0

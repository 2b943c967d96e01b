"""The options of `stdspec lint` that say what is set aside, and the words for what was."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from stdspec.lint.aside import Choice
    from stdspec.lint.baseline import Kept
    from stdspec.lint.engine import Report

_OPTIONS: Final = (
    click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help="Only these codes, whole or by their beginning: HYD,YML009. Instead of the setting.",
    ),
    click.option(
        "--ignore", multiple=True, metavar="CODES", help="Set these codes aside, besides those of the setting."
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Files that are not looked at, as in a .gitignore, besides those of the setting.",
    ),
    click.option("--no-inline", is_flag=True, help="Also say what comments in the files switch off."),
    click.option(
        "--baseline",
        metavar="FILE",
        help="Say nothing of the findings that this file knows; the setting, or stdspec-baseline.json, is the default.",
    ),
    click.option("--no-baseline", is_flag=True, help="Also say what the baseline knows."),
    click.option(
        "--write-baseline",
        is_flag=True,
        help="Write the baseline: all findings into a new one; out of an old one what is mended, and nothing is added.",
    ),
)

_BY: Final = {"settings": "settings", "comment": "comments", "baseline": "the baseline"}
"""What sets findings aside, in words; in the order in which they are told."""


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def choice(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    exclude: tuple[str, ...],
    no_inline: bool,
    baseline: str | None,
    no_baseline: bool,
    write_baseline: bool,
) -> Choice:
    """What the options say.

    Raises:
        UsageError: where two of them exclude each other.
    """
    from stdspec.lint.aside import Choice

    if no_baseline and (write_baseline or baseline is not None):
        other = "--write-baseline" if write_baseline else "--baseline"
        raise click.UsageError(f"--no-baseline and {other} exclude each other")
    if baseline == "":
        raise click.UsageError("--baseline names no file")
    return Choice(
        _codes(select), _codes(ignore), exclude, not no_inline, "" if no_baseline else baseline, write_baseline
    )


def _codes(given: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of an option that may be given several times, and may hold several with commas between."""
    return tuple(name for text in given for part in text.split(",") if (name := part.strip().upper()))


def write(report: Report) -> None:
    """Write the baseline, and say on standard error what became of it.

    Raises:
        InputError: when the file cannot be written.
    """
    from stdspec.cli.output import write as write_file
    from stdspec.cli.visible import visible
    from stdspec.paths import shown

    kept = report.baseline
    if kept is None:
        return
    if kept.before != kept.now:
        write_file(kept.file, kept.text.encode("utf-8"), "the baseline")
    sys.stderr.write(f"{visible(shown(kept.file))}: {_became(kept, len(report.findings))}\n")


def _became(kept: Kept, new: int) -> str:
    if kept.before is None:
        return f"{_findings(kept.now)} known from now on"
    left = f"; {_findings(new)} new and not taken in, for a baseline only shrinks" if new else ""
    if not kept.whole:
        return f"nothing is taken out, for this run looks at less than what it was written for{left}"
    gone = kept.before - kept.now
    if kept.now == 0:
        return f"everything in it is mended; delete it{left}"
    return f"{gone} of {kept.before} taken out{left}" if gone else f"nothing to take out{left}"


def _findings(number: int) -> str:
    return f"{number} finding is" if number == 1 else f"{number} findings are"


def told(report: Report) -> str:
    """What was set aside and by what, to go behind the counts; empty where nothing was."""
    counts: Counter[str] = Counter(item.by for item in report.aside)
    aside = ", ".join(f"{counts[by]} by {words}" for by, words in _BY.items() if counts[by])
    lowered = f"{report.lowered} lowered by settings" if report.lowered else ""
    return "; ".join(filter(None, (f"set aside: {aside}" if aside else "", lowered)))


def counted(report: Report) -> dict[str, int]:
    """How many findings each of them sets aside, for programs."""
    counts: Counter[str] = Counter(item.by for item in report.aside)
    return {by: counts[by] for by in _BY}

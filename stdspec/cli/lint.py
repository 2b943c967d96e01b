"""`stdspec lint`: findings in a format that somebody reads, and an exit status that a hook can go by."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from stdspec.cli import adoption, mend
from stdspec.cli.color import CHOICES, colored
from stdspec.cli.formats import FORMATS, TERMINAL, UNSUMMED, render

if TYPE_CHECKING:
    from stdspec.lint.engine import Report

ALLOCATIONS: Final = 5_000_000
"""How many objects are made before Python looks for garbage: a lint keeps what it makes, and looking costs a fifth."""

COLUMNS: Final = 80
"""How wide a terminal is that does not say."""

FAIL_ON: Final = ("error", "warning", "never")
STANDARD_OUTPUT: Final = "-"


@click.command("lint", short_help="Check specs and the config files they are made of.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "form", type=click.Choice(tuple(FORMATS)), default="text", show_default=True, help="How to print."
)
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to standard output, whole or not at all.")
@click.option(
    "--color",
    type=click.Choice(CHOICES),
    default="auto",
    show_default=True,
    help="Colours in text and concise. auto: on a terminal, unless NO_COLOR is set.",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default=None,
    help="The severity from which the exit status is 1; the project's setting decides when it is not given.",
)
@click.option(
    "--changed",
    is_flag=True,
    help="The paths are files that changed: check every entry point that one of them reaches.",
)
@click.option(
    "--no-cache",
    is_flag=True,
    envvar="STDSPEC_NO_CACHE",
    help="Find everything anew, also where nothing changed since the last time.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    envvar="STDSPEC_JOBS",
    metavar="N",
    help="The largest number of processes that share the work; without it one for each core, where that pays.",
)
@mend.options
@adoption.options
def command(
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    color: str,
    fail_on: str | None,
    changed: bool,
    no_cache: bool,
    jobs: int | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    **aside: Any,
) -> None:
    """Check files and folders without running anything.

    A folder stands for every entry point in it, composed, and every file by itself; an experiment or a primary
    config is composed; a file of a config group is checked by itself. What comments, settings or a baseline set
    aside is counted in the last line.

    Exit status: 0 clean, 1 findings of the --fail-on severity, 2 a path that does not exist. With --diff: 0 where
    nothing would change, 1 where something would.
    """
    gc.set_threshold(ALLOCATIONS)
    from stdspec.cli.formats.look import Look
    from stdspec.lint.engine import lint

    choice = adoption.choice(**aside)
    if diff and (form != "text" or choice.write):
        raise click.UsageError(f"--diff and {'--write-baseline' if choice.write else '--format'} exclude each other")
    limit = _limit(paths[0], fail_on)
    file = Path(output) if output not in (None, STANDARD_OUTPUT) else None
    paints = color == "always" or (file is None and colored(color))
    if diff:
        text, changes = mend.shown(paths, choice, unsafe=unsafe_fixes, color=paints, changed=changed)
        _write(text, file, "diff")
        sys.exit(int(changes))
    if fix or unsafe_fixes:
        report = mend.mended(paths, choice, unsafe=unsafe_fixes, changed=changed)
    else:
        report = lint(paths, choice=choice, cached=not no_cache, changed=changed, jobs=jobs)
    gc.freeze()  # what was made stays to the end, and is not looked through once more when the process ends
    look = Look(paints, _columns(report), limit)
    _write(render(form, report, look), file, form)
    if file is not None or form in UNSUMMED:
        _sum_up(report, file, colored(color, sys.stderr))
    if choice.write:
        adoption.write(report)
    if any(look.fails(item) for item in report.findings):
        sys.exit(1)


def _columns(report: Report) -> int:
    """The columns of the terminal; where nothing is shown in them, nobody looks."""
    if not report.everything:
        return COLUMNS
    import shutil

    return shutil.get_terminal_size((COLUMNS, 24)).columns


def _limit(path: str, fail_on: str | None) -> str:
    """The severity from which findings fail the command: the option's, else the setting's of the project."""
    from stdspec.errors import InputError
    from stdspec.lint.checks import settings_at

    limit = fail_on or settings_at(path).fail_on
    if limit not in FAIL_ON:
        raise InputError(f"the setting 'fail-on' is '{limit}'", remedy=f"set it to {', '.join(FAIL_ON)}")
    return limit


def _write(text: str, file: Path | None, form: str) -> None:
    # What programs read is UTF-8 whatever the terminal takes; what UTF-8 cannot say of a file's name becomes an escape.
    data = text.encode("utf-8", "backslashreplace")
    if file is not None:
        from stdspec.cli.output import write

        write(file, data, "the report")
    elif form in TERMINAL:
        sys.stdout.write(text)
    else:
        sys.stdout.buffer.write(data)
    sys.stdout.flush()


def _sum_up(report: Report, file: Path | None, color: bool) -> None:
    """How much was looked at and found, on standard error: what standard output holds stays a document."""
    from stdspec.cli.text import summary
    from stdspec.cli.visible import visible
    from stdspec.paths import shown

    line = summary(report, color=color)
    sys.stderr.write(line if file is None else f"{line.rstrip()}; see {visible(shown(file))}\n")

"""``stdspec report RUN``: the report of a finished run in another format or language; nothing is judged again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from stdspec import settings as project
from stdspec import validate
from stdspec.cli import verdicts
from stdspec.cli.visible import visible
from stdspec.errors import InputError
from stdspec.paths import shown

LANGUAGES = ("en", "zh")


@click.command("report")
@click.argument("run", default="latest")
@click.option("--format", "form", type=click.Choice(tuple(verdicts.FORMATS)), default="html", show_default=True)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of its words."
)
@click.option("--output", "-o", metavar="FILE", help="Write it there; standard output otherwise.")
def command(run: str, form: str, lang: str, output: str | None) -> int:
    """Render the report of a run from its report.json, which is the truth.

    RUN is a run folder, the beginning of its plan's digest as stdspec runs shows it, or latest. Reasons, remedies and
    names stand in every language as the run wrote them.

    Where a file of the folder was changed after the run, clauses that rest on evidence are shown as not judged and the
    exit status is 1; a report.json that was changed is not shown.

    \b
    stdspec report latest --lang zh --output report.html
    stdspec report latest --format junit > verdicts.xml
    """  # noqa: D301 - click reads the escape
    from stdspec.run import folder, seal

    place = folder.find(run, project.load())
    doubt = seal.trusted(place)
    found = _read(place / folder.REPORT)
    if doubt is not None:
        from stdspec.report.doubted import doubted

        found = doubted(found, doubt.words)
        sys.stderr.write(f"stdspec: {visible(shown(place))}: {visible(doubt.words)}; {seal.REMEDY}\n")
    data = verdicts.render(form, found, lang).encode("utf-8", "backslashreplace")
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    else:
        from stdspec.cli.output import write

        write(Path(output), data, "the report")
        sys.stderr.write(f"stdspec: wrote {shown(output)}\n")
    return int(doubt is not None)


def _read(place: Path) -> dict[str, Any]:
    """The report.

    Raises:
        InputError: when the file is none.
    """
    try:
        found = json.loads(place.read_bytes())
    except (ValueError, RecursionError):
        found = None
    wrong = validate.check_data(found, "report", lambda *_: None, interpolated=False)
    if not isinstance(found, dict) or wrong:
        raise InputError("this is no report of this version", shown(place), "run the spec again")
    return found

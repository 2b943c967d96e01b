"""``stdspec standard new NAME``: a file to begin a standard with, which checks clean as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from stdspec import settings as project
from stdspec.errors import InputError
from stdspec.paths import exists, shown
from stdspec.settings import Settings

STANDARD_OUTPUT = "-"


@click.command("new")
@click.argument("name")
@click.option(
    "--extends", "parents", multiple=True, metavar="STANDARD", help="A standard to build upon; may be repeated."
)
@click.option("--out", metavar="FILE", help="The file to write; - is standard output, and standards/NAME.yaml usual.")
def command(name: str, parents: tuple[str, ...], out: str | None) -> None:
    """Begin a standard of your own: two clauses, and a comment on every line that says what it is for.

    \b
    stdspec standard new acme/quality --extends stdspec/manufacturing-quality@1
    """  # noqa: D301 - click reads the escape
    from stdspec.standard.draft import draft
    from stdspec.standard.load import load

    settings = project.load()
    text = draft(name, [load(parent, settings) for parent in dict.fromkeys(parents)])
    if out == STANDARD_OUTPUT:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
        return
    path = Path(out) if out is not None else _usual(name, settings)
    _write(path, text)
    sys.stdout.write(f"wrote {shown(path)}; check it with: stdspec standard check {shown(path)}\n")


def _usual(name: str, settings: Settings) -> Path:
    """The file in the folder of the project's standards, which is made where it is not there."""
    from stdspec.standard.load import FOLDER

    folder = settings.root / FOLDER
    folder.mkdir(exist_ok=True)
    return folder / f"{name.rpartition('/')[2]}.yaml"


def _write(path: Path, text: str) -> None:
    from stdspec.cli.output import write

    if exists(path):
        raise InputError("there is something already", shown(path), "name another file with --out")
    write(path, text.encode(), "the standard")

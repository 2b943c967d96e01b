"""``stdspec standard docs NAME``: a standard as a page for people, in English or Chinese."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from stdspec import settings as project
from stdspec.paths import shown
from stdspec.report import standard_page
from stdspec.standard import said, shelf

_FORMATS: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    "markdown": standard_page.markdown,
    "html": standard_page.html,
}


@click.command("docs")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(tuple(_FORMATS)), default="markdown", show_default=True)
@click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True, help="The language.")
@click.option("--output", "-o", metavar="FILE", help="Write it there; standard output otherwise.")
def command(name: str, form: str, lang: str, output: str | None) -> None:
    """Write a standard as a page for people: every clause in words, what it asks and on what it rests.

    NAME is a standard such as stdspec/base@1, or a file.
    """
    data = _FORMATS[form](said.standard(shelf.find(name, project.load())), lang).encode()
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    from stdspec.cli.output import write

    write(Path(output), data, "the page")
    sys.stderr.write(f"stdspec: wrote {shown(output)}\n")

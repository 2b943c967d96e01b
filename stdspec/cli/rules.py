"""`stdspec rules`: every code that `stdspec lint` can print, for people, for programs and for a page."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from stdspec.lint.manual import Page


def _text(pages: Sequence[Page]) -> str:
    mended = {"no": "", "safe": "--fix", "unsafe": "--unsafe-fixes"}
    rows = [f"{page.code:<12} {page.severity:<8} {page.slug:<34} {mended[page.fixable]}".rstrip() for page in pages]
    return "\n".join(rows) + "\n"


def _json(pages: Sequence[Page]) -> str:
    return json.dumps([page.as_dict() for page in pages], indent=2, ensure_ascii=False) + "\n"


def _markdown(pages: Sequence[Page]) -> str:
    from stdspec.lint.docs import table

    return "\n".join(table(pages)) + "\n"


FORMATS: Final[dict[str, Callable[[Sequence[Page]], str]]] = {"text": _text, "json": _json, "markdown": _markdown}
"""Name of a format to what prints it."""


@click.command("rules", short_help="List every code that lint can print.")
@click.option(
    "--format", "form", type=click.Choice(tuple(FORMATS)), default="text", show_default=True, help="How to print."
)
@click.option(
    "--standard",
    "names",
    metavar="NAME",
    multiple=True,
    help="Also the clauses of this standard; the shipped base is always meant.",
)
def command(form: str, names: tuple[str, ...]) -> None:
    """List every code that lint can print: rules, clauses of standards that a spec can fail, and codes about form.

    `stdspec explain CODE` says more about one.
    """
    from stdspec import settings
    from stdspec.lint import manual

    text = FORMATS[form](list(manual.pages(manual.standards(settings.load(), *names))))
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()

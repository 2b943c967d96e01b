"""``stdspec schema``: the language as JSON Schemas, for editors and for other tools."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stdspec import whole
from stdspec.paths import shown

if TYPE_CHECKING:
    from stdspec.validate.export.walk import Node


@click.command("schema", short_help="Write the JSON Schemas that editors read.")
@click.option("--out", "folder", metavar="DIR", required=True, help="The folder to write to; it is made if need be.")
@click.option(
    "--draft",
    type=click.Choice(["2020-12", "7"]),
    default=None,
    help="One draft of JSON Schema; both when it is not given. Draft 7 is read by every editor.",
)
def command(folder: str, draft: str | None) -> int:
    """Write a JSON Schema for each kind of file, to DIR/2020-12 and DIR/draft-07.

    config, experiment and group/… are for the files that people write: nothing is required in them, and ${…} and ???
    may stand for any value. spec is for a whole spec, as `stdspec compose` prints it; standard and settings are for
    standards and for stdspec.toml. Files of these names are replaced.
    """
    for path in write(Path(folder), [draft] if draft else None):
        sys.stdout.write(f"{shown(path)}\n")
    return 0


def write(folder: Path, drafts: list[str] | None = None) -> list[Path]:
    """Write the schemas of the drafts, or of all, below a folder; the files in order.

    Raises:
        InputError: when the folder cannot be written.
    """
    from stdspec.errors import InputError
    from stdspec.validate.export import DRAFTS, documents

    files: list[Path] = []
    for draft in drafts or DRAFTS:
        for name, document in documents(draft).items():
            files.append(folder / DRAFTS[draft][0] / f"{name}.schema.json")
            try:
                files[-1].parent.mkdir(parents=True, exist_ok=True)
                whole.write(files[-1], as_text(document).encode("utf-8"))
            except OSError as error:
                fact = f"this file cannot be written: {error.strerror}"
                raise InputError(fact, shown(files[-1]), "name a folder of yours with --out") from None
    return files


def as_text(document: Node) -> str:
    """A schema as it is written to a file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

"""``stdspec freeze-configstore``: import a module on request, and write its ConfigStore as YAML."""

from __future__ import annotations

import sys

import click

from stdspec import pipeline
from stdspec import settings as project
from stdspec.paths import shown


@click.command("freeze-configstore")
@click.argument("module", metavar="MODULE")
@click.option("--out", "folder", metavar="DIR", help="The folder of the configs; the project's own by default.")
@click.option("--force", is_flag=True, help="Replace files that say something else.")
def command(module: str, folder: str | None, *, force: bool) -> int:
    """Run MODULE and write what it stores in Hydra's ConfigStore as YAML.

    This is the one command that imports code which a config needs, and it does so because you ask: in a process of
    its own. Lint can then see these configs without running anything. What the module computes while it is imported
    is written as it was, so look through the files before you share them.

    \b
    stdspec freeze-configstore acme.conf --out conf
    """  # noqa: D301 - click reads the escape
    frozen = pipeline.freeze(module, folder, project.load(), force=force)
    for path in frozen.written:
        sys.stdout.write(f"{shown(path)}\n")
    counts = f"{len(frozen.written)} written, {len(frozen.unchanged)} unchanged"
    sys.stderr.write(f"stdspec: {module} was imported, so its code was run: {counts}\n")
    return 0

"""``stdspec monitor``: compare a batch with what a run saw, and say keep, watch or retrain."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from stdspec import pipeline
from stdspec import settings as project


@click.command("monitor")
@click.argument("run", metavar="RUN")
@click.option(
    "--batch",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The batch: CSV, .npy or .npz.",
)
@click.option(
    "--delimiter", metavar="C", default=",", show_default=True, help="The character between two cells of a CSV."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(run: str, file: Path, delimiter: str, form: str) -> int:
    """Compare a batch of data with what a run saw.

    RUN is a run folder, or latest. The batch is held against the contract of the run and against the distributions
    that the run kept, and the run's own triggers decide: keep, watch or retrain.

    \b
    stdspec monitor latest --batch week_23.csv
    stdspec monitor outputs/digits/0123456789ab --batch images.npy --format json

    Exit status: 0 keep or watch; 1 retrain, or the batch breaks its contract; 2 it cannot be compared, as where a file
    of the run folder was changed after the run.
    """  # noqa: D301 - click reads the escape
    found = pipeline.monitor(run, file, project.load(), delimiter)
    if form == "json":
        sys.stdout.write(json.dumps(found.as_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        from stdspec.run.monitor.text import render

        sys.stdout.write(render(found))
    return found.exit_code

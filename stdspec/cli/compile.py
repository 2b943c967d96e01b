"""``stdspec compile``: compose a spec, check it and write its plan as JSON in one spelling."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from stdspec import pipeline
from stdspec.cli.common import asked, show_refusal, spec_options
from stdspec.errors import InputError
from stdspec.paths import exists, shown


@click.command("compile")
@spec_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the plan here instead of standard output.")
def command(spec: tuple[str, ...], config_dir: str | None, config_name: str | None, output: Path | None) -> int:
    """Compose a spec, check it and print its plan.

    The plan is JSON in one spelling: the same spec gives the same bytes.

    \b
    stdspec compile +experiment=digits -o plan.json
    stdspec compile spec.yaml training.epochs=2
    """  # noqa: D301 - click reads the escape
    meant = asked(spec, config_dir, config_name)
    try:
        plan = pipeline.compile(meant.config_dir, meant.config_name, meant.overrides, meant.settings)
    except pipeline.RefusedError as error:
        show_refusal(error)
        return error.exit_code
    if output is None:
        sys.stdout.buffer.write(plan.to_bytes())
    else:
        _write(output, plan.to_bytes())
    return 0


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; a link is followed, and what is no file (a pipe, a device) is written into."""
    path = Path(os.path.realpath(path))
    # Not made from the file's name, which may be as long as a name can be.
    aside = path.with_name(f".stdspec-plan.{os.getpid()}")
    try:
        if exists(path) and not path.is_file():
            path.write_bytes(data)
            return
        with open(aside, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        if os.path.lexists(aside):
            aside.unlink()
        raise InputError(f"the plan cannot be written: {error.strerror}", shown(path)) from None

"""``stdspec compile``: compose a spec, check it and write its plan as canonical JSON."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from stdspec import pipeline
from stdspec.cli.common import asked, show_refusal, spec_options
from stdspec.errors import InputError
from stdspec.paths import shown


@click.command("compile")
@spec_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the plan here instead of standard output.")
def command(spec: tuple[str, ...], config_dir: str | None, config_name: str | None, output: Path | None) -> int:
    """Compose a spec, check it and print its plan.

    The plan is canonical JSON: the same spec gives the same bytes.

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
        sys.stdout.write(plan.to_bytes().decode("utf-8"))
    else:
        _write(output, plan.to_bytes())
    return 0


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(aside, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise InputError(f"the plan cannot be written: {error.strerror}", shown(path)) from None

"""``stdspec compile``: compose a spec, check it and write its plan as JSON in one spelling."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from stdspec import pipeline
from stdspec.cli.common import asked, show_refusal, spec_options
from stdspec.cli.output import write


@click.command("compile")
@spec_options
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the plan here instead of standard output.",
)
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
        sys.stdout.buffer.write(_for_stream(plan.to_bytes()))
    else:
        write(output, plan.to_bytes(), "the plan")
    return 0


def _for_stream(plan: bytes) -> bytes:
    """The plan as it is printed. A terminal gets escapes for what would steer it; the JSON means the same."""
    if not sys.stdout.isatty():
        return plan
    from stdspec.compose.dump import escaped

    return escaped(plan.decode()).encode()

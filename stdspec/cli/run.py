"""``stdspec run``: lint, plan, execute, judge and report a spec.

What a script reads stands on standard output in plain lines that are never wrapped: the failed clauses, then the
weights, the metrics and the report. Progress and warnings go to standard error.
"""

from __future__ import annotations

import sys

import click

from stdspec import pipeline
from stdspec.cli import progress
from stdspec.cli.common import asked, show_refusal, show_warnings, spec_options
from stdspec.cli.outcome import lines


@click.command("run")
@spec_options
@click.option(
    "--store", metavar="DIR", help="Where the results of nodes are kept; STDSPEC_STORE or a setting otherwise."
)
@click.option("--debug", is_flag=True, help="Two batches, in this process, nothing kept: breakpoints work.")
@click.option("--force", is_flag=True, help="Run every node, whatever the store holds.")
def command(
    spec: tuple[str, ...],
    config_dir: str | None,
    config_name: str | None,
    *,
    store: str | None,
    debug: bool,
    force: bool,
) -> int:
    """Train, evaluate, export, judge and report a spec.

    \b
    stdspec run +experiment=digits training.epochs=2
    stdspec run spec.yaml
    """  # noqa: D301 - click reads the escape
    meant = asked(spec, config_dir, config_name)
    try:
        with progress.display() as report:
            outcome = pipeline.run(
                meant.config_dir,
                meant.config_name,
                meant.overrides,
                settings=meant.settings,
                store=store,
                debug=debug,
                force=force,
                report=report,
            )
    except pipeline.RefusedError as error:
        show_refusal(error)
        return error.exit_code
    show_warnings(outcome.warnings)
    for line in lines(outcome):
        sys.stdout.write(line + "\n")
    if debug:
        sys.stderr.write("a debug run sees two batches; its verdicts prove nothing and it is not the latest run\n")
    return 0 if outcome.passed or debug else 1

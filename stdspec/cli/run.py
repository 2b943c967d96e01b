"""``stdspec run``: lint, plan, execute, judge and report a spec.

What a script reads stands on standard output in plain lines that are never wrapped: the failed clauses, then the
weights, the metrics and the report. Progress and warnings go to standard error.
"""

from __future__ import annotations

import os
import sys
from typing import Final

import click
from msgspec.structs import replace

from stdspec import pipeline
from stdspec.cli import force as forcing
from stdspec.cli import progress, stopped
from stdspec.cli.common import Asked, asked, show_refusal, show_warnings, spec_options
from stdspec.cli.outcome import lines
from stdspec.run.how import How

KEY: Final = "hydra.run.dir"


@click.command("run", cls=forcing.Command)
@spec_options
@click.option(
    "--store", metavar="DIR", help="Where the results of nodes are kept; STDSPEC_STORE or a setting otherwise."
)
@click.option("--debug", is_flag=True, help="Two batches, in this process, nothing kept: breakpoints work.")
@forcing.option
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line; the last is the outcome.")
@click.option("--multirun", "-m", is_flag=True, help="Run every point of a sweep: a.b=1,2 stands for two.")
@click.option("--objective", metavar="NAME", help="What a sweep compares: evaluation/METRIC; else the monitor.")
@click.option("--cfg", "-c", type=click.Choice(["job", "hydra", "all"]), help="Print the config and run nothing.")
@click.option("--package", "-p", metavar="KEY", help="With --cfg: print this part alone.")
@click.option("--resolve", is_flag=True, help="With --cfg: fill in references to other values.")
def command(
    spec: tuple[str, ...],
    config_dir: str | None,
    config_name: str | None,
    *,
    store: str | None,
    debug: bool,
    force: forcing.Force,
    as_json: bool,
    multirun: bool,
    objective: str | None,
    cfg: str | None,
    package: str | None,
    resolve: bool,
) -> int:
    """Train, evaluate, export, judge and report a spec.

    \b
    stdspec run +experiment=digits training.epochs=2
    stdspec run spec.yaml
    stdspec run +experiment=digits -m training.epochs=2,4 hydra/launcher=joblib
    """  # noqa: D301 - click reads the escape
    _refuse_mixtures(multirun=multirun, objective=objective, cfg=cfg, package=package, resolve=resolve, as_json=as_json)
    named, how = (spec, config_dir, config_name), How(store, debug=debug, force=force)
    if as_json:
        return _as_json(named, how)
    meant = asked(*named)
    if cfg is not None:
        from stdspec.cli import configs

        return configs.show(meant, cfg, package, resolve=resolve)
    if multirun:
        from stdspec.cli import sweep

        return sweep.run(meant, how, objective)
    return _as_text(meant, how)


def _as_text(meant: Asked, how: How) -> int:
    """Run, with progress and warnings on standard error and the outcome on standard output."""
    try:
        with progress.display() as report:
            outcome = _run(meant, how, report)
    except pipeline.RefusedError as error:
        show_refusal(error)
        return error.exit_code
    show_warnings(outcome.warnings)
    for line in lines(outcome):
        sys.stdout.write(line + "\n")
    if how.debug:
        sys.stderr.write("a debug run sees two batches; its verdicts prove nothing and it is not the latest run\n")
    return _status(outcome, how)


def _as_json(named: tuple[tuple[str, ...], str | None, str | None], how: How) -> int:
    """Run, with every event, fault and the outcome on standard output."""
    from stdspec.cli import events

    with events.stream(forcing.arguments()) as stream:
        try:
            outcome = _run(asked(*named), how, stream.take)
        except pipeline.RefusedError as error:
            stream.findings(error.findings)
            stream.failed(error)
            return error.exit_code
        stream.findings(outcome.warnings)
        stream.outcome(_status(outcome, how), events.of(outcome))
        return _status(outcome, how)


def _run(meant: Asked, how: How, report: pipeline.Reporter) -> pipeline.Outcome:
    folder, overrides = _run_folder(meant)
    with stopped.followed(report, forcing.arguments(), debug=how.debug) as take:
        return pipeline.run(
            meant.config_dir,
            meant.config_name,
            overrides,
            settings=meant.settings,
            how=replace(how, folder=folder),
            report=take,
        )


def _status(outcome: pipeline.Outcome, how: How) -> int:
    return 0 if outcome.passed or how.debug else 1


def _refuse_mixtures(
    *, multirun: bool, objective: str | None, cfg: str | None, package: str | None, resolve: bool, as_json: bool
) -> None:
    """Refuse options that say nothing together."""
    if as_json and (multirun or cfg is not None):
        raise click.UsageError("--json tells the events of one run; leave --multirun and --cfg out")
    if multirun and cfg is not None:
        raise click.UsageError("--multirun and --cfg exclude each other")
    if objective is not None and not multirun:
        raise click.UsageError("--objective is of a sweep; add --multirun")
    if (resolve or package is not None) and cfg is None:
        raise click.UsageError("--resolve and --package are of --cfg; add --cfg job, or see stdspec compose")


def _run_folder(meant: Asked) -> tuple[str | None, tuple[str, ...]]:
    """The run folder that the command line names, or None, and the overrides that are left."""
    if not any(KEY in text for text in meant.overrides):
        return None, meant.overrides
    from stdspec.compose.run_dir import filled, taken

    folder, overrides = taken(meant.overrides)
    if folder is not None:
        where = pipeline.config_folder(meant.config_dir, meant.settings)
        asked_for = (os.path.abspath(where), meant.config_name or pipeline.PRIMARY, overrides)
        folder = filled(folder, *asked_for, meant.settings.version_base)
    return folder, overrides

"""``stdspec plan``: what a run would do, node by node, and why; or how two plans differ. Nothing is run or written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from stdspec import pipeline
from stdspec.cli import force as forcing
from stdspec.cli.color import colored
from stdspec.cli.common import Asked, asked, show_refusal, spec_options
from stdspec.cli.masked import Mask, show_secrets

if TYPE_CHECKING:
    from stdspec.cli.plan_text import Printer
    from stdspec.plan.model import Plan
    from stdspec.run.dry_run import Step
    from stdspec.run.memory_forecast import MemoryForecast


@click.command("plan", cls=forcing.Command)
@spec_options
@click.option(
    "--store", metavar="DIR", help="Where the results of nodes are kept; STDSPEC_STORE or a setting otherwise."
)
@forcing.option
@click.option("--memory", is_flag=True, help="Estimate the memory of training, too; loads torch, so it takes longer.")
@click.option("--verify", is_flag=True, help="Hash large results in the store, too, as a run does; small ones always.")
@click.option("--diff", nargs=2, metavar="A B", help="Compare two plans: files, run folders or latest; 1 if different.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@show_secrets
def command(
    spec: tuple[str, ...],
    config_dir: str | None,
    config_name: str | None,
    *,
    store: str | None,
    force: forcing.Force,
    memory: bool,
    verify: bool,
    diff: tuple[str, str] | None,
    as_json: bool,
    show_secrets: bool,
) -> int:
    """Say what a run would do, node by node, and why.

    A hit is answered by the store. Everything else runs; below it stands what changed since the node last ran.

    \b
    stdspec plan +experiment=digits training.epochs=2
    stdspec plan +experiment=digits --force=train
    stdspec plan --diff latest plan.json
    """  # noqa: D301 - click reads the escape
    if diff is not None:
        if spec or config_dir or config_name or memory or verify or force:
            raise click.UsageError("--diff compares two plans that are there already; leave the rest out")
        from stdspec.cli.plan_diff import show

        return show(*diff, as_json=as_json, secrets=show_secrets)
    from stdspec.cli.plan_text import Printer

    meant = asked(spec, config_dir, config_name)
    try:
        plan = pipeline.compile(meant.config_dir, meant.config_name, meant.overrides, meant.settings)
    except pipeline.RefusedError as error:
        show_refusal(error)
        return error.exit_code
    steps = _steps(plan, meant, store, force, verify=verify)
    memory_of = _forecast(plan, meant, store) if memory else None
    mask = Mask([((), plan.spec)], shown=show_secrets)
    width = shutil.get_terminal_size().columns
    printer = Printer(color=colored(), width=width, mask=mask, overrides=meant.overrides)
    (_print_json if as_json else _print_text)(plan, steps, printer, memory_of)
    mask.notice()
    return 0


def _steps(plan: Plan, meant: Asked, store: str | None, force: forcing.Force, *, verify: bool) -> list[Step]:
    from stdspec.run.dry_run import dry_run
    from stdspec.run.store import Store

    return dry_run(plan, Store(meant.settings.store_path(store)), meant.settings, force, verify=verify)


def _forecast(plan: Plan, meant: Asked, store: str | None) -> MemoryForecast | None:
    from stdspec.errors import needs_run_extra

    with needs_run_extra("the estimate of memory"):
        from stdspec.run.memory_forecast import forecast
    from stdspec.run.store import Store

    found = forecast(plan, Store(meant.settings.store_path(store)), meant.settings)
    if found is None:
        sys.stderr.write("stdspec: nothing is trained, so there is no memory to estimate\n")
    return found


def _print_text(plan: Plan, steps: Sequence[Step], printer: Printer, memory: MemoryForecast | None) -> None:
    del plan
    lines = [*printer.lines(steps), *(printer.memory(memory) if memory is not None else ())]
    sys.stdout.write("".join(line + "\n" for line in lines))


def _print_json(plan: Plan, steps: Sequence[Step], printer: Printer, memory: MemoryForecast | None) -> None:
    from stdspec.compose.dump import to_json

    runs = sum(step.fate == "run" for step in steps)
    said = {
        "name": plan.name,
        "stage": plan.stage,
        "spec_digest": plan.spec_digest,
        "nodes": [printer.data(step) for step in steps],
        "summary": {"run": runs, "hit": len(steps) - runs},
    }
    if memory is not None:
        said["memory"] = memory.as_json()
    sys.stdout.write(to_json(said))

"""The command ``stdspec``: its sub-commands, loaded when they are called, and what becomes of a fault.

``--help`` imports none of them; a new command is one line of `COMMANDS`.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from stdspec import __version__
from stdspec.cli import faults
from stdspec.cli.lazy import LazyGroup

COMPLETE: Final = "_STDSPEC_COMPLETE"
"""The variable by which a shell asks click for completions."""

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("stdspec.cli.init:command", "Begin a project that lints clean and runs."),
    "lint": ("stdspec.cli.lint:command", "Check specs and config files: place, fact, remedy."),
    "explain": ("stdspec.cli.explain:command", "Say what a code means and how to mend it."),
    "rules": ("stdspec.cli.rules:command", "List every code that lint can print."),
    "compose": ("stdspec.cli.compose:command", "Print a composition, with the origin of every value."),
    "why": ("stdspec.cli.why:command", "Say who wrote a value, and why it won."),
    "diff": ("stdspec.cli.diff:command", "Show how two compositions differ, and where."),
    "compile": ("stdspec.cli.compile:command", "Compose a spec, check it and print its plan."),
    "plan": ("stdspec.cli.plan:command", "Say what a run would do, node by node, and why."),
    "run": ("stdspec.cli.run:command", "Train, evaluate, export, judge and report a spec."),
    "runs": ("stdspec.cli.runs:command", "List runs, with stage, verdict and metrics."),
    "compare": ("stdspec.cli.compare:command", "Show how runs differ: config, metrics, verdicts."),
    "report": ("stdspec.cli.report:command", "Render a run's report: page, JUnit, SARIF, Chinese."),
    "waivers": ("stdspec.cli.waivers:command", "List waivers and approvals, and when they end."),
    "feedback": ("stdspec.cli.feedback:command", "Say that a clause is wrong or unclear."),
    "standard": ("stdspec.cli.standard:command", "List, write, check and compare standards."),
    "scorecard": ("stdspec.cli.scorecard:command", "Score every experiment; say what got worse."),
    "pin": ("stdspec.cli.pin:command", "Freeze digests and the signature in a spec."),
    "monitor": ("stdspec.cli.monitor:command", "Compare a batch of data with what a run saw."),
    "cache": ("stdspec.cli.cache:command", "Verify, tidy and explain the store of results."),
    "schema": ("stdspec.cli.schema:command", "Write the JSON Schemas that editors read."),
    "completion": ("stdspec.cli.completion:command", "Print what completes words in bash, zsh or fish."),
    "freeze-configstore": ("stdspec.cli.freeze:command", "Run a module; write its ConfigStore as YAML."),
}
"""Name to where the command is and what it does."""


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="stdspec %(version)s")
def cli() -> None:
    """Write an ML system as one spec, know at once whether it meets your standards, run it, prove what ran.

    Exit status: 0 clean, 1 a finding or a failed gate, 2 it cannot be done, 3 a fault of stdspec, 130 interrupted,
    143 terminated.
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that takes ASCII alone must not stop a command
            stream.reconfigure(errors="backslashreplace")
    if COMPLETE in os.environ:
        from stdspec.cli import completion

        completion.register()
    with faults.Watch(arguments) as watch:
        result: Any = cli.main(list(arguments), prog_name="stdspec", standalone_mode=False)
        watch.status = result if isinstance(result, int) else 0
    return watch.status

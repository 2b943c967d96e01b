"""The command ``stdspec``: its sub-commands, loaded when they are called, and what becomes of a fault.

``--help`` imports none of them; a new command is one line of `COMMANDS`.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from stdspec import __version__
from stdspec.cli import faults

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("stdspec.cli.init:command", "Begin a project that lints clean and runs."),
    "lint": ("stdspec.cli.lint:command", "Check specs and config files: place, fact, remedy."),
    "explain": ("stdspec.cli.explain:command", "Say what a code means and how to mend it."),
    "rules": ("stdspec.cli.rules:command", "List every code that lint can print."),
    "compose": ("stdspec.cli.compose:command", "Print a composition, with the origin of every value."),
    "why": ("stdspec.cli.why:command", "Say who wrote a value, and why it won."),
    "diff": ("stdspec.cli.diff:command", "Show how two compositions differ, and where."),
    "compile": ("stdspec.cli.compile:command", "Compose a spec, check it and print its plan."),
    "run": ("stdspec.cli.run:command", "Train, evaluate, export, judge and report a spec."),
    "monitor": ("stdspec.cli.monitor:command", "Compare a batch of data with what a run saw."),
    "schema": ("stdspec.cli.schema:command", "Write the JSON Schemas that editors read."),
    "freeze-configstore": ("stdspec.cli.freeze:command", "Run a module; write its ConfigStore as YAML."),
}
"""Name to where the command is and what it does."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and none to list them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order of a user's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, or a suggestion."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from stdspec.suggest import nearest

            near = nearest(args[0], COMMANDS)
            hint = f"did you mean '{near}'?" if near else f"the commands are {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands in the help, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="stdspec %(version)s")
def cli() -> None:
    """Write an ML system as one spec, know at once whether it meets your standards, run it, prove what ran.

    Exit status: 0 clean, 1 a finding or a failed gate, 2 it cannot be done, 3 a fault of stdspec, 130 interrupted.
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that takes ASCII alone must not stop a command
            stream.reconfigure(errors="backslashreplace")
    with faults.Watch() as watch:
        result: Any = cli.main(list(arguments), prog_name="stdspec", standalone_mode=False)
        watch.status = result if isinstance(result, int) else 0
    return watch.status

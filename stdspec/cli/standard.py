"""``stdspec standard``: the commands for who writes standards and who is judged by them.

A new command is one line of `COMMANDS`.
"""

from __future__ import annotations

from typing import Final

import click

from stdspec.cli.lazy import LazyGroup

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "list": ("stdspec.cli.standard_list:command", "List the standards that ship and the project's own."),
    "show": ("stdspec.cli.standard_show:command", "Print every clause of a standard, inherited ones, too."),
    "new": ("stdspec.cli.standard_new:command", "Begin a standard of your own that checks clean."),
    "check": ("stdspec.cli.standard_check:command", "Check standards and run the tests of their clauses."),
    "diff": ("stdspec.cli.standard_diff:command", "Say what changed, and which version number it needs."),
    "docs": ("stdspec.cli.standard_docs:command", "Write a standard as a page for people."),
    "lock": ("stdspec.cli.standard_lock:command", "Lock the standards that the specs are judged by."),
    "payload": ("stdspec.cli.standard_payload:command", "Print what is signed under a waiver or an approval."),
}
"""Name to where the command is and what it does."""


@click.group("standard", cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """List, read, write, check and compare standards.

    \b
    stdspec standard list
    stdspec standard new acme/quality --extends stdspec/manufacturing-quality@1
    stdspec standard check --against conf
    """  # noqa: D301 - click reads the escape

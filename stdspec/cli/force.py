"""The option ``--force``, alone or with nodes: ``--force`` means every node, ``--force=train,export`` these two.

A word after a bare ``--force`` is part of the spec, so a node needs the equals sign; click itself would take the word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

Force = bool | tuple[str, ...]

_ALL: Final = "*"
_ARGUMENTS: Final = "stdspec.arguments"


class Command(click.Command):
    """A command whose ``--force`` may stand alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, a bare ``--force`` being that of every node, and remember them as they are."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        end = args.index("--") if "--" in args else len(args)
        said = [f"--force={_ALL}" if word == "--force" else word for word in args[:end]]
        return super().parse_args(ctx, [*said, *args[end:]])


def arguments() -> tuple[str, ...]:
    """The arguments of the command that runs, as they were written."""
    found: tuple[str, ...] = click.get_current_context().meta[_ARGUMENTS]
    return found


def option(command: F) -> F:
    """The option; its value is true for every node, false for none, or the ids of nodes."""
    return click.option(
        "--force",
        multiple=True,
        metavar="[=NODE,...]",
        callback=_read,
        help="Run every node, or the nodes named, whatever the store holds.",
    )(command)


def _read(ctx: click.Context, option: click.Parameter, given: Sequence[str]) -> Force:
    del ctx, option
    names = tuple(name for text in given for name in text.split(",") if name)
    return (True if _ALL in names else names) if given else False

"""What `compile` and `run` share: which spec is meant, and how the lint gate speaks."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from msgspec import Struct

from stdspec import pipeline
from stdspec import settings as project
from stdspec.compose.model import Composed
from stdspec.errors import InputError
from stdspec.finding import COMMAND_LINE, Finding, Severity
from stdspec.paths import is_dir, is_file, shown
from stdspec.pipeline import RefusedError
from stdspec.settings import Settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., object])


class Asked(Struct, frozen=True):
    """The spec that a command line means.

    Attributes:
        config_dir: the folder of the primary config, or None for the default one.
        config_name: the primary config's name, or None for the default one.
        overrides: in Hydra's grammar.
        settings: the settings of the project that the spec belongs to.
    """

    config_dir: str | None
    config_name: str | None
    overrides: tuple[str, ...]
    settings: Settings


def completes(what: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """What completes a word at the shell, a function of `spec_words`, which nothing else imports."""

    def words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from stdspec.cli import spec_words

        found: list[CompletionItem] = getattr(spec_words, what)(ctx, param, incomplete)
        return found

    return words


def spec_options(command: F) -> F:
    """The arguments by which a command names a spec."""
    for decorate in (
        click.argument(
            "spec",
            nargs=-1,
            type=click.UNPROCESSED,
            metavar="[SPEC.yaml] [OVERRIDES]...",
            shell_complete=completes("overrides"),
        ),
        click.option("--config-dir", "-cd", metavar="DIR", help="The folder of the primary config."),
        click.option(
            "--config-name",
            "-cn",
            metavar="NAME",
            help="The primary config's name; config by default.",
            shell_complete=completes("config_names"),
        ),
    ):
        command = decorate(command)
    return command


def asked(words: Sequence[str], config_dir: str | None, config_name: str | None) -> Asked:
    """Make out what is meant: a spec file first, or overrides of the primary config.

    Raises:
        InputError: when a file or folder that is named does not exist.
    """
    overrides = list(words)
    if overrides and _is_file_name(overrides[0]):
        return _from_file(overrides.pop(0), overrides, config_dir, config_name)
    if config_dir is not None and not is_dir(config_dir):
        raise InputError("there is no such folder", config_dir, "--config-dir names the folder of the primary config")
    start = Path(config_dir) if config_dir is not None else None
    where = os.path.abspath(config_dir) if config_dir is not None else None
    return Asked(where, config_name, tuple(overrides), project.load(start))


def _is_file_name(word: str) -> bool:
    if "=" in word or word.startswith("~"):
        return False
    return word.endswith((".yaml", ".yml")) or os.sep in word or is_dir(word)


def _from_file(name: str, overrides: Sequence[str], config_dir: str | None, config_name: str | None) -> Asked:
    """A spec file: its folder is the config folder. An experiment is composed upon its primary, as lint does it."""
    from stdspec.compose.entries import find

    if config_dir is not None or config_name is not None:
        raise click.UsageError(f"'{name}' already says which config is meant; leave --config-dir and --config-name out")
    path = Path(name)
    if not is_file(path):
        fact = "this is a folder and no spec file" if is_dir(path) else "there is no such file"
        raise InputError(fact, shown(path), "name a spec file, or overrides such as +experiment=digits")
    settings = project.load(path.absolute().parent)
    entries = find(str(path), settings)
    if not entries:
        fact = "this is an option of a config group and no spec" if path.suffix == ".yaml" else "this is no .yaml file"
        raise InputError(fact, shown(path), "name a primary config, an experiment or a spec of its own, as .yaml")
    entry = entries[0]
    return Asked(entry.config_dir, entry.config_name, (*entry.overrides, *overrides), settings)


def look(words: Sequence[str], config_dir: str | None, config_name: str | None) -> Composed:
    """The composition that a command line means, in any Hydra project; what makes it uncertain goes to standard error.

    Raises:
        RefusedError: when a file has faults.
        StdspecError: when it cannot be composed.
    """
    meant = asked(words, config_dir, config_name)
    composed = pipeline.look(meant.config_dir, meant.config_name, meant.overrides, meant.settings)
    show_warnings([item for item in composed.findings if item.code.startswith("HYD")])
    return composed


def show_refusal(error: RefusedError) -> None:
    """Print the findings that closed the lint gate, as `stdspec lint` prints them."""
    from stdspec.cli.color import colored
    from stdspec.cli.text import render

    width = shutil.get_terminal_size().columns
    sys.stdout.write(render(error.findings, color=colored(), width=width))


def show_warnings(findings: Sequence[Finding]) -> None:
    """Print what lint warns of, one line each, on standard error."""
    from stdspec.cli.visible import visible

    for item in findings:
        if item.severity is Severity.WARNING:
            sys.stderr.write(visible(f"{place(item)}{item.code} {item.message}") + "\n")


def place(finding: Finding) -> str:
    """A finding's place for a line of its own, with a final separator; empty when it has none."""
    span = finding.span
    if span is None:
        return ""
    if span.file == COMMAND_LINE:
        return f"{COMMAND_LINE}: "
    return f"{shown(span.file)}:{span.line}:{span.column}: "

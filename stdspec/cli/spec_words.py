"""Completes the words by which a command names a spec, as click asks for it."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem


def overrides(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The overrides that a word may become: groups, their options, keys, values."""
    del param
    return _items(ctx, incomplete, any_key=False)


def keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The dotted keys that a word may become."""
    del param
    return _items(ctx, incomplete, any_key=True)


def config_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The primary configs of the folder."""
    del param
    from stdspec import pipeline
    from stdspec.compose.repository import Repository, Source

    meant = _meant(ctx, ())
    options = Repository([Source(pipeline.config_folder(meant.config_dir, meant.settings))]).options("")
    return [CompletionItem(name) for name in options if name.startswith(incomplete)]


def _items(ctx: click.Context, incomplete: str, *, any_key: bool) -> list[CompletionItem]:
    from stdspec import pipeline
    from stdspec.compose.completion import complete
    from stdspec.errors import StdspecError

    try:
        meant = _meant(ctx, ctx.params.get("spec") or ())
        folder = pipeline.config_folder(meant.config_dir, meant.settings)
        asked = (folder, meant.config_name or pipeline.PRIMARY, meant.settings)
        words = complete(incomplete, meant.overrides, *asked, any_key=any_key)
    except StdspecError:  # a line that is not whole yet may mean nothing
        return []
    return [CompletionItem(word) for word in words]


def _meant(ctx: click.Context, words: Any) -> Any:
    from stdspec.cli.common import asked

    return asked(tuple(words), ctx.params.get("config_dir"), ctx.params.get("config_name"))

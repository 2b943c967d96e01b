"""What setting a finding aside is made of: what was asked for, what lint looked at, and what is not said."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from stdspec import resources
from stdspec.domains import FORM
from stdspec.finding import COMMAND_LINE, Finding
from stdspec.lint import secret
from stdspec.settings import Settings

if TYPE_CHECKING:
    from stdspec.compose.entries import Entry

NEVER_INLINE: Final = secret.CODES | {"HYD006"}
"""Codes that a comment in the file that is at fault cannot switch off; those about comments themselves besides."""

By = Literal["comment", "settings", "baseline"]


class Choice(Struct, frozen=True):
    """What the command line says besides the settings.

    Attributes:
        select: the codes, or beginnings of codes, that are said instead of those that the settings select.
        ignore: further ones that are set aside.
        exclude: further patterns of files that are not looked at.
        inline: whether comments count.
        baseline: the file of known findings; None for that of the settings, the empty string for none.
        write: whether the baseline is to be written: a new one, or one from which is gone what was mended.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    inline: bool = True
    baseline: str | None = None
    write: bool = False

    @property
    def partial(self) -> bool:
        """Whether lint looks at less than the project asks for: what is not found may still be there."""
        return bool(self.select or self.ignore or self.exclude) or not self.inline


class Aside(Struct, frozen=True):
    """A finding that is not said.

    Attributes:
        finding: the finding.
        by: what sets it aside.
        reason: the words of the comment, or which setting it is.
    """

    finding: Finding
    by: By
    reason: str


class Scope(Struct, frozen=True):
    """What a run of lint looked at.

    Attributes:
        paths: the files and folders that it was called with.
        files: the YAML files, absolute.
        entries: the entry points that were composed.
        settings: those of the first path, which hold for what lies in no project's file.
        settings_at: the settings that hold where a file lies.
        excluding: whether the command line leaves files out that are looked at otherwise.
        silent: the files that are known to hold no comment for lint.
    """

    paths: tuple[str, ...]
    files: tuple[str, ...]
    entries: tuple[Entry, ...]
    settings: Settings
    settings_at: Callable[[str], Settings]
    excluding: bool = False
    silent: frozenset[str] = frozenset()

    def settings_of(self, item: Finding) -> Settings:
        """The settings that hold for a finding."""
        if item.span is None or item.span.file == COMMAND_LINE or ships(item.span.file):
            return self.settings
        return self.settings_at(item.span.file)


def never(code: str) -> bool:
    """Whether no comment can switch a code off, whatever the standards say."""
    return code in NEVER_INLINE or code.startswith(FORM["lint"])


def ships(file: str) -> bool:
    """Whether a file is one of those that come with stdspec."""
    return file.startswith(f"{resources.conf()}{os.sep}")

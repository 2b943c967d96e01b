"""What a project sets aside of what lint finds: by comments, settings or a baseline. Never silently.

The three have a module each, loaded where a project uses it: comments first, then the settings, then the baseline.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from stdspec import resources
from stdspec.compose.policy import inside
from stdspec.compose.repository import parsed_document
from stdspec.domains import FORM
from stdspec.errors import ComposeError, InputError
from stdspec.finding import COMMAND_LINE, Finding
from stdspec.lint import secret
from stdspec.paths import is_file, shown
from stdspec.settings import LintSettings, Settings

if TYPE_CHECKING:
    from stdspec.compose.entries import Entry
    from stdspec.lint.baseline import Kept

BASELINE: Final = "stdspec-baseline.json"
"""The baseline of a project whose settings name none, where there is such a file."""

NEVER_INLINE: Final = secret.CODES | {"HYD006"}
"""Codes that a comment in the file that is at fault cannot switch off; those about comments themselves besides."""

_SIGN: Final = "stdspec:"
_MARK: Final = rf"#[ \t]*{_SIGN}[ \t]*[A-Za-z]"

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
        if item.span is None or item.span.file == COMMAND_LINE or _ships(item.span.file):
            return self.settings
        return self.settings_at(item.span.file)


class Settled(Struct, frozen=True):
    """The findings, sorted out.

    Attributes:
        findings: those that are said, in order of output.
        aside: those that are not.
        lowered: how many are said with a milder severity than their own.
        baseline: the baseline as it would be written; None where there is none.
    """

    findings: tuple[Finding, ...]
    aside: tuple[Aside, ...] = ()
    lowered: int = 0
    baseline: Kept | None = None


def never(code: str) -> bool:
    """Whether no comment can switch a code off, whatever the standards say."""
    return code in NEVER_INLINE or code.startswith(FORM["lint"])


def settle(found: Sequence[Finding], scope: Scope, choice: Choice) -> Settled:
    """What is said of the findings, and what is set aside.

    Raises:
        InputError: when a setting or an option names a code that does not exist, or the baseline cannot be read.
    """
    aside: list[Aside] = []
    lowered = 0
    baseline = _baseline_file(scope.settings, choice)
    marked = _marked(found, scope) if choice.inline else {}
    if marked:
        from stdspec.lint import suppress

        found = suppress.apply(found, marked, scope, aside)
    if choice.select or choice.ignore or any(_selects(scope.settings_at(file).lint) for file in _homes(found, scope)):
        from stdspec.lint import select

        found, lowered = select.apply(found, scope, choice, aside)
    if baseline is None:
        return Settled(tuple(found), tuple(aside), lowered)
    from stdspec.lint import baseline as known

    found, kept = known.apply(found, baseline, scope, choice, aside)
    return Settled(tuple(found), tuple(aside), lowered, kept)


def excluded(settings: Settings, choice: Choice) -> Callable[[str], bool]:
    """Tells which files are never looked at."""
    patterns = (*settings.lint.exclude, *choice.exclude)
    if not patterns:
        return lambda _: False
    from stdspec.lint.select import matcher

    return matcher(patterns, settings)


def _homes(found: Iterable[Finding], scope: Scope) -> set[str]:
    """A file for each of the folders whose settings hold: those of the paths, and those of the findings."""
    files = {item.span.file for item in found if item.span is not None and item.span.file != COMMAND_LINE}
    return {str(scope.settings.root / "_"), *(file for file in files if not _ships(file))}


def _selects(lint: LintSettings) -> bool:
    return bool(lint.select or lint.ignore or lint.severity or lint.per_path)


def _ships(file: str) -> bool:
    return file.startswith(f"{resources.conf()}{os.sep}")


def _marked(found: Iterable[Finding], scope: Scope) -> Mapping[str, str]:
    """The files that may hold a comment for lint, and the text of each: those looked at, and those of findings."""
    files = dict.fromkeys(file for file in scope.files if file not in scope.silent)
    files |= dict.fromkeys(item.span.file for item in found if item.span is not None)
    texts = ((file, _text(file)) for file in files if file != COMMAND_LINE)
    return {file: text for file, text in texts if may_comment(text)}


def may_comment(text: str) -> bool:
    """Whether a text may hold a comment for lint."""
    return _SIGN in text and re.search(_MARK, text) is not None


def _text(file: str) -> str:
    try:
        return parsed_document(file).text
    except ComposeError:  # Hydra refuses the file; its text can be read all the same
        from stdspec.source.lines import lines

        return "\n".join(lines(file))


def _baseline_file(settings: Settings, choice: Choice) -> Path | None:
    """The baseline in force; the one of the usual name where the file is there or is to be written.

    Raises:
        InputError: where nobody but the project's own files says that it lies outside of the project.
    """
    if choice.baseline is not None:
        return Path(os.path.abspath(choice.baseline)) if choice.baseline else None
    named = settings.lint.baseline
    file = settings.root / (BASELINE if named is None else named)
    if named == "" or (named is None and not choice.write and not is_file(file)):
        return None
    if not inside(str(file), str(settings.root)):
        remedy = "keep it in the project, or name it with --baseline"
        raise InputError("the baseline lies outside the project", shown(file), remedy)
    return file

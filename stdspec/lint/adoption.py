"""What a project sets aside of what lint finds: by comments, settings or a baseline. Never silently.

The three have a module each, loaded where a project uses it: comments first, then the settings, then the baseline.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from stdspec.compose.policy import inside
from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError, InputError
from stdspec.finding import COMMAND_LINE, Finding
from stdspec.lint.aside import Aside, Choice, Scope, ships
from stdspec.paths import is_file, shown
from stdspec.settings import LintSettings, Settings

if TYPE_CHECKING:
    from stdspec.lint.baseline import Kept

BASELINE: Final = "stdspec-baseline.json"
"""The baseline of a project whose settings name none, where there is such a file."""

_SIGN: Final = "stdspec:"
_MARK: Final = rf"#[ \t]*{_SIGN}[ \t]*[A-Za-z]"


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
    return {str(scope.settings.root / "_"), *(file for file in files if not ships(file))}


def _selects(lint: LintSettings) -> bool:
    return bool(lint.select or lint.ignore or lint.severity or lint.per_path)


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

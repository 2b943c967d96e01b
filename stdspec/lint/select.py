"""Which codes a project wants to hear of, and how bad it takes them: `select`, `ignore`, `severity`, `per-path`.

Names are codes or beginnings of codes. Of several that fit a code the longest decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec.errors import InputError
from stdspec.finding import COMMAND_LINE, Finding, Severity
from stdspec.lint import catalog
from stdspec.lint.aside import Aside, Choice, Scope
from stdspec.settings import Settings, place_of
from stdspec.suggest import nearest

OFF: Final = "off"


class _Word(Struct, frozen=True):
    """A name in a list of codes.

    Attributes:
        name: the code, or the beginning of codes.
        wanted: whether the codes that it fits are said.
        source: where it is written.
        rank: who decides of names of one length: the command line before the settings, and `ignore` before `select`.
    """

    name: str
    wanted: bool
    source: str
    rank: int


def apply(found: Sequence[Finding], scope: Scope, choice: Choice, aside: list[Aside]) -> tuple[Sequence[Finding], int]:
    """The findings that are wanted, with the severities that are wanted, and how many of them are milder than before.

    Args:
        found: the findings.
        scope: what lint looked at.
        choice: the options of the command line.
        aside: takes what is not wanted.

    Raises:
        InputError: for a name that no code begins with.
    """
    kept: list[Finding] = []
    lowered = 0
    check(scope.settings, choice)
    for item in found:
        settings = scope.settings_of(item)
        _check_settings(settings)
        off, severity = _verdict(item, settings, choice)
        if off is not None:
            aside.append(Aside(item, "settings", off))
            continue
        lowered += severity.rank > item.severity.rank
        kept.append(item if severity is item.severity else replace(item, severity=severity))
    return kept, lowered


def check(settings: Settings, choice: Choice) -> None:
    """See that every name stands for a code.

    Raises:
        InputError: for one that does not.
    """
    _check_settings(settings)
    for option, names in (("--select", choice.select), ("--ignore", choice.ignore)):
        for name in names:
            _check(name, option, None, settings)


def matcher(patterns: Iterable[str], settings: Settings) -> Callable[[str], bool]:
    """Tells whether patterns of a .gitignore, from the root of a project, fit a file.

    Raises:
        InputError: for what is no pattern.
    """
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore import GitIgnorePatternError

    listed = tuple(patterns)
    for text in listed:
        try:
            GitIgnoreSpec.from_lines((text,))
        except GitIgnorePatternError:
            place = place_of(settings.file, text) if settings.file else None
            raise InputError(f"'{text}' is no pattern of files", place, "write one as in a .gitignore") from None
    spec = GitIgnoreSpec.from_lines(listed)
    root = settings.root.absolute()

    def fits(file: str) -> bool:
        path = Path(file)
        return path.is_relative_to(root) and spec.match_file(path.relative_to(root).as_posix())

    return fits


@cache
def known(settings: Settings) -> frozenset[str]:
    """Every code and every id of a clause that a project can meet."""
    from stdspec.lint import manual

    clauses = {name for standard in manual.standards(settings) for name in standard.clauses}
    return frozenset({*_form(), *clauses})


def exists(code: str, settings: Settings) -> bool:
    """Whether there is a code; standards are read only for one that is none of ours."""
    return code in _form() or code in known(settings)


@cache
def _form() -> frozenset[str]:
    """The codes that no standard brings."""
    return frozenset({*catalog.modules(), *catalog.forms(), *catalog.project_modules()})


@cache
def _check_settings(settings: Settings) -> None:
    lint = settings.lint
    lists: list[tuple[str, Iterable[str]]] = [("select", lint.select), ("ignore", lint.ignore)]
    lists.append(("severity", (name for name, _ in lint.severity)))
    for one in lint.per_path:
        lists.append((f"per-path.{one.glob}.ignore", one.ignore))
        lists.append((f"per-path.{one.glob}.severity", (name for name, _ in one.severity)))
    for setting, names in lists:
        for name in names:
            _check(name, f"the setting 'lint.{setting}'", settings.file, settings)


def _check(name: str, said_by: str, file: str | None, settings: Settings) -> None:
    """Standards are read only for a name that no code of ours begins with."""
    if name and (_begins(name, _form()) or _begins(name, known(settings))):
        return
    place = place_of(file, name) if file else None
    near = nearest(name.upper(), known(settings))
    remedy = f"did you mean {near}?" if near else "`stdspec rules` lists the codes"
    raise InputError(f"{said_by} names '{name}', and no code begins like this", place, remedy)


def _begins(name: str, codes: Iterable[str]) -> bool:
    return any(code.startswith(name) for code in codes)


def _verdict(item: Finding, settings: Settings, choice: Choice) -> tuple[str | None, Severity]:
    """Why a finding is set aside, or None; and what it counts as."""
    words = _words(settings, choice)
    fitting = [word for word in words if item.code.startswith(word.name)]
    decides = max(fitting, key=lambda word: (len(word.name), word.rank), default=None)
    if decides is not None and not decides.wanted:
        return decides.source, item.severity
    if decides is None and any(word.wanted for word in words):
        return "--select" if choice.select else "lint.select", item.severity
    severity, source = item.severity.value, ""
    for table, pairs, ignored in _tables(item, settings):
        if any(item.code.startswith(name) for name in ignored):
            return f"{table}.ignore", item.severity
        fits = [pair for pair in pairs if item.code.startswith(pair[0])]
        if fits:
            severity, source = max(fits, key=lambda pair: len(pair[0]))[1], f"{table}.severity"
    return (source, item.severity) if severity == OFF else (None, Severity(severity))


@cache
def _words(settings: Settings, choice: Choice) -> Sequence[_Word]:
    """The names of all lists of codes; where the command line selects, the settings do not."""
    lint = settings.lint
    return [
        *(_Word(name, True, "lint.select", 0) for name in (() if choice.select else lint.select)),
        *(_Word(name, False, "lint.ignore", 1) for name in lint.ignore),
        *(_Word(name, True, "--select", 2) for name in choice.select),
        *(_Word(name, False, "--ignore", 3) for name in choice.ignore),
    ]


def _tables(item: Finding, settings: Settings) -> Iterator[tuple[str, Sequence[tuple[str, str]], Sequence[str]]]:
    """The severities, and the codes set aside, that hold where a finding is; what holds for its path comes last."""
    yield "lint", settings.lint.severity, ()
    if item.span is not None and item.span.file != COMMAND_LINE:
        for one in settings.lint.per_path:
            if _fits(one.glob, settings)(item.span.file):
                yield f"lint.per-path.{one.glob}", one.severity, one.ignore


@cache
def _fits(glob: str, settings: Settings) -> Callable[[str], bool]:
    return matcher((glob,), settings)

"""Comments that switch findings off: ``# stdspec: ignore[CODE, CODE] reason``, and what is wrong with such comments.

What a standard insists on, secrets and files outside the project are said whatever a comment says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from stdspec.codes import SLUGS
from stdspec.compose.entries import EXPERIMENT, Entry, root_of
from stdspec.compose.repository import defaults_of
from stdspec.domains import FORM
from stdspec.errors import ComposeError
from stdspec.finding import Edit, Finding, Severity, Span
from stdspec.lint import catalog
from stdspec.lint.aside import Aside, Scope, never
from stdspec.lint.plain import leads_away
from stdspec.lint.select import exists, known
from stdspec.settings import Settings
from stdspec.source.comments import Comment, Comments
from stdspec.suggest import nearest

_MAY_BE_WRONG: Final = tuple(prefix for name, prefix in FORM.items() if name != "standard")
"""How the codes begin of errors in form, which a comment may switch off."""


def apply(found: Sequence[Finding], texts: Mapping[str, str], scope: Scope, aside: list[Aside]) -> Sequence[Finding]:
    """The findings that no comment switches off, and those about the comments, in order of output.

    Args:
        found: the findings.
        texts: the files that may hold such comments, with their texts.
        scope: what lint looked at.
        aside: takes what is switched off.
    """
    root = str(scope.settings.root)
    comments = {file: Comments(file, text) for file, text in texts.items() if not leads_away(file, root)}
    used: set[Span] = set()
    refused: set[Span] = set()
    kept: list[Finding] = []
    for item in found:
        holding = comments[item.span.file].of(item) if item.span and item.span.file in comments else None
        if holding is None:
            kept.append(item)
            continue
        comment, named = holding
        insisted = insists(item, scope.settings_of(item))
        (refused if insisted else used).add(named.span)
        if insisted or not comment.reason:
            kept.append(item)
        else:
            aside.append(Aside(item, "comment", comment.reason))
    for file, inside in comments.items():
        settings = scope.settings_at(file)
        looked_for = _looked_for(file, scope)
        for one in inside.listed:
            kept += _faults(one, settings, used, refused, looked_for)
    return sorted(kept, key=Finding.sort_key)


def insists(item: Finding, settings: Settings) -> bool:
    """Whether a finding is none that a comment can switch off: what must hold, secrets, files outside the project.

    What must hold is also that a standard can be judged by: one that is at fault is passed over.
    """
    if item.severity is Severity.ERROR and not item.code.startswith(_MAY_BE_WRONG):
        return True
    return never(item.code) or item.code in _musts(settings)


@cache
def _musts(settings: Settings) -> frozenset[str]:
    """The codes of the clauses of level must, and of the rules behind them."""
    from stdspec.lint import manual

    clauses = (clause for standard in manual.standards(settings) for clause in standard.clauses.values())
    return frozenset(name for one in clauses if one.level == "must" for name in (one.id, one.rule) if name)


def _faults(
    comment: Comment, settings: Settings, used: set[Span], refused: set[Span], looked_for: Callable[[str], bool]
) -> Iterator[Finding]:
    """What is wrong with one comment, one finding for each fault."""
    if comment.broken:
        yield _finding("LNT005", comment.broken, comment.span)
        return
    if not comment.reason:
        names = ", ".join(named.code for named in comment.codes)
        message = f"nothing says why {names} may be ignored here; write the reason behind the bracket"
        yield _finding("LNT001", message, comment.span)
    for named in comment.codes:
        code, span = named.code, named.span
        if not exists(code, settings):
            near = nearest(code.upper(), known(settings))
            remedy = f"did you mean {near}?" if near else "`stdspec rules` lists the codes"
            yield _finding("LNT002", f"there is no code '{code}'; {remedy}", span)
        elif span in refused or never(code):
            message = f"a comment cannot switch {code} off; mend the fault, or set it in the project's settings"
            yield _finding("LNT004", message, span)
        elif span not in used and looked_for(code):
            found = _finding("LNT003", f"{code} is not found here; remove it from the comment", span)
            yield replace(found, fix=(Edit(named.taken_out, ""),))


def _finding(code: str, message: str, span: Span) -> Finding:
    return Finding(code, SLUGS[code], Severity.WARNING, message, "", span)


def _looked_for(file: str, scope: Scope) -> Callable[[str], bool]:
    """Tells which codes would have been found in a file: of the others a comment may be of use elsewhere.

    What is wrong with its YAML is found in the file itself. A rule about projects needs all of the config folder, and
    so does a file of a config group, and an experiment that others build on: it takes part in compositions that only
    the whole folder shows.
    """
    if file not in scope.files:
        return lambda _: False
    if _is_whole(file, scope):
        return lambda _: True
    own = [entry for entry in scope.entries if entry.file == file]
    alone = (not _is_built_on(entry) if entry.overrides else not _has_experiments(entry) for entry in own)
    if any(alone):
        about_projects = catalog.project_modules()
        return lambda code: code not in about_projects
    return lambda code: code.startswith(FORM["yaml"])


def _has_experiments(entry: Entry) -> bool:
    return Path(entry.config_dir, EXPERIMENT).is_dir()


def _is_built_on(entry: Entry) -> bool:
    """Whether a defaults list besides the primary's may select the file of an experiment."""
    primary = f"{entry.config_dir}/{entry.config_name}.yaml"
    files = (str(file) for file in Path(entry.config_dir).rglob("*.yaml"))
    name = Path(entry.file).stem
    return any(_may_select(file, name) for file in files if file not in (primary, entry.file))


def _may_select(file: str, name: str) -> bool:
    """Whether an item of a file's defaults list names an option, or one that depends on other choices."""
    try:
        items = defaults_of(file)
    except ComposeError:
        return False
    words = (item.value if isinstance(item.value, tuple) else (item.value or item.path or "",) for item in items)
    return any("${" in word or word.rpartition("/")[2] == name for options in words for word in options)


def _is_whole(file: str, scope: Scope) -> bool:
    """Whether all of the config folder in which a file lies was looked at."""
    if scope.excluding:
        return False
    root = root_of(Path(file), scope.settings_at(file))
    roots = {entry.config_dir for entry in scope.entries if Path(file).is_relative_to(entry.config_dir)}
    folders = [Path(os.path.abspath(path)) for path in scope.paths if Path(path).is_dir()]
    needed = [Path(at) for at in (file, *roots, root) if at is not None]
    return any(all(at.is_relative_to(folder) for at in needed) for folder in folders)

"""Lints the configs of a plain Hydra project as specs, through the map of the project's settings.

The clauses of the standards that the map names judge what it reaches; a value that the language has no form for is said
where it stands and judges nothing. That a line of the map reads what no experiment has is a finding, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec import clock, validate
from stdspec.codes import SLUGS
from stdspec.compose import mapped
from stdspec.compose.model import Composed
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Related, Severity
from stdspec.lint import judged, map_lines
from stdspec.lint.checks import rule_check
from stdspec.lint.composition import is_spec
from stdspec.mapping import Line
from stdspec.paths import dotted, shown, split_dotted
from stdspec.settings import Settings
from stdspec.standard import waivers
from stdspec.standard.model import Fault
from stdspec.validate import words

_DECIDING: Final = ("standards", "stage")
"""The paths that say which clauses hold."""


class Used(Struct):  # not frozen: lint gathers in it
    """What one run of lint saw of the maps of projects.

    Attributes:
        missed: for each settings file, the lines that no composition so far has anything for.
        roots: for each settings file, the config roots of the compositions.
    """

    missed: dict[str, list[Line]] = {}
    roots: dict[str, set[str]] = {}

    def look(self, root: str, composed: Composed, settings: Settings) -> list[Finding]:
        """What the standards of a map find in a composition of a config root, and takes note of what it has."""
        found = findings(composed, settings)
        if found is None:
            return []
        self._meet(root, composed, settings)
        return found

    def _meet(self, root: str, composed: Composed, settings: Settings) -> None:
        assert settings.map is not None
        file = settings.file or str(settings.root)
        self.roots.setdefault(file, set()).add(root)
        left = self.missed.get(file, settings.map.lines)
        self.missed[file] = [line for line in left if not mapped.is_there(composed, line)]

    def findings(self, paths: Iterable[str]) -> Iterator[Finding]:
        """The lines that read what no experiment has, of the projects whose config roots all lie in some paths."""
        looked = [Path(os.path.abspath(path)) for path in paths]
        for file, lines in self.missed.items():
            if all(any(Path(root).is_relative_to(folder) for folder in looked) for root in self.roots[file]):
                yield from (_idle(line, file) for line in lines)


def spec_of(composed: Composed, settings: Settings) -> Composed | None:
    """The spec that a composition is by the map of its project; None for a spec, and where no map holds for it.

    Raises:
        InputError: when a line of the map gives a path that the language does not have.
        ComposeError: when it is not known which standards hold, or at which stage.
    """
    found = _examined(composed, settings)
    if found is None:
        return None
    spec, said = found
    unknown = next((item for item in said if item.code == "MAP003"), None)
    if unknown is not None:
        raise ComposeError(unknown.message, place=shown(spec.key_span((unknown.path,)).file))
    return spec


def findings(composed: Composed, settings: Settings) -> list[Finding] | None:
    """What the standards of a map find in a composition, in its own files; None where no map holds for it.

    Raises:
        InputError: when a line of the map gives a path that the language does not have.
    """
    examined = _examined(composed, settings)
    if examined is None:
        return None
    spec, faults = examined
    today = clock.today()
    standards, wrong = judged.standards(spec, settings, today)
    board = waivers.board(settings, spec, today)

    def rules(code: str, of: Composed) -> Sequence[Fault]:
        return rule_check(code, of, settings)

    placed = judged.findings(spec, standards, rules, today, board)
    said = [*faults, *wrong, *(item for _, item in placed)]
    said += judged.of_waivers(board, standards) if board is not None else ()
    return [_traced(item, settings) for item in said]


def _examined(composed: Composed, settings: Settings) -> tuple[Composed, list[Finding]] | None:
    """The spec without the values that the language has no form for, and the findings about these."""
    if settings.map is None or is_spec(composed) or not holds(settings, composed.entry):
        return None
    if any(item.code == "HYD006" for item in composed.findings):  # nothing of an outside file is shown
        return None
    lines = map_lines.ready(settings)
    spec = mapped.mapped(composed, lines.lines, lines.places, lines.reach)
    misfits = validate.check_part(spec.resolved, (), lambda path, key: spec.key_span(path) if key else spec.span(path))
    paths = [split_dotted(item.path) for item in misfits]
    empty = {path for path in paths if spec.get(path) is None}  # elsewhere null seldom means that it was decided
    empty -= {path for path in empty if path[0] in _DECIDING and len(path) > 1}
    lost = {path: f"the language has no form for what {dotted(path)} says" for path in paths if path not in empty}
    found = [
        _untranslated(item)
        for item, path in zip(misfits, paths, strict=True)
        if not {path, path[0]} & {*empty, *_DECIDING}
    ]
    if paths:
        spec = mapped.without(spec, empty, lost)
    return _judgeable(spec), [*found, *_undecided(spec, misfits)]


def _judgeable(spec: Composed) -> Composed:
    """The spec with the standards that hold where neither the map nor the experiment says any."""
    if spec.get(("standards",)):
        return spec
    value = {**spec.resolved, "standards": map_lines.BY_DEFAULT[0].value}
    return replace(spec, value=value, resolved=value)


def _undecided(spec: Composed, misfits: Iterable[Finding]) -> Iterator[Finding]:
    """What decides which clauses hold, and is not known: an experiment of which it is open must not seem to pass."""
    assert spec.reach is not None
    said = {item.path.partition("[")[0]: _fact(item) for item in misfits}
    for path in _DECIDING:
        why = spec.reach.doubt((path,))
        if why is not None:
            message = f"{said.get(path, why)}; it decides what is asked, so give it a word or a value in the map"
            yield Finding(
                "MAP003", SLUGS["MAP003"], Severity.ERROR, message, path, spec.span((path,)) or spec.key_span((path,))
            )


def holds(settings: Settings, entry: str) -> bool:
    """Whether a map holds for an entry point."""
    only = settings.map.only if settings.map is not None else ()
    if not only:
        return True
    from stdspec.lint.select import matcher

    return matcher(only, settings)(entry)


def _idle(line: Line, file: str) -> Finding:
    message = (
        f"no experiment has {line.source}, from which the map reads {line.path}; correct it, or leave the line out"
    )
    return Finding("MAP001", SLUGS["MAP001"], Severity.WARNING, message, line.path, map_lines.place(file, line.path))


def _untranslated(item: Finding) -> Finding:
    """What the schema says of a value that somebody wrote for other eyes: it is no fault, but judges nothing."""
    message = f"{_fact(item)}; give it a word in the map, or it is not judged"
    return Finding("MAP002", SLUGS["MAP002"], Severity.WARNING, message, item.path, item.span)


def _fact(item: Finding) -> str:
    """What the schema says of a value, with its whole path in the language."""
    fact = item.message.partition("; ")[0]
    short = words.name(split_dotted(item.path))  # a reader who knows the key of the config needs the whole path
    return f"'{item.path}'{fact.removeprefix(short)}" if fact.startswith(short) else f"{fact}, read as {item.path}"


def _traced(item: Finding, settings: Settings) -> Finding:
    """A finding with the line of the map by which its place was read; what mends a spec would not mend that place."""
    lines = map_lines.ready(settings)
    path = split_dotted(item.path)
    at = next((stem for end in range(len(path), 0, -1) if (stem := dotted(path[:end])) in lines.places), None)
    source = next((line.source for line in lines.lines if line.path == at), None)
    if at is None or source is None:
        return replace(item, fix=())
    related = Related(f"the map reads {at} from {source}", lines.places[at])
    return replace(item, fix=(), related=(*item.related, related))

"""Lints specs: composes every entry point under the paths, checks each file by itself, and gathers the findings.

A spec is one when it says `stdspec:`; any other Hydra config gets the checks of YAML and composition alone.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from stdspec.codes import SLUGS
from stdspec.compose import entries
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Broken, Refused
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Severity, Span
from stdspec.lint import adoption, files, joined, plain
from stdspec.lint.aside import Aside, Choice, Scope
from stdspec.lint.checks import settings_at
from stdspec.lint.composition import is_spec, lint_composed
from stdspec.lint.incremental import ProjectRules
from stdspec.lint.memory import Asked, Found, Memory
from stdspec.paths import shown
from stdspec.settings import Settings
from stdspec.source import edits
from stdspec.source.reader import remembering
from stdspec.standard.load import is_standard

if TYPE_CHECKING:
    from stdspec.lint.baseline import Kept

EVERYTHING: Final = Choice()
"""Where the command line says nothing besides the settings."""


class Report(Struct, frozen=True):
    """What linting found.

    Attributes:
        findings: every finding once, in order of output.
        files: the YAML files that were looked at, absolute.
        entries: the entry points that were composed, as people call them.
        aside: what the project sets aside, by comments, settings or a baseline.
        lowered: how many findings are milder than they are by themselves.
        baseline: the baseline as it would be written, where there is one.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    entries: tuple[str, ...]
    aside: tuple[Aside, ...] = ()
    lowered: int = 0
    baseline: Kept | None = None

    @property
    def everything(self) -> tuple[Finding, ...]:
        """The findings and, behind them, those that are set aside: a secret among these is still one."""
        return (*self.findings, *(item.finding for item in self.aside))

    def count(self, severity: Severity) -> int:
        """The number of findings of one severity."""
        return sum(item.severity is severity for item in self.findings)


CACHED_FROM: Final = 64
"""From how many config files on it costs less to look up what was found before than to find it again."""

FilesAt = Mapping[str, Sequence[str]]
"""The config files at each path that lint is called with."""

SPREAD_FROM: Final = 96
"""From how many entry points on that nothing is known of it may pay to look at them in more than one process."""


def lint(
    paths: Sequence[str],
    settings: Settings | None = None,
    choice: Choice = EVERYTHING,
    *,
    cached: bool = False,
    changed: bool = False,
    jobs: int | None = 1,
) -> Report:
    """Lint files and folders.

    Args:
        paths: a folder stands for every entry point under it and every file by itself; an experiment or a primary is
            composed; a file of a config group is checked by itself.
        settings: those of the project; None takes for each file those that hold where it lies.
        choice: what the command line says besides the settings.
        cached: whether what earlier runs found of a spec may be said again while everything that it rests on is the
            same. The outcome is the same.
        changed: the paths are files that changed: every entry point that one of them reaches is composed.
        jobs: over how many processes the work may be spread where there is much of it; None for as many as there are
            cores. The outcome is the same.

    Raises:
        InputError: for a path at which there is nothing, a code that does not exist, a baseline that cannot be read.
        RunError: when a process that shares the work ends before it is done.
    """
    at = settings_at if settings is None else lambda _: settings
    files_at = {path: entries.yaml_files(path, at(path)) for path in paths}
    with _memory(paths, files_at, at, cached=cached, jobs=jobs) as memory:
        rules = ProjectRules(memory)
        looked_at = _looked_at(paths, files_at, at, changed)
        reached, names, seen = _gathered(looked_at, settings, choice, memory, rules, jobs)
    found = sorted(joined.once(reached, several=len(names) > 1), key=Finding.sort_key)
    here = at(paths[0] if paths else ".")
    scope = Scope(tuple(paths), seen, tuple(names.values()), here, at, bool(choice.exclude), rules.quiet)
    said = adoption.settle(found, scope, choice)
    return Report(said.findings, seen, tuple(names), said.aside, said.lowered, said.baseline)


@contextmanager
def _memory(
    paths: Sequence[str], files_at: FilesAt, at: Callable[[str], Settings], *, cached: bool, jobs: int | None
) -> Iterator[Memory]:
    """What earlier runs and other processes know, of many config files; of few it costs more than it saves."""
    if (not cached and jobs == 1) or sum(map(len, files_at.values())) < CACHED_FROM:
        yield Memory()
        return
    with _opened(at(paths[0])) if cached else Memory() as memory, remembering(memory):
        yield memory


def _opened(settings: Settings) -> Memory:
    from stdspec.lint.cache import Cache  # a database is opened only where it pays

    return Cache(settings)


def _looked_at(
    paths: Sequence[str], files_at: FilesAt, at: Callable[[str], Settings], changed: bool
) -> Iterator[tuple[str, Iterable[entries.Entry], Sequence[str]]]:
    """Each path with its entry points and config files."""
    if not changed:
        for path in paths:
            yield path, entries.find(path, at(path)), files_at[path]
        return
    from stdspec.lint import reach  # hooks alone ask for it

    found = list(reach.entry_points(paths, at))
    for path in paths:
        yield path, found, [file for file in files_at[path] if file.endswith((".yaml", ".yml"))]


def _gathered(
    looked_at: Iterable[tuple[str, Iterable[entries.Entry], Sequence[str]]],
    settings: Settings | None,
    choice: Choice,
    memory: Memory,
    rules: ProjectRules,
    jobs: int | None,
) -> tuple[dict[Finding, list[str]], dict[str, entries.Entry], tuple[str, ...]]:
    """Every finding with the entry points that it reaches, the entry points by name, the files that were looked at."""
    reached: dict[Finding, list[str]] = {}
    names: dict[str, entries.Entry] = {}
    seen: dict[str, None] = {}
    plains = plain.Gathered()
    own_of = cache(lambda folder: settings or settings_at(folder))
    whole: list[str] = []
    for path, points, config_files in looked_at:
        whole.append(path)
        here = settings or settings_at(path)
        readers: dict[str, entries.Entry | None] = {}
        left_out = adoption.excluded(here, choice)
        asked = list(_asked((entry for entry in points if not left_out(entry.file)), own_of, names))
        known = _known(asked, plains, memory, jobs)
        for one, before in zip(asked, known, strict=True):
            names[one.name] = one.entry
            plains.meet(one.entry)
            found, sources, ours = before or _anew(one, plains, memory)
            for source in sources:
                readers[source] = readers.get(source) or (one.entry if ours else None)
            for item in found:
                reached.setdefault(item, []).append(one.name)
        for file in config_files:
            if file not in seen and not left_out(file):
                seen[file] = None
                own = own_of(file.rpartition("/")[0])
                for item in plains.by_itself(file, _by_itself(file, readers, own, reached), own):
                    reached.setdefault(item, [])
        plains.settings = here
    if plains.maps is not None:
        reached.update({item: [] for item in plains.maps.findings(whole)})
    for item, by in plains.findings(tuple(seen), reached, rules):
        reached.setdefault(item, []).extend(by)
    return reached, names, tuple(seen)


def _asked(points: Iterable[entries.Entry], own_of: Callable[[str], Settings], done: Container[str]) -> Iterator[Asked]:
    """The entry points to look at, each once; a standard is none."""
    names: set[str] = set()
    called = cache(lambda folder, primary: f"{shown(Path(folder, primary))}.yaml")
    for entry in points:
        if not entry.overrides and is_standard(entries.document(entry.file)):
            continue
        name = " ".join((called(entry.config_dir, entry.config_name), *entry.overrides))
        if name not in done and name not in names:
            names.add(name)
            yield Asked(entry, name, own_of(entry.config_dir))


def _known(asked: Sequence[Asked], plains: plain.Gathered, memory: Memory, jobs: int | None) -> list[Found | None]:
    """What is found of entry points before their turn comes: by earlier runs, or now by several processes at once."""
    known = [memory.known(one.entry, one.settings) for one in asked]
    if jobs != 1 and known.count(None) >= SPREAD_FROM:
        from stdspec.lint.ahead import Search  # few runs have so much to do

        Search(asked, known, _entry, plains, memory).spread(jobs)
    return known


def _anew(one: Asked, plains: plain.Gathered, memory: Memory) -> Found:
    found = _entry(one.entry, one.name, one.settings, plains)
    memory.learn(one.entry, one.settings, found)
    return found


def _by_itself(
    file: str, readers: Mapping[str, entries.Entry | None], settings: Settings, said: Iterable[Finding]
) -> list[Finding]:
    """What is wrong with a file that no entry point reads, or that a spec reads and writes over."""
    if file not in readers:
        return list(files.check(file, settings))
    reader = readers[file]
    return list(joined.beaten(file, reader, settings, said)) if reader else []


def _entry(entry: entries.Entry, name: str, settings: Settings, plains: plain.Gathered) -> Found:
    """The findings of one entry point, the files that it read, and whether it is a spec of ours."""
    try:
        composed = plains.composed(entry, settings)
    except Broken as error:
        return list(error.findings), {item.span.file for item in error.findings if item.span}, False
    except ComposeError as error:
        span = error.span if isinstance(error, Refused) else None
        message = f"{error.message}; {error.remedy}" if error.remedy else error.message
        at = span or Span(entry.file, 1, 1, 1, 1)
        instead = error.instead if isinstance(error, Refused) else None
        fix = edits.respelt_within(span, *instead) if instead else ()
        found = Finding("HYD008", SLUGS["HYD008"], Severity.ERROR, message, "", at, (), fix)
        if plains.is_plain(entry):
            plains.refusals.append(plain.Refusal(entry, name, found))
            rest = plains.without_plugins(entry, settings) if "hydra" in error.message else None
            return _plain(entry, rest, settings, plains) if rest else ([], set(), False)
        return [found], set(), False
    if is_spec(composed):
        return lint_composed(composed, settings), set(composed.files), True
    return _plain(entry, composed, settings, plains)


def _plain(entry: entries.Entry, composed: Composed, settings: Settings, plains: plain.Gathered) -> Found:
    plains.add(entry, composed)
    found = plain.weighed(lint_composed(composed, settings), settings)
    return found + plains.by_map(entry, composed, settings), set(composed.files), False

"""Lints specs: composes every entry point under the paths, checks each file by itself, and gathers the findings.

A spec is one when it says `stdspec:`; any other Hydra config gets the checks of YAML and composition alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from stdspec import clock, validate
from stdspec.codes import SLUGS
from stdspec.compose import entries
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Broken, Refused
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Related, Severity, Span
from stdspec.lint import catalog, files, joined, judged, plain
from stdspec.lint.checks import rule_check, settings_at
from stdspec.paths import ConfigPath, dotted, select, shown, split_dotted
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard.model import Fault, Standard
from stdspec.standard.place import place
from stdspec.suggest import slipped
from stdspec.validate import respelt


class Report(Struct, frozen=True):
    """What linting found.

    Attributes:
        findings: every finding once, in order of output.
        files: the YAML files that were looked at, absolute.
        entries: the entry points that were composed, as people call them.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    entries: tuple[str, ...]

    def count(self, severity: Severity) -> int:
        """The number of findings of one severity."""
        return sum(item.severity is severity for item in self.findings)


def lint(paths: Sequence[str], settings: Settings | None = None) -> Report:
    """Lint files and folders.

    Args:
        paths: a folder stands for every entry point under it and every file by itself; an experiment or a primary is
            composed; a file of a config group is checked by itself.
        settings: those of the project; None takes for each file those that hold where it lies.

    Raises:
        InputError: for a path at which there is nothing.
    """
    reached: dict[Finding, list[str]] = {}
    names: dict[str, None] = {}
    seen: dict[str, None] = {}
    plains = plain.Gathered()
    for path in paths:
        here = settings or settings_at(path)
        readers: dict[str, entries.Entry | None] = {}
        for entry in entries.find(path, here):
            if not entry.overrides and files.is_standard(read(entry.file)):
                continue
            name = " ".join((shown(Path(entry.config_dir, entry.config_name)) + ".yaml", *entry.overrides))
            if name in names:
                continue
            names[name] = None
            found, sources, ours = _entry(entry, name, settings or settings_at(entry.config_dir), plains)
            for source in sources:
                readers[source] = readers.get(source) or (entry if ours else None)
            for item in found:
                reached.setdefault(item, []).append(name)
        for file in entries.yaml_files(path, here):
            if file not in seen:
                seen[file] = None
                own = settings or settings_at(file)
                for item in plains.by_itself(file, _by_itself(file, readers, own, reached), own):
                    reached.setdefault(item, [])
        plains.settings = here
    for item, by in plains.findings(tuple(seen), reached):
        reached.setdefault(item, []).extend(by)
    return Report(tuple(sorted(joined.once(reached), key=Finding.sort_key)), tuple(seen), tuple(names))


def lint_composed(composed: Composed, settings: Settings) -> list[Finding]:
    """Everything that is wrong with one composed spec, in order of output."""
    outsiders = [item for item in composed.findings if item.code == "HYD006"]
    if outsiders:  # nothing else is said: findings show lines, and the lines of an outside file may hold secrets
        return sorted(outsiders, key=Finding.sort_key)
    found = list(composed.findings)
    found += (item for _, item in _unconditional(composed, settings, "hydra"))
    if is_spec(composed):
        said = {(item.span, item.path) for item in found if item.severity is not Severity.INFO}
        checked = validate.examine(composed)
        refused = [item for item in checked.findings if (item.span, item.path) not in said]
        today = clock.today()
        standards, faults = judged.standards(composed, settings, today)
        found = [item for item in found if not _follows(composed, item, checked.intended)] + faults

        def rules(code: str, spec: Composed) -> Sequence[Fault]:
            return rule_check(code, spec, settings)

        placed = [*_unconditional(composed, settings, "schema"), *judged.findings(composed, standards, rules, today)]
        found += judged.without_repeats(composed, refused, checked.intended, placed)
    unique = dict.fromkeys(_explained(composed, item) for item in found)
    return sorted(unique, key=Finding.sort_key)


def _follows(composed: Composed, item: Finding, intended: frozenset[ConfigPath]) -> bool:
    """Whether a value is missing only because its key is misspelt, here or where an interpolation looks for it."""
    path = split_dotted(item.path)
    at = {"HYD001": path, "HYD002": respelt.target(select(composed.value, path))}.get(item.code)
    return at is not None and respelt.below(at, intended)


def is_spec(composed: Composed) -> bool:
    """Whether a composition is a spec of ours: it says `stdspec:`, if misspelt, or selects a shipped option of it."""
    if "stdspec" in composed.resolved or any(group.split("/")[0] == "stdspec" for group in composed.choices):
        return True
    return any(isinstance(key, str) and slipped(key, ["stdspec"]) for key in composed.resolved)


def standards_of(composed: Composed, settings: Settings) -> list[Standard]:
    """The standards that a spec names and that can be judged by; those at fault are findings of lint."""
    return judged.standards(composed, settings, clock.today())[0]


def _by_itself(
    file: str, readers: Mapping[str, entries.Entry | None], settings: Settings, said: Iterable[Finding]
) -> list[Finding]:
    """What is wrong with a file that no entry point reads, or that a spec reads and writes over."""
    if file not in readers:
        return list(files.check(file, settings))
    reader = readers[file]
    return list(joined.beaten(file, reader, settings, said)) if reader else []


def _entry(
    entry: entries.Entry, name: str, settings: Settings, plains: plain.Gathered
) -> tuple[list[Finding], set[str], bool]:
    """The findings of one entry point, the files that it read, and whether it is a spec of ours."""
    plains.roots[entry.config_dir] = None
    try:
        composed = plains.composed(entry, settings)
    except Broken as error:
        return list(error.findings), {item.span.file for item in error.findings if item.span}, False
    except ComposeError as error:
        span = error.span if isinstance(error, Refused) else None
        message = f"{error.message}; {error.remedy}" if error.remedy else error.message
        at = span or Span(entry.file, 1, 1, 1, 1)
        found = Finding("HYD008", SLUGS["HYD008"], Severity.ERROR, message, "", at)
        if plains.is_plain(entry):
            plains.refusals.append(plain.Refusal(entry, name, found))
            rest = plain.without_plugins(entry, settings) if "hydra" in error.message else None
            return _plain(entry, rest, settings, plains) if rest else ([], set(), False)
        return [found], set(), False
    if is_spec(composed):
        return lint_composed(composed, settings), set(composed.files), True
    return _plain(entry, composed, settings, plains)


def _plain(
    entry: entries.Entry, composed: Composed, settings: Settings, plains: plain.Gathered
) -> tuple[list[Finding], set[str], bool]:
    plains.add(entry, composed)
    return plain.weighed(lint_composed(composed, settings), settings), set(composed.files), False


def _unconditional(composed: Composed, settings: Settings, form: str) -> Iterator[judged.Placed]:
    """What the rules find that run whatever standards a spec names."""
    for code in catalog.unconditional(form):
        rule = catalog.load(code)
        for fault in rule.check(composed, settings):
            severity = Severity.INFO if fault.note else rule.severity
            span = place(composed, fault.path, key=fault.key)
            yield fault.path, Finding(rule.code, rule.slug, severity, fault.message, dotted(fault.path), span)


def _explained(composed: Composed, item: Finding) -> Finding:
    """The finding with what its value beat, where it beat something and does not say so yet."""
    chain = composed.origins.get(split_dotted(item.path), ()) if item.path and not item.related else ()
    if len(chain) < 2 or item.span not in (chain[0].span, chain[0].key):
        return item
    beaten = tuple(
        Related(f"takes the place of {_short(origin.value)} from {origin.layer}", origin.span)
        for origin in chain[1:]
        if not isinstance(origin.value, dict)
    )
    return replace(item, related=beaten)


def _short(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


__all__ = ["Report", "is_spec", "lint", "lint_composed", "rule_check", "standards_of"]

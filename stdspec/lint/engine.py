"""Lints specs: composes every entry point under the paths, checks each file by itself, and gathers the findings.

A spec is one when it says `stdspec:`; any other Hydra config gets the checks of YAML and composition alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stdspec import clock, validate
from stdspec.compose import entries
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Broken, Refused
from stdspec.domains import FORM
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Related, Severity, Span
from stdspec.lint import catalog, files, judged, plain
from stdspec.lint.checks import rule_check, settings_at
from stdspec.paths import dotted, shown, split_dotted
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard.model import Fault, Standard
from stdspec.standard.place import place


@dataclass(frozen=True, slots=True)
class Report:
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
        composed_files: set[str] = set()
        for entry in entries.find(path, here):
            if not entry.overrides and files.is_standard(read(entry.file)):
                continue
            name = " ".join((shown(Path(entry.config_dir, entry.config_name)) + ".yaml", *entry.overrides))
            if name in names:
                continue
            names[name] = None
            found, sources = _entry(entry, name, settings or settings_at(entry.config_dir), plains)
            composed_files |= sources
            for item in found:
                reached.setdefault(item, []).append(name)
        for file in entries.yaml_files(path, here):
            if file not in seen:
                seen[file] = None
                for item in files.check(file, settings or settings_at(file), composed=file in composed_files):
                    if not (item.code.startswith(FORM["schema"]) and plains.holds(file)):
                        reached.setdefault(item, [])
        plains.settings = here
    for item, by in plains.findings(tuple(seen), reached):
        reached.setdefault(item, []).extend(by)
    merged = (_counted(item, specs) for item, specs in _joined(reached).items())
    return Report(tuple(sorted(merged, key=Finding.sort_key)), tuple(seen), tuple(names))


def lint_composed(composed: Composed, settings: Settings) -> list[Finding]:
    """Everything that is wrong with one composed spec, in order of output."""
    outsiders = [item for item in composed.findings if item.code == "HYD006"]
    if outsiders:  # nothing else is said: findings show lines, and the lines of an outside file may hold secrets
        return sorted(outsiders, key=Finding.sort_key)
    found = list(composed.findings)
    found += (item for _, item in _unconditional(composed, settings, "hydra"))
    if is_spec(composed):
        said = {(item.span, item.path) for item in found if item.severity is not Severity.INFO}
        refused = [item for item in validate.check(composed) if (item.span, item.path) not in said]
        today = clock.today()
        standards, faults = judged.standards(composed, settings, today)
        found += faults

        def rules(code: str, spec: Composed) -> Sequence[Fault]:
            return rule_check(code, spec, settings)

        placed = [*_unconditional(composed, settings, "schema"), *judged.findings(composed, standards, rules, today)]
        found += judged.without_repeats(refused, placed, catalog.modules())
    unique = dict.fromkeys(_explained(composed, item) for item in found)
    return sorted(unique, key=Finding.sort_key)


def is_spec(composed: Composed) -> bool:
    """Whether a composition is a spec of ours: it says `stdspec:`, or selects a shipped option of that name."""
    return "stdspec" in composed.resolved or any(group.split("/")[0] == "stdspec" for group in composed.choices)


def standards_of(composed: Composed, settings: Settings) -> list[Standard]:
    """The standards that a spec names and that can be judged by; those at fault are findings of lint."""
    return judged.standards(composed, settings, clock.today())[0]


def _entry(
    entry: entries.Entry, name: str, settings: Settings, plains: plain.Gathered
) -> tuple[list[Finding], set[str]]:
    """The findings of one entry point, and the files that it read."""
    plains.roots[entry.config_dir] = None
    try:
        composed = plains.composed(entry, settings)
    except Broken as error:
        return list(error.findings), {item.span.file for item in error.findings if item.span}
    except ComposeError as error:
        span = error.span if isinstance(error, Refused) else None
        message = f"{error.message}; {error.remedy}" if error.remedy else error.message
        at = span or Span(entry.file, 1, 1, 1, 1)
        found = Finding("HYD008", "refused-composition", Severity.ERROR, message, "", at)
        if plains.is_plain(entry):
            plains.refusals.append(plain.Refusal(entry, name, found))
            rest = plain.without_plugins(entry, settings) if "hydra" in error.message else None
            return _plain(entry, rest, settings, plains) if rest else ([], set())
        return [found], set()
    if is_spec(composed):
        return lint_composed(composed, settings), set(composed.files)
    return _plain(entry, composed, settings, plains)


def _plain(
    entry: entries.Entry, composed: Composed, settings: Settings, plains: plain.Gathered
) -> tuple[list[Finding], set[str]]:
    plains.add(entry, composed)
    return plain.weighed(lint_composed(composed, settings), settings), set(composed.files)


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


def _joined(reached: dict[Finding, list[str]]) -> dict[Finding, list[str]]:
    """Findings of one code, place and message as one, however they were reached."""
    merged: dict[tuple[str, Span | None, str], tuple[Finding, list[str]]] = {}
    for item, names in reached.items():
        first, so_far = merged.setdefault((item.code, item.span, item.message), (item, []))
        so_far.extend(name for name in names if name not in so_far)
        if item.severity.rank < first.severity.rank:
            merged[item.code, item.span, item.message] = (item, so_far)
    return dict(merged.values())


def _counted(item: Finding, names: Iterable[str]) -> Finding:
    count = len(list(names))
    return replace(item, message=f"{item.message} (in {count} specs)") if count > 1 else item


__all__ = ["Report", "is_spec", "lint", "lint_composed", "rule_check", "standards_of"]

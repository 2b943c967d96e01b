"""Everything that is wrong with one composed spec, each fault once and with the chain of values that it beat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from stdspec import clock, validate
from stdspec.compose.model import Composed
from stdspec.finding import Finding, Related, Severity
from stdspec.lint import catalog, judged
from stdspec.lint.checks import rule_check
from stdspec.paths import ConfigPath, dotted, select, split_dotted
from stdspec.settings import Settings
from stdspec.standard import waivers
from stdspec.standard.model import Fault, Standard
from stdspec.standard.place import place
from stdspec.suggest import slipped
from stdspec.validate import respelt

SECRETS: Final = "CMP011"
"""The rule that no standard can leave out: what passes here is run, and a run folder is handed on and run again."""


def lint_composed(composed: Composed, settings: Settings) -> list[Finding]:
    """Everything that is wrong with one composed spec, in order of output."""
    outsiders = [item for item in composed.findings if item.code == "HYD006"]
    if outsiders:  # nothing else is said: findings show lines, and the lines of an outside file may hold secrets
        return sorted(outsiders, key=Finding.sort_key)
    found = list(composed.findings)
    found += (item for _, item in _by_rules(catalog.unconditional("hydra"), composed, settings))
    if is_spec(composed):
        said = {(item.span, item.path) for item in found if item.severity is not Severity.INFO}
        checked = validate.examine(composed)
        left_open = {item.path for item in found if item.code == "HYD001"}
        refused = [
            item for item in checked.findings if (item.span, item.path) not in said and item.path not in left_open
        ]
        today = clock.today()
        standards, faults = judged.standards(composed, settings, today)
        found = [item for item in found if not _follows(composed, item, checked.intended)] + faults
        board = waivers.board(settings, composed, today)
        found += judged.of_waivers(board, standards) if board is not None else ()

        def rules(code: str, spec: Composed) -> Sequence[Fault]:
            return rule_check(code, spec, settings)

        placed = [
            *_by_rules(catalog.unconditional("schema"), composed, settings),
            *judged.findings(composed, standards, rules, today, board),
        ]
        if not judged.always_asked(SECRETS, standards):
            placed = [(path, item) for path, item in placed if item.code != SECRETS]
            placed += _by_rules((SECRETS,), composed, settings)
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


def _by_rules(codes: Iterable[str], composed: Composed, settings: Settings) -> Iterator[judged.Placed]:
    """What some rules find, whatever standards a spec names."""
    for code in codes:
        if not catalog.concerns(code, composed):
            continue
        rule = catalog.load(code)
        for fault in rule.check(composed, settings):
            severity = Severity.INFO if fault.note else rule.severity
            span = place(composed, fault.path, key=fault.key)
            fix = judged.instead(composed, fault.path, span, key=fault.key, meant=fault.meant)
            yield fault.path, Finding(rule.code, rule.slug, severity, fault.message, dotted(fault.path), span, (), fix)


def _explained(composed: Composed, item: Finding) -> Finding:
    """The finding with what its value beat, where it beat something and does not say so yet."""
    chain = composed.origins.get(split_dotted(item.path), ()) if item.path and not item.related else ()
    if len(chain) < 2 or item.span not in (chain[0].span, chain[0].key):
        return item
    beaten = tuple(
        Related(f"takes the place of {_short(origin.value)} from {origin.layer}", origin.span)
        for origin in chain[1:]
        if origin.value is not None and not isinstance(origin.value, dict)
    )
    return replace(item, related=beaten)


def _short(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"

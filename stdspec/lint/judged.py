"""Turns the clauses of the standards that a spec names into findings, as far as the spec alone can fail them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from stdspec.compose.model import Composed
from stdspec.domains import STAGES
from stdspec.finding import Finding, Related, Severity, Span
from stdspec.lint import catalog, secret
from stdspec.paths import ConfigPath, dotted, split_dotted
from stdspec.settings import Settings
from stdspec.source import edits
from stdspec.standard import lock, waivers
from stdspec.standard.faults import finding
from stdspec.standard.judge import not_applicable
from stdspec.standard.load import StandardError, load
from stdspec.standard.model import LEVELS, Clause, RuleCheck, Standard
from stdspec.standard.operators import ORDER
from stdspec.standard.outcome import Outcome, Scope, of_paths, of_rule
from stdspec.standard.place import place
from stdspec.standard.quantity import order, quantity
from stdspec.standard.verdict import Verdict
from stdspec.standard.waivers import Board, Waiver
from stdspec.validate import respelt

Placed = tuple[ConfigPath, Finding]
"""A finding and the config path it is about."""


def standards(spec: Composed, settings: Settings, today: datetime.date) -> tuple[list[Standard], list[Finding]]:
    """The standards that a spec names, and what is wrong with naming them.

    A review that is overdue is only a warning, so that time alone never closes the lint gate. What they say now is
    compared with what the project's lock says of them.
    """
    loaded: list[Standard] = []
    found: list[Finding] = []
    names = spec.get(("standards",))
    for index, name in enumerate(names if isinstance(names, list) else []):
        path: ConfigPath = ("standards", index)
        span = spec.span(path)
        if not isinstance(name, str):
            continue
        try:
            standard = load(name, settings, catalog.modules().keys())
        except StandardError as error:
            found += _refused(error, name, path, span)
            continue
        loaded.append(standard)
        if standard.review_by is not None and order(today, standard.review_by) == 1:
            message = f"the review of {standard.label} was due on {standard.review_by}; ask its owner for a new version"
            found.append(finding("STD014", message, path, span, Severity.WARNING))
    found += lock.findings(loaded, settings)
    return loaded, found


def _refused(error: StandardError, name: str, path: ConfigPath, span: Span | None) -> Iterator[Finding]:
    """What is wrong with a standard, where that is; that a spec names it is no fault of the spec."""
    here = (Related(f"{name} is named here", span),) if span is not None else ()
    for item in error.findings:
        yield replace(item, related=(*item.related, *here))
    if not error.findings:
        message = f"{error.message}; {error.remedy}" if error.remedy else error.message
        yield finding("STD010", message, path, span, fix=edits.respelt(span, name, error.meant))


def always_asked(rule: str, loaded: Iterable[Standard]) -> bool:
    """Whether a must that holds at every stage and under every condition asks that a rule finds nothing."""
    clauses = (clause for standard in loaded for clause in standard.clauses.values() if clause.rule == rule)
    return any(clause.level == "must" and clause.since == STAGES[0] and not clause.when for clause in clauses)


def stage(spec: Composed) -> str:
    """The stage of a spec; research where it says none that exists."""
    said = spec.get(("stage",))
    return said if said in STAGES else STAGES[0]


def findings(
    spec: Composed, loaded: Sequence[Standard], rules: RuleCheck, today: datetime.date, board: Board | None = None
) -> Iterator[Placed]:
    """What the clauses find on a spec before anything runs; a clause that two standards share is judged once."""
    scope = Scope(spec, None, today, rules, explains=False)
    now, done = stage(spec), set[tuple[str, str]]()
    for standard in loaded:
        for clause in standard.clauses.values():
            key = (clause.standard, clause.id)
            if key in done or not clause.reads_spec() or not_applicable(clause, standard, scope, now) is not None:
                continue
            done.add(key)
            placed = _of_clause(spec, clause, scope)
            waiver = board.covering(clause, [item for item in loaded if item.holds(clause)]) if board else None
            yield from placed if waiver is None else _waived(placed, waiver)


def of_waivers(board: Board, loaded: Iterable[Standard]) -> Iterator[Finding]:
    """What there is to be said of the waivers that select a spec."""
    clauses = {clause.id for standard in loaded for clause in standard.clauses.values()}
    yield from board.findings
    yield from waivers.about(board.waivers, board.subject, clauses)


def _waived(placed: Iterable[Placed], waiver: Waiver) -> Iterator[Placed]:
    """Findings that a waiver bears: they stop nothing, and say by whose word."""
    for path, item in placed:
        message = f"{item.message.partition('; ')[0]}; {waiver.words}"
        yield path, replace(item, severity=Severity.INFO, message=message)


def _of_clause(spec: Composed, clause: Clause, scope: Scope) -> Iterator[Placed]:
    for outcome in of_rule(clause, scope):
        if outcome.verdict not in (Verdict.PASS, Verdict.NO_EVIDENCE):  # of a mapped spec a rule may know too little
            code = clause.rule or clause.id
            yield outcome.path[1:], _finding(spec, clause, outcome, code, outcome.reason)
    failed = [outcome for outcome in of_paths(clause, scope, "spec") if outcome.verdict is Verdict.FAIL]
    merged: dict[Span, list[Outcome]] = {}
    for outcome in failed:
        merged.setdefault(place(spec, outcome.path[1:], key=outcome.key), []).append(outcome)
    for outcomes in merged.values():
        facts = ", ".join(dict.fromkeys(outcome.reason for outcome in outcomes))
        remedy = clause.remedy.rstrip(".")
        message = f"{facts}; {remedy[0].lower()}{remedy[1:]}"
        yield outcomes[0].path[1:], _finding(spec, clause, outcomes[0], clause.id, message)


def _finding(spec: Composed, clause: Clause, outcome: Outcome, code: str, message: str) -> Finding:
    path = outcome.path[1:]
    severity = LEVELS[clause.level]
    if _dated(spec, clause, outcome):
        severity = max(severity, Severity.WARNING, key=lambda item: item.rank)
    span = place(spec, path, key=outcome.key)
    fix = instead(spec, path, span, key=outcome.key, meant=outcome.meant)
    return Finding(code, clause.slug, severity, message, dotted(path), span, (), fix)


def instead(spec: Composed, path: ConfigPath, span: Span, *, key: bool, meant: str) -> edits.Edits:
    """The edit that writes the word which was probably meant where the key or the value of a path stands."""
    return edits.respelt(span, path[-1] if key else spec.get(path), meant) if meant else ()


def _dated(spec: Composed, clause: Clause, outcome: Outcome) -> bool:
    """Whether it is only the calendar that fails it: a date that was written once and has passed."""
    operators = clause.require.get(dotted(outcome.path), {})
    if outcome.operator not in ORDER or operators.get(outcome.operator) != "today":
        return False
    written = quantity(spec.get(outcome.path[1:]))
    return written is not None and written.kind == "date"


def without_repeats(
    spec: Composed, checked: Iterable[Finding], intended: Collection[ConfigPath], placed: Iterable[Placed]
) -> list[Finding]:
    """The findings of the schema and of the clauses, one for each fault.

    Where the schema refuses a value, clauses say nothing more about it or about the mapping that holds it, with one
    exception: a rule that finds an error at that very place knows why it is one, and speaks instead of the schema.
    A secret is said wherever it stands: what kept silent about it would show it.

    Args:
        spec: what is judged.
        checked: what the schema refuses.
        intended: the paths that misspelt keys stand for or that the schema misses; no clause asks for them again.
        placed: what the clauses and rules find, with its path.
    """
    by_schema = {item.path: item for item in checked if item.path}
    parents = {parent for path in by_schema if (parent := dotted(split_dotted(path)[:-1]))}
    kept = dict.fromkeys(checked)
    for path, item in placed:
        at = dotted(path)
        stems = (dotted(path[:end]) for end in range(1, len(path) + 1))
        above = next((stem for stem in stems if stem in by_schema), None) if by_schema else None
        if item.code in secret.CODES or (above == at and _knows_why(spec, path, item, by_schema[at])):
            if at in by_schema:
                kept.pop(by_schema[at], None)
            kept[item] = None
        elif above is None and at not in parents and not respelt.below(path, intended):
            kept[item] = None
    return list(kept)


def _knows_why(spec: Composed, path: ConfigPath, item: Finding, refused: Finding) -> bool:
    """Whether a rule says more of a value than the schema that refuses it: not where its type alone is wrong."""
    if item.severity is not Severity.ERROR or item.code not in catalog.modules():
        return False
    return refused.code != "SPC002" or spec.get(path) is None

"""Runs the tests that the clauses of a standard carry: what must pass passes, and what must fail does not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from stdspec.compose.model import Composed
from stdspec.evidence import Record
from stdspec.paths import split_dotted
from stdspec.standard.judge import DOMINANCE
from stdspec.standard.model import Clause, RuleCheck, Standard
from stdspec.standard.outcome import Evidence, Outcome, Scope, of_paths, of_rule
from stdspec.standard.verdict import Verdict


def run(standard: Standard, today: datetime.date, rules: RuleCheck | None) -> Iterator[tuple[str, str, int, str]]:
    """Every test that a clause gets wrong: clause id, pass or fail, index of the test, message.

    Tests assume that `when` holds and that nothing is assumed; in `fail`, any verdict but pass counts.
    """
    for clause in standard.clauses.values():
        for index, document in enumerate(clause.passing):
            outcome = verdict_on(clause, document, today, rules)
            if outcome.verdict is not Verdict.PASS:
                yield clause.id, "pass", index, f"this must pass, but it gives {outcome.verdict}: {outcome.reason}"
        for index, document in enumerate(clause.failing):
            outcome = verdict_on(clause, document, today, rules)
            if outcome.verdict is Verdict.PASS:
                yield clause.id, "fail", index, f"this must not pass, but it does: {outcome.reason}"


def verdict_on(clause: Clause, document: Mapping[str, Any], today: datetime.date, rules: RuleCheck | None) -> Outcome:
    """The outcome of one clause on a document of dotted paths, ``{"spec.data.license": "MIT", "run.data": {…}}``."""
    spec: dict[str, Any] = {}
    records: list[Record] = []
    for text, value in document.items():
        path = split_dotted(text)
        if path[0] != "spec":
            records.append(Record(text, value))
        elif len(path) > 1:
            _put(spec, path[1:], value)
    composed = Composed("test", "test", spec, spec, {})
    scope = Scope(composed, Evidence.of(records, ""), today, rules)
    outcomes = [*of_rule(clause, scope), *of_paths(clause, scope, "spec"), *of_paths(clause, scope, "run")]
    return min(outcomes, key=lambda item: DOMINANCE.index(item.verdict))


def _put(tree: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    *parents, last = path
    for key in parents:
        tree = tree.setdefault(str(key), {})
    tree[str(last)] = value

"""The seven verdicts: judges every clause of the standards on a spec and the evidence of its runs.

Only PASS is a pass. A clause with parts on the spec and on the run needs both: fail dominates, then error, stale and
no evidence.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from stdspec.compose.model import Composed
from stdspec.domains import reached
from stdspec.evidence import Record
from stdspec.finding import Span
from stdspec.paths import MISSING, ConfigPath, dotted, split_dotted
from stdspec.standard.model import APPLIES_TO, Clause, RuleCheck, Standard
from stdspec.standard.outcome import Evidence, Outcome, Scope, holds, of_paths, of_rule
from stdspec.standard.place import place
from stdspec.standard.quantity import order
from stdspec.standard.verdict import Judgement, Verdict

DOMINANCE: Final = (Verdict.FAIL, Verdict.ERROR, Verdict.STALE, Verdict.NO_EVIDENCE, Verdict.PASS)
"""Which verdict wins where the parts of a clause disagree."""


def judge(
    standards: Iterable[Standard],
    composed: Composed | None,
    records: Sequence[Record],
    *,
    spec_digest: str,
    stage: str,
    today: datetime.date,
    rules: RuleCheck | None = None,
    recorded: datetime.date | None = None,
) -> list[Judgement]:
    """One judgement for each clause, in the order of the standards; a clause that two standards share is judged once.

    Args:
        standards: the standards that the spec names, loaded.
        composed: the spec, or None when only evidence is at hand.
        records: what runs observed; records of another spec are stale.
        spec_digest: the digest of the judged spec, as the records carry it.
        stage: research, candidate or release.
        today: the date that dates are judged by.
        rules: runs a built-in check; without it a clause that names one gets the verdict error.
        recorded: when the records were made; None means by the run that has just ended.
    """
    scope = Scope(composed, Evidence.of(records, spec_digest), today, rules)
    found: dict[tuple[str, str], Judgement] = {}
    for standard in standards:
        for clause in standard.clauses.values():
            key = (clause.standard, clause.id)
            if key not in found:
                found[key] = judge_clause(clause, standard, scope, stage, recorded)
    return list(found.values())


def judge_clause(
    clause: Clause, standard: Standard, scope: Scope, stage: str, recorded: datetime.date | None = None
) -> Judgement:
    """The judgement on one clause."""
    why_not = not_applicable(clause, standard, scope, stage)
    if why_not is not None:
        return _judgement(clause, scope, Outcome(Verdict.NOT_APPLICABLE, why_not, ()), [])
    outcomes = [*of_rule(clause, scope), *of_paths(clause, scope, "spec"), *of_paths(clause, scope, "run")]
    if clause.reads_run() and _too_old(clause, recorded, scope.today):
        outcomes.append(
            Outcome(Verdict.STALE, f"the evidence of {recorded} is older than {clause.valid_for}", ("run",))
        )
    return _judgement(clause, scope, _decisive(outcomes), outcomes)


def not_applicable(clause: Clause, standard: Standard, scope: Scope, stage: str) -> str | None:
    """Why a clause does not apply to the spec, or None when it does."""
    if not reached(stage, clause.since):
        return f"it holds from stage {clause.since}, and the spec is at stage {stage}"
    if standard.effective is not None and order(scope.today, standard.effective) == -1:
        return f"{standard.label} takes effect on {standard.effective}"
    for name, wanted in standard.applies_to.items():
        value = None if scope.composed is None else scope.composed.get(APPLIES_TO[name])
        if value not in (wanted if isinstance(wanted, list) else [wanted]):
            return f"{standard.label} applies to {name} {wanted}"
    applies, why_not = holds(clause.when, scope)
    return None if applies else why_not


def _too_old(clause: Clause, recorded: datetime.date | None, today: datetime.date) -> bool:
    if clause.valid_for is None or recorded is None:
        return False
    age = f"{(today - recorded).days}d"
    return order(age, clause.valid_for) == 1


def _decisive(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome that decides, with the sentences of all that say the same."""
    verdict = min((item.verdict for item in outcomes), key=DOMINANCE.index)
    deciding = [item for item in outcomes if item.verdict is verdict]
    reason = "; ".join(dict.fromkeys(item.reason for item in deciding))
    return Outcome(verdict, reason, deciding[0].path, deciding[0].key)


def _judgement(clause: Clause, scope: Scope, decisive: Outcome, outcomes: Sequence[Outcome]) -> Judgement:
    spec_paths = [path for path in clause.require if path.startswith("spec.")]
    run_paths = [path for path in clause.require if path.startswith("run.")]
    declared = {path: scope.value(split_dotted(path)) for path in spec_paths}
    if clause.rule and not clause.require and decisive.verdict is Verdict.FAIL:
        declared = _at_fault(scope, decisive)
    if scope.evidence is not None:
        declared |= {path: scope.evidence.declared.get(path, MISSING) for path in run_paths}
    return Judgement(
        id=clause.id,
        standard=clause.standard,
        domain=clause.domain,
        level=clause.level,
        verdict=decisive.verdict,
        says=dict(clause.says),
        look_at=look_at(clause),
        declared=_seen(declared),
        observed=_seen({path: scope.value(split_dotted(path)) for path in run_paths}),
        limit={"rule": clause.rule}
        if clause.rule and not clause.require
        else {k: dict(v) for k, v in clause.require.items()},
        reason=decisive.reason,
        place=_place(scope, decisive),
        path=dotted(decisive.path),
        cites=tuple(cite.as_dict() for cite in clause.cites),
        remedy=clause.remedy,
        assumed=tuple(dotted(item.path) for item in outcomes if item.assumed),
        since=clause.since,
    )


def look_at(clause: Clause) -> tuple[str, ...]:
    """What a clause reads: its paths, and the domain that its rule looks through."""
    return ((f"spec.{clause.domain}",) if clause.rule else ()) + tuple(clause.require)


def _at_fault(scope: Scope, outcome: Outcome) -> dict[str, Any]:
    """The value that a rule found at fault, where it is one value; a mapping is too much to show."""
    value = scope.value(outcome.path)
    return {} if isinstance(value, Mapping | list) else {dotted(outcome.path): value}


def _seen(values: Mapping[str, Any]) -> Any:
    """The one value, or the values by their paths, of what is there at all."""
    there = {path: value for path, value in values.items() if value is not MISSING}
    return next(iter(there.values())) if len(there) == 1 == len(values) else there or None


def _place(scope: Scope, outcome: Outcome) -> Span | None:
    path: ConfigPath = outcome.path
    if scope.composed is None or not path or path[0] != "spec":
        return None
    return place(scope.composed, path[1:], key=outcome.key)

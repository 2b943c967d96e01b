"""The seven verdicts: judges every clause of the standards on a spec and the evidence of its runs.

Only PASS is a pass. A clause with parts on the spec and on the run needs both: fail dominates, then error, stale and
no evidence. A clause and those that tighten it share one line, which says the worst of their verdicts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec.compose.model import Composed
from stdspec.domains import reached
from stdspec.evidence import Record
from stdspec.finding import Span
from stdspec.paths import MISSING, ConfigPath, dotted, select, split_dotted
from stdspec.standard.model import APPLIES_TO, LEVELS, Clause, RuleCheck, Standard
from stdspec.standard.operators import check
from stdspec.standard.outcome import Evidence, Outcome, Scope, holds, of_paths, of_rule
from stdspec.standard.phrase import absent
from stdspec.standard.place import place
from stdspec.standard.quantity import order
from stdspec.standard.standing import ORDER
from stdspec.standard.verdict import Judgement, Verdict
from stdspec.standard.waivers import Board

DOMINANCE: Final = ORDER
"""Which verdict wins where the parts of a clause disagree: the worst."""

WAIVABLE: Final = (Verdict.FAIL, Verdict.STALE, Verdict.NO_EVIDENCE)
"""What a waiver bears. An error says nothing of the spec: what could not be judged stays to be seen."""

Recorded = Mapping[str, datetime.date]
"""The day on which each node of a run made its output."""


class Part(Struct, frozen=True):
    """A clause, the standards by which it is asked, and what became of it.

    Attributes:
        clause: the clause.
        standards: each standard of the spec that holds it.
    """

    clause: Clause
    standards: tuple[Standard, ...]


def judge(
    standards: Iterable[Standard],
    composed: Composed | None,
    records: Sequence[Record],
    *,
    spec_digest: str,
    stage: str,
    today: datetime.date,
    rules: RuleCheck | None = None,
    recorded: Recorded | None = None,
    waivers: Board | None = None,
    doubt: str = "",
) -> list[Judgement]:
    """One judgement for each clause, in the order of the standards; a clause that two standards share is judged once.

    Args:
        standards: the standards that the spec names, loaded.
        composed: the spec, or None when only evidence is at hand.
        records: what runs observed and who approved it; records of another spec are stale.
        spec_digest: the digest of the judged spec, as the records carry it.
        stage: research, candidate or release.
        today: the date that dates are judged by.
        rules: runs a built-in check; without it a clause that names one gets the verdict error.
        recorded: when each node made its records; what is not named was made by the run that has just ended.
        waivers: those of the project, or None.
        doubt: why no record can be trusted, as where a run folder was changed; empty where they can.
    """
    scope = Scope(composed, Evidence.of(records, spec_digest, doubt), today, rules)
    return [_line(parts, scope, stage, recorded or {}, waivers) for parts in lines(standards)]


def lines(standards: Iterable[Standard]) -> list[list[Part]]:
    """The clauses of several standards, each with those that tighten it, and each once."""
    found: dict[str, dict[str, Part]] = {}
    for standard in standards:
        for clause in standard.clauses.values():
            parts = found.setdefault(clause.line, {})
            known = parts.get(clause.name)
            holders = (*known.standards, standard) if known is not None else (standard,)
            parts[clause.name] = Part(clause, holders)
    return [list(parts.values()) for parts in found.values()]


def _line(parts: Sequence[Part], scope: Scope, stage: str, recorded: Recorded, waivers: Board | None) -> Judgement:
    """The judgement on a clause and all that tightens it: it holds where one of them does, at the highest level."""
    judged = [_part(part, scope, stage, recorded, waivers) for part in parts]
    holding = [item for item in judged if item.verdict is not Verdict.NOT_APPLICABLE]
    if len(holding) < 2:
        return _named_after(parts[0].clause, holding[0] if holding else judged[0])
    worst = min(holding, key=lambda item: DOMINANCE.index(item.verdict))
    asked = [item for item in holding if item.verdict is not Verdict.WAIVED] or holding
    return replace(
        _named_after(parts[0].clause, worst),
        level=min((item.level for item in asked), key=lambda level: LEVELS[level].rank),
        look_at=tuple(dict.fromkeys(path for item in holding for path in item.look_at)),
        limit={f"{item.standard}/{item.id}": item.limit for item in holding},
        cites=tuple(cite for item in holding for cite in item.cites),
        assumed=tuple(dict.fromkeys(path for item in holding for path in item.assumed)),
        parts=tuple(
            {"id": item.id, "standard": item.standard, "verdict": str(item.verdict), "reason": item.reason}
            for item in holding
        ),
    )


def _named_after(root: Clause, worst: Judgement) -> Judgement:
    """The judgement on the part that decides, under the name of the clause that it tightens."""
    if (worst.id, worst.standard) == (root.id, root.standard):
        return worst
    own = "" if worst.verdict is Verdict.NOT_APPLICABLE else f"{worst.id} of {worst.standard}, which tightens it: "
    return replace(
        worst,
        id=root.id,
        standard=root.standard,
        domain=root.domain,
        says=dict(root.says),
        since=root.since,
        reason=f"{own}{worst.reason}",
    )


def _part(part: Part, scope: Scope, stage: str, recorded: Recorded, waivers: Board | None) -> Judgement:
    """The judgement on one clause by itself."""
    clause = part.clause
    open_ = undecided(clause, scope)
    asked = clause if open_ is None else replace(clause, when=_on_spec(clause.when))
    reasons = [not_applicable(asked, standard, scope, stage) for standard in part.standards]
    if all(reason is not None for reason in reasons):
        return _judgement(clause, scope, Outcome(Verdict.NOT_APPLICABLE, reasons[0] or "", ()), [])
    if open_ is not None:
        return _judgement(clause, scope, open_, [])
    outcomes = [*of_rule(clause, scope), *of_paths(clause, scope, "spec"), *of_paths(clause, scope, "run")]
    outcomes += _dated(clause, scope, recorded)
    found = _judgement(clause, scope, _decisive(outcomes), outcomes)
    waiver = waivers.covering(clause, part.standards) if waivers and found.verdict in WAIVABLE else None
    if waiver is None:
        return found
    reason = f"{found.reason}; {waiver.words}"
    return replace(found, verdict=Verdict.WAIVED, reason=reason, waiver=waiver.as_dict())


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


def undecided(clause: Clause, scope: Scope) -> Outcome | None:
    """Why it cannot be told whether a clause applies: its `when` reads evidence that is not there, or is in doubt."""
    evidence = scope.evidence
    for text, operators in clause.when.items():
        path = split_dotted(text)
        if evidence is None or path[0] == "spec" or scope.value(path) is not MISSING or not check(MISSING, operators):
            continue
        if evidence.doubt:
            return Outcome(Verdict.ERROR, evidence.doubt, path)
        stale = select(evidence.stale, path) is not MISSING
        said = f"whether it applies cannot be told: {absent(path, stale=stale)}"
        return Outcome(Verdict.STALE if stale else Verdict.NO_EVIDENCE, said, path)
    return None


def _on_spec(when: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {path: operators for path, operators in when.items() if path.startswith("spec.")}


def _dated(clause: Clause, scope: Scope, recorded: Recorded) -> list[Outcome]:
    """What the age of evidence says against it, where a clause asks for evidence that is not too old."""
    days = _made(clause, scope, recorded) if clause.valid_for is not None else []
    if not days:
        return []
    first, last = min(days), max(days)
    if order(f"{max(0, (scope.today - first).days)}d", clause.valid_for) == 1:
        return [Outcome(Verdict.STALE, f"the evidence of {first} is older than {clause.valid_for}", ("run",))]
    if last > scope.today:
        return [Outcome(Verdict.ERROR, f"the evidence is of {last}, and today is {scope.today}", ("run",))]
    return []


def _made(clause: Clause, scope: Scope, recorded: Recorded) -> list[datetime.date]:
    """The days of the records that a clause rests on; none where all are of the run that has just ended."""
    nodes = {} if scope.evidence is None else scope.evidence.nodes
    paths = [path for path, _ in clause.asks() if path.startswith("run.")]
    return [
        recorded[node]
        for record, node in nodes.items()
        if node in recorded and any(_within(record, path) or _within(path, record) for path in paths)
    ]


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}.")


def _decisive(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome that decides, with the sentences of all that say the same."""
    verdict = min((item.verdict for item in outcomes), key=DOMINANCE.index)
    deciding = [item for item in outcomes if item.verdict is verdict]
    reason = "; ".join(dict.fromkeys(item.reason for item in deciding))
    return Outcome(verdict, reason, deciding[0].path, deciding[0].key)


def _judgement(clause: Clause, scope: Scope, decisive: Outcome, outcomes: Sequence[Outcome]) -> Judgement:
    asks = dict(clause.asks())
    spec_paths = [path for path in asks if path.startswith("spec.")]
    seen_paths = [path for path in asks if not path.startswith("spec.")]
    declared = {path: scope.value(split_dotted(path)) for path in spec_paths}
    if clause.rule and not asks and decisive.verdict is Verdict.FAIL:
        declared = _at_fault(scope, decisive)
    if scope.evidence is not None:
        declared |= {path: scope.evidence.declared.get(path, MISSING) for path in seen_paths}
    return Judgement(
        id=clause.id,
        standard=clause.standard,
        domain=clause.domain,
        level=clause.level,
        verdict=decisive.verdict,
        says=dict(clause.says),
        look_at=look_at(clause),
        declared=_seen(declared),
        observed=_seen({path: scope.value(split_dotted(path)) for path in seen_paths}),
        limit=_limit(clause),
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
    domain = (f"spec.{clause.domain}",) if clause.rule else ()
    return (*domain, *dict.fromkeys(path for path, _ in clause.asks()))


def _limit(clause: Clause) -> Any:
    """What a clause asks, path by path; the code of its rule where it asks by that alone."""
    limit: dict[str, Any] = {}
    for path, operators in clause.asks():
        limit[path] = {**limit.get(path, {}), **operators}
    return {"rule": clause.rule} if clause.rule and not limit else limit


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

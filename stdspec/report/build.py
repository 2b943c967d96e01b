"""report.json: the truth about one run, as plain data in the shape of schemas/report.schema.json.

Judgements are taken as they are; this module counts, orders and places them beside what was declared, observed and
assumed. The HTML is a view of what `build` returns.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from stdspec.compose.model import Composed
from stdspec.digest import digest
from stdspec.domains import DOMAINS
from stdspec.evidence import Record, tree
from stdspec.plan.model import Plan
from stdspec.report import data_card, facts, origin
from stdspec.report.assets import Assets
from stdspec.standard import standing
from stdspec.standard.verdict import Judgement, Verdict

RULE: Final = (
    "A must counts as met only when its verdict is pass or a waiver that is in force covers it; "
    "no evidence, stale evidence and an error are never a pass. A should and a may are shown and stop nothing."
)
_WORDS: Final[dict[Verdict, tuple[str, str]]] = {
    Verdict.FAIL: ("fails", "fail"),
    Verdict.ERROR: ("could not be judged", "could not be judged"),
    Verdict.NO_EVIDENCE: ("has no evidence", "have no evidence"),
    Verdict.STALE: ("has stale evidence", "have stale evidence"),
    Verdict.WAIVED: ("is waived", "are waived"),
}


def build(
    plan: Plan,
    composed: Composed,
    judgements: Sequence[Judgement],
    records: Sequence[Record],
    assets: Assets,
    *,
    today: datetime.date | None = None,
    waivers: Sequence[dict[str, Any]] = (),
    recorded: Mapping[str, datetime.date] | None = None,
    approvals: Sequence[dict[str, Any]] = (),
    judged_by: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The report of one run.

    Args:
        plan: the plan that ran.
        composed: the composition that it was built from, with its origins.
        judgements: one for each clause of the spec's standards.
        records: what the run observed, in order.
        assets: the documents that nodes wrote.
        today: the day on which the clauses were judged; left out of the report when None.
        waivers: those that select the spec, with whether a verdict rests on them.
        recorded: the day on which each node made its output; that of a store may be old.
        approvals: those of this very state of the spec.
        judged_by: which text of which standards it was judged by.
    """
    spec = plan.spec
    place = origin.locator(composed)
    observed = tree(records)
    run = observed.get("run", {})
    return {
        "stdspec_report": "1",
        "name": plan.name,
        "stage": plan.stage,
        "version": origin.plain(spec.get("version")),
        "industry": origin.plain(spec.get("industry")),
        "description": origin.plain(spec.get("description")),
        "owner": origin.plain(spec.get("owner")),
        "judged_on": today.isoformat() if today else None,
        "recorded": {node: day.isoformat() for node, day in sorted((recorded or {}).items())},
        "spec_digest": plan.spec_digest,
        "plan_digest": plan.digest,
        "standards": list(plan.standards),
        "judged_by": origin.plain(list(judged_by)),
        "summary": summary(judgements, plan.stage, run),
        "clauses": [_clause(item, place) for item in sorted(judgements, key=_order)],
        "waivers": list(waivers),
        "approvals": list(approvals),
        "assumed": origin.assumed(composed, place),
        "overrides": origin.overrides(composed, place),
        "choices": [{"group": group, "option": option} for group, option in sorted(composed.choices.items())],
        "data": data_card.build(spec, run, assets),
        "model": facts.model(spec, run),
        "training": facts.training(assets),
        "evaluation": facts.evaluation(spec, run, assets),
        "deployment": facts.deployment(run, assets),
        "compute": facts.compute(records),
        "environment": facts.environment(run),
        "mismatches": facts.mismatches(records, composed, place),
        "weights": _text(run.get("weights")),
        "result_digest": result_digest(records),
        "observed": origin.plain(observed),
    }


def result_digest(records: Iterable[Record]) -> str:
    """The digest of what equal runs agree on: path, value, declared and observed of every record that does not vary.

    Of two records with one path the later one counts, as in `evidence.tree`.
    """
    kept: dict[str, list[Any]] = {}
    for record in records:
        if not record.varies:
            kept[record.path] = [record.value, record.declared, record.observed]
    return digest(origin.plain(kept))


def summary(judgements: Sequence[Judgement], stage: str, run: dict[str, Any]) -> dict[str, Any]:
    """Counts of verdicts, the headline in words, and whether every must that holds is met."""
    held = [item for item in judgements if item.verdict is not Verdict.NOT_APPLICABLE]
    unmet = [item for item in held if item.level == "must" and item.verdict not in (Verdict.PASS, Verdict.WAIVED)]
    judged = [item for item in held if item.verdict not in (Verdict.NO_EVIDENCE, Verdict.ERROR)]
    gate = run.get("evaluation", {}).get("gate")
    return {
        "outcome": "not-supported" if unmet or gate is False or not held else "supported",
        "sentence": sentence(judgements, stage),
        "rule": RULE,
        "holding": len(held),
        "counts": _counts(judgements),
        "levels": {
            level: _counts(item for item in judgements if item.level == level) for level in ("must", "should", "may")
        },
        "unmet": [item.id for item in sorted(unmet, key=_order)],
        "gate": gate if isinstance(gate, bool) else None,
        "standing": {
            "rule": standing.RULE,
            "overall": standing.overall(judgements).as_dict(),
            "domains": {name: item.as_dict() for name, item in standing.by_domain(judgements).items()},
        },
        "coverage": {
            "holding": len(held),
            "judged": len(judged),
            "share": round(len(judged) / len(held), 4) if held else None,
        },
    }


def sentence(judgements: Sequence[Judgement], stage: str) -> str:
    """The headline: how many clauses the evidence supports, and what became of the others."""
    counts = _counts(judgements)
    held = sum(counts.values()) - counts[Verdict.NOT_APPLICABLE]
    if held == 0:
        return f"No clause holds at stage {stage}; nothing was judged."
    noun = "clause that holds" if held == 1 else "clauses that hold"
    parts = [f"Evidence supports {counts[Verdict.PASS]} of {held} {noun} at stage {stage}"]
    parts += [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _WORDS.items() if counts[kind]]
    return "; ".join(parts) + "."


def _counts(judgements: Iterable[Judgement]) -> dict[str, int]:
    counts = {str(verdict): 0 for verdict in Verdict}
    for item in judgements:
        counts[item.verdict] += 1
    return counts


def _order(item: Judgement) -> tuple[int, str, str]:
    domains = list(DOMAINS)
    rank = domains.index(item.domain) if item.domain in domains else len(domains)
    return rank, item.standard, item.id


def _clause(item: Judgement, place: origin.Locator) -> dict[str, Any]:
    return {
        "id": item.id,
        "standard": item.standard,
        "domain": item.domain,
        "level": item.level,
        "from": item.since,
        "verdict": str(item.verdict),
        "says": dict(item.says),
        "look_at": list(item.look_at),
        "declared": origin.plain(item.declared),
        "observed": origin.plain(item.observed),
        "limit": origin.plain(item.limit),
        "reason": item.reason,
        "place": place(item.place),
        "path": item.path,
        "cites": [origin.plain(cite) for cite in item.cites],
        "remedy": item.remedy,
        "assumed": list(item.assumed),
        "waiver": item.waiver,
        "parts": [dict(part) for part in item.parts],
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None

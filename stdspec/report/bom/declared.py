"""What a report declares: for each requirement the claim that evidence supports, or the one that evidence contradicts.

Only pass is a claim, and only it scores 1. What could not be judged, has no evidence or a stale one claims nothing and
scores 0 with a confidence of 0, so that whoever adds the scores up never counts it in favour. A requirement that does
not apply has no score. Nothing here says that a law is met: evidence supports, and that is all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from stdspec.report.bom.pieces import Json, Refs, attached, person, present, properties, version
from stdspec.report.bom.standards import Requirement

Data = Mapping[str, Any]

_SAID: Final = {
    "pass": "Evidence supports it",
    "fail": "Evidence contradicts it",
    "error": "It could not be judged",
    "no-evidence": "There is no evidence",
    "stale": "The evidence is stale",
    "waived": "It is not met, and a waiver bears it",
    "not-applicable": "It does not apply",
}
_PREDICATES: Final = {
    "pass": "Evidence supports: {}",
    "fail": "Evidence contradicts: {}",
    "waived": "Evidence does not support, and a waiver bears it: {}",
}
"""What is claimed where there is something to claim; all but the first are counter-claims."""
_UNKNOWN: Final = ("error", "no-evidence", "stale")
"""The verdicts that say nothing of the model."""
_NOT_APPLICABLE: Final = "not-applicable"

APPROVALS: Final = "approvals.yaml"


class Judged(Struct, frozen=True):
    """A requirement and what was found.

    Attributes:
        requirement: what is asked.
        verdict: what was found.
        reason: why, in a sentence.
        path: the path that decided it.
        declared: what the spec says there.
        observed: what the run recorded there.
        assumed: the paths that it was judged by whose values nobody decided.
        waiver: the waiver that bears it.
    """

    requirement: Requirement
    verdict: str
    reason: str
    path: str = ""
    declared: Any = None
    observed: Any = None
    assumed: tuple[str, ...] = ()
    waiver: Data | None = None

    @property
    def supported(self) -> bool:
        """Whether evidence supports it; nothing but pass does."""
        return self.verdict == "pass"


class _Declared(Struct, frozen=True):
    """What was judged with the parts of the document that were made of it."""

    judged: Judged
    claim: Json | None
    evidence: tuple[Json, ...]
    mitigation: tuple[str, ...]


def declarations(report: Data, judged: Sequence[Judged], assessor: Json | None, refs: Refs) -> Json:
    """The declarations of a report.

    Args:
        report: the report.
        judged: every requirement with its verdict.
        assessor: the organization that ran and judged it, where the spec says so.
        refs: the names that are taken.
    """
    target = _target(report, refs)
    who = present(bom_ref=refs.new("assessor", "run"), thirdParty=False, organization=assessor)
    waivers: dict[str, Json] = {}
    found = [_declared(item, target["bom-ref"], waivers, refs) for item in judged]
    evidence = [part for item in found for part in item.evidence]
    return present(
        assessors=[who],
        attestations=list(_attestations(report, found, who["bom-ref"])),
        claims=[item.claim for item in found if item.claim is not None],
        evidence=[*evidence, *waivers.values()],
        targets={"components": [target]},
        affirmation=_affirmation(report),
    )


def _target(report: Data, refs: Refs) -> Json:
    """What the claims are about: the model of one state of a spec and of one run of it."""
    return present(
        type="machine-learning-model",
        bom_ref=refs.new("target", report["name"]),
        name=report["name"],
        version=version(report["version"]),
        properties=properties({name: report[name] for name in ("spec_digest", "plan_digest", "result_digest")}),
    )


def _declared(judged: Judged, target: str, waivers: dict[str, Json], refs: Refs) -> _Declared:
    if judged.verdict not in _PREDICATES:
        return _Declared(judged, None, (), ())
    item = judged.requirement
    evidence = _evidence(judged, refs)
    mitigation = (_waiver(judged.waiver, waivers, refs),) if judged.waiver is not None else ()
    claim = present(
        bom_ref=refs.new("claim" if judged.supported else "counterclaim", item.standard, item.id),
        target=target,
        predicate=_PREDICATES[judged.verdict].format(item.title),
        mitigationStrategies=list(mitigation),
        reasoning=judged.reason,
        evidence=[evidence["bom-ref"]],
    )
    return _Declared(judged, claim, (evidence,), mitigation)


def _evidence(judged: Judged, refs: Refs) -> Json:
    item = judged.requirement
    shown = {"declared": judged.declared, "observed": judged.observed}
    return present(
        bom_ref=refs.new("evidence", item.standard, item.id),
        propertyName=f"stdspec:{judged.path}" if judged.path else None,
        description=f"Read in the spec and in the records of the run: {judged.reason}",
        data=[attached(name, value) for name, value in shown.items() if value is not None],
    )


def _waiver(waiver: Data, known: dict[str, Json], refs: Refs) -> str:
    """What a waiver is called; it is described once, however many requirements it bears."""
    number = str(waiver["number"])
    if number not in known:
        words = f"A waiver of {waiver['clause']}, granted on {waiver['granted']}: {waiver['reason']}"
        known[number] = present(
            bom_ref=refs.new("waiver", number),
            propertyName="stdspec:waiver",
            description=words,
            data=[attached("waiver", waiver)],
            expires=_last_second(waiver["expires"]),
            author=person(waiver["owner"]),
            reviewer=person(waiver["approver"]),
        )
    return str(known[number]["bom-ref"])


def _last_second(day: str) -> str | None:
    """The last second of a day in UTC: a waiver holds all through its last day."""
    try:
        return f"{date.fromisoformat(day).isoformat()}T23:59:59Z"
    except ValueError:
        return None


def _attestations(report: Data, found: Sequence[_Declared], assessor: str) -> Iterator[Json]:
    """One for each standard, over every requirement of it that was judged."""
    by_standard: dict[str, list[_Declared]] = {}
    for item in found:
        by_standard.setdefault(item.judged.requirement.standard, []).append(item)
    for label, items in by_standard.items():
        summary = _summary(label, report["stage"], [item.judged.verdict for item in items])
        yield {"summary": summary, "assessor": assessor, "map": [_mapped(item) for item in items]}


def _summary(label: str, stage: str, verdicts: Sequence[str]) -> str:
    held = [verdict for verdict in verdicts if verdict != _NOT_APPLICABLE]
    counts = {verdict: held.count(verdict) for verdict in _SAID if verdict in held and verdict != "pass"}
    head = f"{label}: evidence supports {held.count('pass')} of {len(held)} requirements that hold at stage {stage}"
    return "; ".join([head, *(f"{count} {verdict.replace('-', ' ')}" for verdict, count in counts.items())])


def _mapped(item: _Declared) -> Json:
    """What is said of one requirement."""
    judged = item.judged
    names = [item.claim["bom-ref"]] if item.claim is not None else []
    return present(
        requirement=judged.requirement.ref,
        claims=names if judged.supported else None,
        counterClaims=None if judged.supported else names,
        conformance=present(
            score=None if judged.verdict == _NOT_APPLICABLE else int(judged.supported),
            rationale=_rationale(judged),
            mitigationStrategies=list(item.mitigation),
        ),
        confidence={"score": 0, "rationale": _SAID[judged.verdict]} if judged.verdict in _UNKNOWN else None,
    )


def _rationale(judged: Judged) -> str:
    said = f"{_SAID[judged.verdict]}: {judged.reason}"
    return f"{said} (only assumed: {', '.join(judged.assumed)})" if judged.assumed else said


def _affirmation(report: Data) -> Json | None:
    """Who has signed for this state of the spec; None where nobody has.

    The signature is the detached one of the project, which was verified when the spec was judged.
    """
    signed = [item for item in report.get("approvals") or () if item["signed"]]
    if not signed:
        return None
    given = "; ".join(f"{item['approver']} on {item['date']}" for item in signed)
    return {
        "statement": f"The state {report['spec_digest']} of the spec was approved by {given}.",
        "signatories": [_signatory(item) for item in signed],
    }


def _signatory(item: Data) -> Json:
    """An approver. For whom they sign is not said: the organization is known by them alone."""
    words = "the approval, with the name of its detached signature by ssh-keygen -Y sign"
    return present(
        name=item["approver"],
        role=item["role"],
        organization={"contact": [person(item["approver"])]},
        externalReference={"type": "digital-signature", "url": APPROVALS, "comment": words},
    )

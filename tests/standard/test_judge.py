"""The seven verdicts: only a pass is a pass, and no evidence never is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest

from stdspec.compose.model import Composed
from stdspec.evidence import Record
from stdspec.standard.judge import judge
from stdspec.standard.model import Cite, Clause, Fault, Standard
from stdspec.standard.verdict import Judgement, Verdict
from tests.lint.specs import FILE, SHIPPED, spec

TODAY = datetime.date(2026, 12, 1)


def _clause(**given: Any) -> Clause:
    base: dict[str, Any] = {
        "id": "X-1", "standard": "acme/x@1", "domain": "data", "slug": "x", "level": "must", "since": "research",
        "says": {"en": "x"}, "when": {}, "require": {}, "rule": None, "cites": (Cite("R 1", "supports", "verified"),),
        "house": None, "remedy": "Do x.", "passing": (), "failing": (),
    }  # fmt: skip
    return Clause(**{**base, **given})


def _judged(
    clause: Clause,
    composed: Composed | None = None,
    records: Sequence[Record] = (),
    stage: str = "release",
    **more: Any,
) -> Judgement:
    header = {key: more.pop(key) for key in ("applies_to", "effective") if key in more}
    standard = Standard("acme/x", "1.0.0", {"name": "x"}, "x", {clause.id: clause}, **header)
    (found,) = judge([standard], composed, records, spec_digest="sha256:a", stage=stage, today=TODAY, **more)
    return found


def _record(path: str, value: Any, **more: Any) -> Record:
    return Record(path, value, node="n", spec=more.pop("spec", "sha256:a"), **more)


LOWER = {"run.evaluation.metrics.sensitivity.lower": {"at_least": 0.88}}


def test_evidence_that_supports_a_clause_passes_in_words() -> None:
    found = _judged(_clause(require=LOWER), records=[_record("run.evaluation.metrics.sensitivity.lower", 0.951)])
    assert found.verdict is Verdict.PASS
    assert found.reason == "sensitivity's lower bound is 0.951, asked at least 0.88"
    assert found.observed == 0.951
    assert found.limit == LOWER
    assert found.look_at == ("run.evaluation.metrics.sensitivity.lower",)
    assert found.cites == ({"ref": "R 1", "relation": "supports", "status": "verified"},)


@pytest.mark.parametrize("value", [0.87, "n/a", None, [], {}, True])
def test_evidence_against_it_or_of_the_wrong_type_fails(value: Any) -> None:
    found = _judged(_clause(require=LOWER), records=[_record("run.evaluation.metrics.sensitivity.lower", value)])
    assert found.verdict is Verdict.FAIL
    assert found.reason.endswith("asked at least 0.88")


@pytest.mark.parametrize("value", ["nan", "-inf", float("nan")])
@pytest.mark.parametrize("operators", [{"at_least": 0.88}, {"exists": True}, {"is_not": 0}])
def test_a_number_that_is_none_fails_whatever_is_asked(value: Any, operators: dict[str, Any]) -> None:
    path = "run.evaluation.metrics.sensitivity.lower"
    found = _judged(_clause(require={path: operators}), records=[_record(path, value)])
    assert found.verdict is Verdict.FAIL
    assert found.reason == f"sensitivity's lower bound is {value}, which is no number to judge by"


def test_no_record_is_no_evidence() -> None:
    found = _judged(_clause(require=LOWER))
    assert found.verdict is Verdict.NO_EVIDENCE
    assert found.reason == "evaluation.metrics.sensitivity.lower was not recorded by any run of this spec"


@pytest.mark.parametrize("value", ["insufficient", "not measured: no counter"])
def test_a_record_that_says_it_could_not_observe_is_no_evidence(value: str) -> None:
    found = _judged(_clause(require=LOWER), records=[_record("run.evaluation.metrics.sensitivity.lower", value)])
    assert found.verdict is Verdict.NO_EVIDENCE


def test_a_record_of_another_spec_is_stale() -> None:
    found = _judged(
        _clause(require=LOWER), records=[_record("run.evaluation.metrics.sensitivity.lower", 0.99, spec="sha256:b")]
    )
    assert found.verdict is Verdict.STALE
    assert found.observed is None


def test_old_evidence_is_stale_where_the_clause_says_how_long_it_holds() -> None:
    records = [_record("run.evaluation.metrics.sensitivity.lower", 0.99)]
    clause = _clause(require=LOWER, valid_for="90d")
    assert _judged(clause, records=records, recorded={"n": TODAY - datetime.timedelta(90)}).verdict is Verdict.PASS
    late = _judged(clause, records=records, recorded={"n": TODAY - datetime.timedelta(91)})
    assert late.verdict is Verdict.STALE
    assert late.reason == "the evidence of 2026-09-01 is older than 90d"
    elsewhere = _judged(clause, records=records, recorded={"other": TODAY - datetime.timedelta(91)})
    assert elsewhere.verdict is Verdict.PASS


def test_evidence_that_was_changed_is_an_error_and_never_waived() -> None:
    records = [_record("run.evaluation.metrics.sensitivity.lower", 0.99)]
    found = _judged(_clause(require=LOWER), records=records, doubt="records.jsonl was changed after the run")
    assert (found.verdict, found.reason) == (Verdict.ERROR, "records.jsonl was changed after the run")


def test_a_schema_is_judged_like_an_operator() -> None:
    clause = _clause(schema={"run.model.signature": {"type": "object", "required": ["inputs"]}})
    assert _judged(clause).verdict is Verdict.NO_EVIDENCE
    assert _judged(clause, records=[_record("run.model.signature", {"inputs": []})]).verdict is Verdict.PASS
    failed = _judged(clause, records=[_record("run.model.signature", "n/a")])
    assert (failed.verdict, failed.reason) == (Verdict.FAIL, "the observed model.signature is n/a, asked type object")
    assert failed.limit == {"run.model.signature": {"schema": clause.schema["run.model.signature"]}}
    assert failed.look_at == ("run.model.signature",)
    assumed = _judged(_clause(schema={"spec.seed": {"type": "integer"}}), spec("name: x", assumed="seed: 0"))
    assert (assumed.verdict, assumed.reason) == (Verdict.FAIL, "seed is 0, but only assumed")


def test_a_clause_waits_for_its_stage() -> None:
    found = _judged(_clause(require=LOWER, since="release"), stage="candidate")
    assert found.verdict is Verdict.NOT_APPLICABLE
    assert found.reason == "it holds from stage release, and the spec is at stage candidate"


def test_when_decides_whether_it_applies() -> None:
    clause = _clause(require=LOWER, when={"spec.evaluation.baseline": {"is_not": None}})
    assert _judged(clause, spec("evaluation: {baseline: null}")).verdict is Verdict.NOT_APPLICABLE
    assert _judged(clause, spec("{}")).verdict is Verdict.NOT_APPLICABLE
    assert _judged(clause, spec("evaluation: {baseline: {kind: mean}}")).verdict is Verdict.NO_EVIDENCE


def test_a_standard_says_which_specs_and_from_when() -> None:
    clause = _clause(require={"spec.seed": {"is": 1}})
    other = _judged(clause, spec("{seed: 1, industry: energy}"), applies_to={"industry": "healthcare"})
    assert other.verdict is Verdict.NOT_APPLICABLE
    assert (
        _judged(clause, spec("{seed: 1, industry: energy}"), applies_to={"industry": ["energy"]}).verdict
        is Verdict.PASS
    )
    assert _judged(clause, spec("seed: 1"), effective="2026-12-02").verdict is Verdict.NOT_APPLICABLE
    assert _judged(clause, spec("seed: 1"), effective="2026-12-01").verdict is Verdict.PASS


def test_an_assumed_value_is_no_decision() -> None:
    clause = _clause(require={"spec.compute.precision": {"exists": True}})
    found = _judged(clause, spec("name: x", assumed="compute: {precision: 32-true}"))
    assert found.verdict is Verdict.FAIL
    assert found.reason == "compute.precision is 32-true, but only assumed"
    assert found.assumed == ("spec.compute.precision",)
    assert found.place is not None
    assert (found.place.file, found.place.line) == (FILE, 1)
    decided = _judged(clause, spec("compute: {precision: null}", assumed="compute: {precision: 32-true}"))
    assert decided.verdict is Verdict.PASS
    accepted = _judged(
        _clause(require={"spec.compute.precision": {"exists": True}}, accepts_assumed=True),
        spec("name: x", assumed="compute: {precision: 32-true}"),
    )
    assert accepted.verdict is Verdict.PASS
    assert accepted.assumed == ("spec.compute.precision",)
    assert SHIPPED not in str(found.place)


def test_the_place_is_the_value_that_decides() -> None:
    found = _judged(
        _clause(require={"spec.monitoring.log.keep": {"at_least": "184d"}}), spec("monitoring:\n  log: {keep: 90d}\n")
    )
    assert found.verdict is Verdict.FAIL
    assert found.path == "spec.monitoring.log.keep"
    assert found.place is not None
    assert (found.place.line, found.place.column) == (2, 15)
    assert found.declared == "90d"


def test_fail_dominates_and_then_no_evidence() -> None:
    both = {"spec.data.privacy.scan": {"is": True}, "run.data.pii": {"count": {"at_most": 0}}}
    scanned, open_ = spec("data: {privacy: {scan: true}}"), spec("data: {privacy: {scan: false}}")
    clean, leak = [_record("run.data.pii", [])], [_record("run.data.pii", [{"column": "note"}])]
    assert _judged(_clause(require=both), scanned, clean).verdict is Verdict.PASS
    assert _judged(_clause(require=both), scanned, leak).verdict is Verdict.FAIL
    assert _judged(_clause(require=both), open_, clean).verdict is Verdict.FAIL
    assert _judged(_clause(require=both), open_).verdict is Verdict.FAIL
    assert _judged(_clause(require=both), scanned).verdict is Verdict.NO_EVIDENCE
    assert _judged(_clause(require=both), None, clean).verdict is Verdict.NO_EVIDENCE


def test_a_limit_may_be_what_the_spec_says() -> None:
    clause = _clause(require={"run.compute.peak_memory": {"at_most": {"path": "spec.compute.limits.memory"}}})
    composed = spec("compute: {limits: {memory: 1GiB}}")
    assert _judged(clause, composed, [_record("run.compute.peak_memory", 2**29, unit="bytes")]).verdict is Verdict.PASS
    over = _judged(clause, composed, [_record("run.compute.peak_memory", 2**31, unit="bytes")])
    assert over.verdict is Verdict.FAIL
    assert over.reason == "the observed compute.peak_memory is 2147483648, asked at most 1GiB"
    unsaid = _judged(clause, spec("name: x"), [_record("run.compute.peak_memory", 1, unit="bytes")])
    assert unsaid.verdict is Verdict.FAIL
    assert "compute.limits.memory is not said" in unsaid.reason


def test_a_missed_gate_names_the_bound() -> None:
    metrics = {
        "auroc": {
            "estimate": 0.98,
            "lower": 0.961,
            "limit": 0.97,
            "side": "at_least",
            "judged": "bound",
            "passed": False,
        },
        "accuracy": {"estimate": 0.9, "lower": 0.8},
    }
    clause = _clause(require={"run.evaluation.metrics": {"none": {"passed": {"is": False}}}})
    found = _judged(clause, records=[_record("run.evaluation.metrics", metrics)])
    assert found.reason == "auroc's lower bound is 0.961, asked at least 0.97"


def test_a_rule_fails_at_its_fault_and_a_missing_rule_is_an_error() -> None:
    clause = _clause(rule="DAT001")
    composed = spec("data:\n  source: {path: a.csv}\n")

    def finds(code: str, _: Composed) -> list[Fault]:
        return [Fault(("data", "source", "path"), f"{code} says no; mend it")]

    def unknown(code: str, _: Composed) -> list[Fault]:
        raise KeyError(code)

    found = _judged(clause, composed, rules=finds)
    assert (found.verdict, found.reason, found.path) == (
        Verdict.FAIL,
        "DAT001 says no; mend it",
        "spec.data.source.path",
    )
    assert found.place is not None
    assert (found.place.line, found.place.column) == (2, 18)
    assert found.declared == composed.get(("data", "source", "path"))
    passed = _judged(clause, composed, rules=lambda *_: [])
    assert (passed.verdict, passed.path, passed.declared) == (Verdict.PASS, "spec.data", None)
    assert passed.place == composed.origins["data",][0].key
    assert _judged(clause, composed, rules=unknown).verdict is Verdict.ERROR
    assert _judged(clause, composed).verdict is Verdict.ERROR


def test_a_clause_that_two_standards_share_is_judged_once() -> None:
    clause = _clause(require={"spec.seed": {"is": 1}})
    standards = [Standard(name, "1.0.0", {"name": "x"}, "x", {clause.id: clause}) for name in ("acme/x", "acme/y")]
    assert len(judge(standards, spec("seed: 1"), [], spec_digest="", stage="release", today=TODAY)) == 1


def test_a_slice_with_too_few_rows_is_no_evidence_and_says_so() -> None:
    slices = {"fine": {"recall": {"lower": 0.83, "floor": 0.7, "side": "at_least", "n": 12, "status": "insufficient"}}}
    clause = _clause(require={"run.evaluation.slices": {"each": {"each": {"status": {"is": "pass"}}}}})
    found = _judged(clause, records=[_record("run.evaluation.slices", slices)])
    assert found.verdict is Verdict.NO_EVIDENCE
    assert found.reason == "the observed evaluation.slices.fine.recall.status is insufficient, asked pass"
    slices["fine"]["recall"] |= {"status": "fail", "lower": 0.63}
    found = _judged(clause, records=[_record("run.evaluation.slices", slices)])
    assert found.reason == "recall's lower bound on slice fine is 0.63, asked at least 0.7"

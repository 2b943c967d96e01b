"""What got worse is named; other versions of a standard are never compared."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from stdspec.scorecard.history import Result, Scoring
from stdspec.scorecard.model import State
from stdspec.scorecard.trend import Worse, compare, points
from stdspec.standard.verdict import Verdict

BASE = {"acme/x@1": State("1.0.0", "sha256:" + "1" * 64)}


def result(**changes: Any) -> Result:
    said = {
        "experiments": ["a.yaml"],
        "stage": "candidate",
        "standards": ["acme/x@1"],
        "level": Verdict.PASS,
        "among": "must",
        "met": 2,
        "musts": 2,
        "judged": 3,
        "holding": 3,
        "unmet": {},
        "open": {},
    }
    return Result(**said | changes)


FAILED = result(
    level=Verdict.FAIL,
    met=1,
    unmet={Verdict.FAIL: {"acme/x@1": ["AX1"]}},
    open={Verdict.FAIL: {"acme/x@1": ["AX3"]}},
)


def scored(*results: Result, day: str = "2026-11-23", **changes: Any) -> Scoring:
    sums = {
        key: sum(getattr(item, key) * len(item.experiments) for item in results)
        for key in ("met", "musts", "judged", "holding")
    }
    return Scoring(
        **{
            "stdspec_scorecard": 1,
            "day": day,
            "commit": None,
            "stdspec": "0",
            "paths": ["."],
            "evidence": "runs",
            "standards": BASE,
            **sums,
            "level": Verdict.PASS,
            "not_judged": [],
            "results": list(results),
            **changes,
        }
    )


def test_a_fall_is_named_with_the_clauses_that_are_newly_not_met():
    assert compare(scored(result()), scored(FAILED)).worse == (
        Worse(
            "a.yaml",
            "its level fell from pass among the musts to fail among the musts; "
            "its score fell from 2 of 2 musts to 1 of 2",
            ("AX1 of acme/x@1 (fail)", "AX3 of acme/x@1 (fail)"),
        ),
    )


def test_a_rise_is_no_fall():
    found = compare(scored(FAILED), scored(result()))
    assert found.worse == ()
    assert found.better == ("a.yaml",)


def test_a_should_that_fails_is_better_than_a_must_that_does():
    should = result(level=Verdict.FAIL, among="should")
    assert compare(scored(FAILED), scored(should)).better == ("a.yaml",)
    (fall,) = compare(scored(should), scored(FAILED)).worse
    assert fall.fact.startswith("its level fell from fail among the shoulds to fail among the musts")


def test_evidence_that_is_taken_away_is_a_fall():
    gone = result(level=Verdict.NO_EVIDENCE, met=1, judged=2, unmet={Verdict.NO_EVIDENCE: {"acme/x@1": ["AX2"]}})
    (fall,) = compare(scored(result()), scored(gone)).worse
    assert fall.clauses == ("AX2 of acme/x@1 (no-evidence)",)
    assert compare(scored(FAILED), scored(gone)).worse == ()


def test_a_clause_that_fares_worse_than_it_did_is_named():
    before = result(level=Verdict.NO_EVIDENCE, met=1, unmet={Verdict.NO_EVIDENCE: {"acme/x@1": ["AX1"]}})
    (fall,) = compare(scored(before), scored(replace(FAILED, open={}))).worse
    assert fall.clauses == ("AX1 of acme/x@1 (fail)",)


def test_another_text_of_a_standard_is_not_compared_and_breaks_the_trend():
    other = {"acme/x@1": State("1.1.0", "sha256:" + "2" * 64)}
    found = compare(scored(result()), scored(FAILED, standards=other))
    assert found.worse == ()
    assert found.not_compared == ("a.yaml",)
    assert found.breaks == ("acme/x@1 is 1.1.0 and was 1.0.0",)
    before, after = points([scored(result(), day="2026-11-01")], scored(FAILED, standards=other))
    assert (before.breaks, after.breaks) == ((), found.breaks)


def test_a_text_that_changed_without_its_version_breaks_it_as_well():
    other = {"acme/x@1": State("1.0.0", "sha256:" + "2" * 64)}
    found = compare(scored(result()), scored(FAILED, standards=other))
    assert found.breaks == ("acme/x@1 1.0.0 says something else than it did",)
    assert found.not_compared == ("a.yaml",)


def test_who_keeps_its_standards_is_compared_though_another_standard_changed():
    both = BASE | {"acme/y@1": State("1.0.0", "sha256:" + "3" * 64)}
    later = BASE | {"acme/y@1": State("1.1.0", "sha256:" + "4" * 64)}
    found = compare(scored(result(), standards=both), scored(FAILED, standards=later))
    assert [item.experiment for item in found.worse] == ["a.yaml"]


def test_to_name_a_standard_no_more_is_a_fall():
    (fall,) = compare(scored(result()), scored(result(standards=[], met=0, musts=0), standards={})).worse
    assert fall.fact == "it is judged by acme/x@1 no more"


def test_a_stage_that_goes_back_is_a_fall():
    (fall,) = compare(scored(result()), scored(result(stage="research"))).worse
    assert fall.fact == "its stage went back from candidate to research, where fewer clauses hold"


def test_what_cannot_be_judged_any_more_is_a_fall_and_what_is_gone_is_none():
    now = scored(result(experiments=["b.yaml"]), not_judged=["a.yaml"])
    found = compare(scored(result(experiments=["a.yaml", "c.yaml"])), now)
    assert found.worse == (Worse("a.yaml", "it cannot be judged any more"),)
    assert found.gone == ("c.yaml",)
    assert found.new == ("b.yaml",)


def test_of_a_day_the_last_scoring_counts_and_later_ones_are_not_drawn():
    past = [scored(result(), day="2026-11-01"), scored(FAILED, day="2026-11-01"), scored(result(), day="2027-01-01")]
    found = points(past, scored(result()))
    assert [(item.scoring.day, item.scoring.met) for item in found] == [("2026-11-01", 1), ("2026-11-23", 2)]

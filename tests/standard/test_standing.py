"""The level is the worst verdict among the musts, then among the shoulds, and never stands without its coverage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.standard.standing import ORDER, by_domain, overall
from stdspec.standard.verdict import Judgement, Verdict


def judgement(level: str, verdict: str, domain: str = "data") -> Judgement:
    return Judgement(
        "X", "s@1", domain, level, Verdict(verdict), {}, (), None, None, None, "", None, "", (), "", (), "research"
    )


@pytest.mark.parametrize(
    ("found", "level", "among", "coverage"),
    [
        ([("must", "pass"), ("must", "fail"), ("should", "error")], "fail", "must", (3, 2)),
        ([("must", "no-evidence"), ("should", "fail")], "no-evidence", "must", (2, 1)),
        ([("must", "pass"), ("should", "fail"), ("may", "error")], "fail", "should", (3, 2)),
        ([("must", "pass"), ("should", "pass"), ("may", "fail")], "pass", "must", (3, 3)),
        ([("must", "waived"), ("should", "pass")], "waived", "must", (2, 2)),
        ([("must", "waived"), ("should", "stale")], "stale", "should", (2, 2)),
        ([("must", "not-applicable"), ("should", "pass")], "pass", "should", (1, 1)),
        ([("may", "pass")], "not-applicable", "", (1, 1)),
        ([], "not-applicable", "", (0, 0)),
    ],
)
def test_the_worst_that_counts(found: list[tuple[str, str]], level: str, among: str, coverage: tuple[int, int]) -> None:
    standing = overall(judgement(*item) for item in found)
    assert (str(standing.level), standing.among) == (level, among)
    assert (standing.holding, standing.judged) == coverage


def test_each_domain_has_its_own() -> None:
    found = by_domain([judgement("must", "fail", "data"), judgement("must", "pass", "model")])
    assert (found["data"].level, found["model"].level) == (Verdict.FAIL, Verdict.PASS)
    assert found["governance"].as_dict() == {
        "level": "not-applicable",
        "among": None,
        "coverage": {"holding": 0, "judged": 0, "share": None},
    }


@given(st.lists(st.tuples(st.sampled_from(["must", "should", "may"]), st.sampled_from(list(map(str, Verdict))))))
def test_a_pass_means_that_every_must_and_should_passes(found: list[tuple[str, str]]) -> None:
    standing = overall(judgement(*item) for item in found)
    counting = {verdict for level, verdict in found if level != "may" and verdict != "not-applicable"}
    assert (standing.level is Verdict.PASS) == (counting == {"pass"})
    assert standing.level in ORDER

"""A derived standard asks at least what its parents ask; a clause and what tightens it share one line."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.compose.model import Composed
from stdspec.evidence import Record
from stdspec.settings import Settings
from stdspec.standard import derive
from stdspec.standard.judge import judge
from stdspec.standard.load import StandardError, load
from stdspec.standard.lock import digest_at
from stdspec.standard.model import Clause, Standard
from stdspec.standard.verdict import Judgement, Verdict
from stdspec.standard.waivers import board
from tests.lint.specs import spec

TODAY = datetime.date(2026, 12, 1)


def clause(standard: str, name: str, **given_: Any) -> Clause:
    base: dict[str, Any] = {
        "id": name, "standard": standard, "domain": "data", "slug": "x", "level": "must", "since": "research",
        "says": {"en": name}, "when": {}, "require": {}, "rule": None, "cites": (), "house": "x", "remedy": "Do it.",
        "passing": (), "failing": (),
    }  # fmt: skip
    return Clause(**{**base, **given_})


def derived(name: str, parents: list[Standard], *clauses: Clause, drops: tuple[str, ...] = ()) -> Standard:
    """A standard as loading makes it, whose own clauses are at fault in nothing."""
    own = Standard(name, "1.0.0", {"name": "x"}, "x", {item.id: item for item in clauses}, drops=drops)
    inherited, faults = derive.joined(parents)
    assert [*faults, *derive.faults(own, inherited, lambda _: False)] == []
    return Standard(name, "1.0.0", {"name": "x"}, "x", derive.extended(own, inherited))


def judged(standards: list[Standard], composed: Composed | None = None, **more: Any) -> dict[str, Judgement]:
    defaults: dict[str, Any] = {"records": [], "spec_digest": "", "stage": "release", "today": TODAY}
    found = judge(standards, composed, **{**defaults, **more})
    return {item.id: item for item in found}


SEED = {"spec.seed": {"at_least": 1}}
BASE = Standard("acme/base", "1.0.0", {"name": "x"}, "x", {"B-1": clause("acme/base@1", "B-1", require=SEED)})


def test_a_clause_and_what_tightens_it_share_one_line() -> None:
    more = clause("acme/x@1", "X-1", require={"spec.seed": {"at_most": 5}}, tightens="B-1", remedy="Lower it.")
    child = derived("acme/x", [BASE], more)
    assert list(judged([child], spec("seed: 3"))) == ["B-1"]
    fine, low, high = (judged([child], spec(f"seed: {seed}"))["B-1"] for seed in (3, 0, 9))
    assert [item.verdict for item in (fine, low, high)] == [Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert low.reason == "seed is 0, asked at least 1"
    assert high.reason == "X-1 of acme/x@1, which tightens it: seed is 9, asked at most 5"
    assert (high.standard, high.remedy) == ("acme/base@1", "Lower it.")
    assert [(part["id"], part["verdict"]) for part in high.parts] == [("B-1", "pass"), ("X-1", "fail")]
    assert high.limit == {"acme/base@1/B-1": SEED, "acme/x@1/X-1": {"spec.seed": {"at_most": 5}}}


def test_a_clause_may_be_said_anew_and_both_hold() -> None:
    child = derived("acme/x", [BASE], clause("acme/x@1", "B-1", require={"spec.name": {"is": "x"}}))
    assert judged([child], spec("{seed: 3, name: x}"))["B-1"].verdict is Verdict.PASS
    assert judged([child], spec("{seed: 3, name: y}"))["B-1"].verdict is Verdict.FAIL
    assert judged([child], spec("{seed: 0, name: x}"))["B-1"].verdict is Verdict.FAIL
    assert judged([BASE], spec("{seed: 3, name: y}"))["B-1"].verdict is Verdict.PASS
    assert judged([BASE, child], spec("{seed: 3, name: y}"))["B-1"].verdict is Verdict.FAIL


def test_a_tightening_takes_nothing_from_the_stages_before_its_own() -> None:
    more = clause("acme/x@1", "X-1", require={"spec.seed": {"at_most": 5}}, tightens="B-1", since="release")
    child = derived("acme/x", [BASE], more)
    assert judged([child], spec("seed: 9"), stage="candidate")["B-1"].verdict is Verdict.PASS
    assert judged([child], spec("seed: 0"), stage="candidate")["B-1"].verdict is Verdict.FAIL
    assert judged([child], spec("seed: 9"), stage="release")["B-1"].verdict is Verdict.FAIL


def test_a_line_is_as_strong_as_its_strongest_part() -> None:
    weak = Standard(
        "acme/base", "1.0.0", {"name": "x"}, "x", {"B-1": clause("acme/base@1", "B-1", require=SEED, level="should")}
    )
    more = clause("acme/x@1", "X-1", require={"spec.seed": {"at_most": 5}}, tightens="B-1")
    assert judged([derived("acme/x", [weak], more)], spec("seed: 3"))["B-1"].level == "must"
    assert judged([weak], spec("seed: 3"))["B-1"].level == "should"


def test_a_parent_that_is_reached_twice_counts_once() -> None:
    one = derived(
        "acme/one", [BASE], clause("acme/one@1", "ONE", require={"spec.seed": {"at_most": 5}}, tightens="B-1")
    )
    two = derived(
        "acme/two", [BASE], clause("acme/two@1", "TWO", require={"spec.seed": {"at_most": 7}}, tightens="B-1")
    )
    top = derived("acme/top", [one, two], clause("acme/top@1", "TOP", require={"spec.name": {"is": "x"}}))
    found = judged([top, one, BASE], spec("{seed: 6, name: x}"))
    assert list(found) == ["B-1", "TOP"]
    assert [(part["id"], part["verdict"]) for part in found["B-1"].parts] == [
        ("B-1", "pass"),
        ("ONE", "fail"),
        ("TWO", "pass"),
    ]


def test_a_chain_of_tightenings_is_one_line() -> None:
    one = derived(
        "acme/one", [BASE], clause("acme/one@1", "ONE", require={"spec.seed": {"at_most": 7}}, tightens="B-1")
    )
    two = derived("acme/two", [one], clause("acme/two@1", "TWO", require={"spec.seed": {"at_most": 5}}, tightens="ONE"))
    found = judged([two], spec("seed: 6"))
    assert list(found) == ["B-1"]
    assert found["B-1"].reason.startswith("TWO of acme/two@1, which tightens it: ")


def test_two_clauses_of_one_id_are_refused() -> None:
    other = Standard("acme/other", "1.0.0", {"name": "x"}, "x", {"B-1": clause("acme/other@1", "B-1", require=SEED)})
    ((code, at, _, message, _),) = derive.joined([BASE, other])[1]
    assert (code, at) == ("STD012", ("extends", 1))
    assert message == "the clause B-1 of acme/base@1 is another one than that of acme/other@1; extend one of them"


@pytest.mark.parametrize(
    ("changed", "key", "words"),
    [
        ({"level": "should"}, "level", "is a should, and B-1 is a must in acme/base@1"),
        ({"since": "release"}, "from", "holds from stage release, and from research in acme/base@1"),
        ({"when": {"spec.seed": {"is": 1}}}, "when", "applies to fewer specs than in acme/base@1"),
    ],
)
def test_a_loosened_clause_is_a_fault(changed: Mapping[str, Any], key: str, words: str) -> None:
    own = Standard("acme/x", "1.0.0", {"name": "x"}, "x", {"B-1": clause("acme/x@1", "B-1", require=SEED, **changed)})
    ((code, at, _, message, _),) = derive.faults(own, BASE.clauses, lambda _: False)
    assert (code, at) == ("STD016", ("clauses", "B-1", key))
    assert message.startswith(f"the clause B-1 {words}; keep it, or have a waiver of B-1 granted")
    assert list(derive.faults(own, BASE.clauses, lambda _: True)) == []


def _files(root: Path, drops: str, waiver: str | None = None) -> Settings:
    (root / "standards").mkdir(exist_ok=True)
    text = (
        "    says: {en: x}\n    level: must\n    from: research\n    require: {spec.%s: {exists: true}}\n    house: x\n"
    )
    text += "    remedy: Do it.\n    tests: {pass: [{spec.%s: 1}], fail: [{}]}\n"
    head = "standard: acme/%s\nversion: 1.0.0\nowner: {name: x}\ngoal: x\n"
    (root / "standards" / "base.yaml").write_text(head % "base" + "clauses:\n  B-1:\n" + text % ("seed", "seed"))
    child = head % "x" + f"extends: [acme/base@1]\n{drops}clauses:\n  X-1:\n" + text % ("name", "name")
    (root / "standards" / "x.yaml").write_text(child)
    if waiver is not None:
        entry = {
            "clause": "B-1", "for": {"standard": "acme/x@1"}, "digest": digest_at(root / "standards" / "x.yaml"),
            "owner": "ana", "approver": "head", "reason": "No seeds here.", "granted": "2026-11-01", "expires": waiver,
        }  # fmt: skip
        (root / "waivers.yaml").write_text(json.dumps({"waivers": [entry]}))
    return Settings(root=root)


def test_a_dropped_clause_needs_a_waiver_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STDSPEC_TODAY", "2026-12-01")
    with pytest.raises(StandardError, match="the clause B-1 of acme/base@1 is dropped") as caught:
        load("acme/x@1", _files(tmp_path, "drops: [B-1]\n"))
    assert [item.code for item in caught.value.findings] == ["STD016"]
    with pytest.raises(StandardError, match="is dropped"):
        load("acme/x@1", _files(tmp_path, "drops: [B-1]\n", "2026-11-30"))
    with pytest.raises(StandardError, match="there is no clause B-2 to drop; did you mean B-1"):
        load("acme/x@1", _files(tmp_path, "drops: [B-2]\n"))
    settings = _files(tmp_path, "drops: [B-1]\n", "2026-12-01")
    standard, composed = load("acme/x@1", settings), spec("name: x")
    waivers = board(settings, composed, TODAY)
    found = judged([standard], composed, waivers=waivers)["B-1"]
    assert (found.verdict, found.waiver and found.waiver["for"]) == (Verdict.WAIVED, {"standard": "acme/x@1"})
    both = judged([standard, load("acme/base@1", settings)], composed, waivers=waivers)["B-1"]
    assert both.verdict is Verdict.FAIL, "who is judged by the parent itself is not freed by its child"


OPERATORS = st.sampled_from(
    [{"at_least": 1}, {"at_most": 2}, {"is": 2}, {"exists": True}, {"exists": False}, {"above": 0}]
)
REQUIRES = st.dictionaries(st.sampled_from(["spec.seed", "spec.name", "run.training.epochs"]), OPERATORS, min_size=1)
LEVELS, STAGES = st.sampled_from(["must", "should", "may"]), st.sampled_from(["research", "candidate", "release"])
WHENS = st.sampled_from([{}, {"spec.seed": {"exists": True}}, {"spec.name": {"is": 2}}])
VALUES = st.sampled_from([0, 1, 2, 3, None, "n/a", float("nan")])
CLAUSES = st.fixed_dictionaries({"require": REQUIRES, "level": LEVELS, "since": STAGES, "when": WHENS})


@given(
    parent=CLAUSES,
    child=CLAUSES,
    anew=st.booleans(),
    stage=STAGES,
    values=st.dictionaries(st.sampled_from(["seed", "name"]), VALUES),
    epochs=st.none() | VALUES,
)
def test_whatever_a_child_accepts_its_parent_accepts(
    parent: dict[str, Any], child: dict[str, Any], anew: bool, stage: str, values: dict[str, Any], epochs: Any
) -> None:
    above = Standard("acme/base", "1.0.0", {}, "x", {"B-1": clause("acme/base@1", "B-1", **parent)})
    name = "B-1" if anew else "X-1"
    own_clause = clause("acme/x@1", name, **child, tightens=None if anew else "B-1")
    own = Standard("acme/x", "1.0.0", {}, "x", {name: own_clause})
    if list(derive.faults(own, above.clauses, lambda _: False)):
        return
    below = Standard("acme/x", "1.0.0", {}, "x", derive.extended(own, above.clauses))
    composed = Composed("x", "x", values, values, {})
    records = [] if epochs is None else [Record("run.training.epochs", epochs)]
    strict = judged([below], composed, records=records, stage=stage)["B-1"]
    loose = judged([above], composed, records=records, stage=stage)["B-1"]
    met = (Verdict.PASS, Verdict.NOT_APPLICABLE)
    if strict.verdict in met:
        assert loose.verdict in met
    if loose.verdict is not Verdict.NOT_APPLICABLE:
        assert ("must", "should", "may").index(strict.level) <= ("must", "should", "may").index(loose.level)

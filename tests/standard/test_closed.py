"""What would pass, crash or mislead though it must not: numbers, names, files and evidence of odd kinds."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from stdspec.compose.model import Composed
from stdspec.errors import InputError
from stdspec.evidence import Record
from stdspec.lint.engine import lint
from stdspec.settings import Settings
from stdspec.standard import approvals, fragment, papers, waivers
from stdspec.standard.draft import draft
from stdspec.standard.judge import judge
from stdspec.standard.load import StandardError, load
from stdspec.standard.model import Clause, Standard
from stdspec.standard.quantity import order, quantity, same
from stdspec.standard.verdict import Judgement, Verdict

TODAY = datetime.date(2026, 12, 1)
MINE = "sha256:" + "a" * 64
NAN = float("nan")


def clause(**more: Any) -> Clause:
    said: dict[str, Any] = {
        "id": "X-1", "standard": "acme/x@1", "domain": "data", "slug": "x", "level": "must", "since": "research",
        "says": {"en": "x"}, "when": {}, "require": {}, "rule": None, "cites": (), "house": "x", "remedy": "Do it.",
        "passing": (), "failing": (),
    }  # fmt: skip
    return Clause(**{**said, **more})


def verdict(asked: Clause, values: dict[str, Any], spec: dict[str, Any] | None = None, **more: Any) -> Judgement:
    standard = Standard("acme/x", "1.0.0", {"name": "x"}, "x", {asked.id: asked})
    records = [Record(path, value, "n", MINE) for path, value in values.items()]
    tree = spec or {}
    composed = Composed("x", "", tree, tree, {})
    (found,) = judge([standard], composed, records, spec_digest=MINE, stage="release", today=TODAY, **more)
    return found


@pytest.mark.parametrize("number", [NAN, float("inf"), "nan", "inf", "-inf"])
@pytest.mark.parametrize(
    "operators",
    [
        {"none": {"shift": {"above": 5}}},
        {"none": {"above": 5}},
        {"each": {"shift": {"is_not": 0}}},
        {"each": {"inner": {"none": {"at": {"above": 5}}}}},
        {"none": {"passed": {"is": False}, "shift": {"above": 5}}},
    ],
)
def test_no_number_that_is_none_passes_for_want_of_a_comparison(operators: dict[str, Any], number: Any) -> None:
    entry = number if operators == {"none": {"above": 5}} else {"shift": number, "inner": {"x": {"at": number}}}
    for held in ({"a": entry}, [entry]):
        found = verdict(clause(require={"run.data.drift": operators}), {"run.data.drift": held})
        assert found.verdict is not Verdict.PASS
    fine = 1.0 if not isinstance(entry, dict) else {"shift": 1.0, "inner": {"x": {"at": 1.0}}, "passed": True}
    assert verdict(clause(require={"run.data.drift": operators}), {"run.data.drift": {"a": fine}}).verdict == "pass"


def test_what_no_operator_looks_at_may_be_undefined() -> None:
    asked = clause(require={"run.data.drift": {"each": {"n": {"at_least": 1}}}})
    assert verdict(asked, {"run.data.drift": {"a": {"n": 5, "upper": "nan"}}}).verdict is Verdict.PASS


def test_a_limit_that_is_no_number_is_none() -> None:
    asked = clause(require={"spec.seed": {"is_not": {"path": "run.training.seed"}}})
    assert verdict(asked, {"run.training.seed": 2}, {"seed": 1}).verdict is Verdict.PASS
    found = verdict(asked, {"run.training.seed": "nan"}, {"seed": 1})
    assert (found.verdict, found.reason) == (
        Verdict.NO_EVIDENCE,
        "seed has nothing to be compared with: the observed training.seed is not said",
    )


def test_evidence_in_doubt_is_no_limit_and_no_reason_not_to_apply() -> None:
    limited = clause(require={"spec.seed": {"at_most": {"path": "run.training.seed"}}})
    assert verdict(limited, {"run.training.seed": 9}, {"seed": 1}, doubt="x was changed").verdict is Verdict.NO_EVIDENCE
    applied = clause(when={"run.data.rows": {"above": 100}}, require={"spec.seed": {"exists": True}})
    few = {"run.data.rows": 5}
    assert verdict(applied, few, {"seed": 1}).verdict is Verdict.NOT_APPLICABLE
    found = verdict(applied, few, {"seed": 1}, doubt="x was changed")
    assert (found.verdict, found.reason) == (Verdict.ERROR, "x was changed")


def test_whether_a_clause_applies_is_not_guessed_where_evidence_is_missing() -> None:
    asked = clause(when={"run.data.rows": {"above": 100}}, require={"spec.seed": {"exists": True}})
    found = verdict(asked, {}, {"seed": 1})
    assert (found.verdict, found.reason) == (
        Verdict.NO_EVIDENCE,
        "whether it applies cannot be told: data.rows was not recorded by any run of this spec",
    )
    absent = clause(when={"run.data.pii": {"exists": False}}, require={"spec.seed": {"exists": True}})
    assert verdict(absent, {}, {"seed": 1}).verdict is Verdict.PASS
    early = clause(
        when={"run.data.rows": {"above": 1}, "spec.seed": {"is": 2}}, require={"spec.seed": {"exists": True}}
    )
    assert verdict(early, {}, {"seed": 1}).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-12-01", Verdict.PASS),
        ("2026-09-02", Verdict.PASS),  # 90 days
        ("2026-09-01", Verdict.STALE),
        ("2026-12-02", Verdict.ERROR),  # it is to come
        ("9999-12-31", Verdict.ERROR),
        ("0001-01-01", Verdict.STALE),
    ],
)
def test_evidence_is_of_a_day_between_its_age_and_today(day: str, wanted: Verdict) -> None:
    asked = clause(require={"run.data.rows": {"at_least": 1}}, valid_for="90d")
    recorded = {"n": datetime.date.fromisoformat(day)}
    assert verdict(asked, {"run.data.rows": 5}, recorded=recorded).verdict is wanted


@pytest.mark.parametrize("number", [10**400, -(10**400), 2**63, 10**18 + 1])
def test_integers_of_any_length_are_compared(number: int) -> None:
    assert order(number, number) == 0
    assert order(number, number + 1) == -1
    assert same(number, number)
    asked = clause(require={"run.data.rows": {"at_least": 1}})
    assert (verdict(asked, {"run.data.rows": number}).verdict is Verdict.PASS) == (number > 0)


@pytest.mark.parametrize(
    "text", ["9" * 400 + "d", "9" * 400 + "GiB", f"1.{'9' * 6000}", f"{'9' * 6000}.1", "１０d", "١٠d"]
)
def test_what_is_too_long_or_of_other_digits_is_no_quantity(text: str) -> None:
    assert quantity(text) is None


def project(root: Path, kind: str, *entries: dict[str, Any]) -> Settings:
    (root / f"{kind}.yaml").write_text(json.dumps({kind: entries}), encoding="utf-8")
    return Settings(root=root)


def waiver(**changed: Any) -> dict[str, Any]:
    base = {
        "clause": "X-1", "for": {"path": "conf/**"}, "digest": MINE, "owner": "ana", "approver": "head",
        "reason": "x", "granted": "2026-11-01", "expires": "2027-01-31",
    }  # fmt: skip
    return {**base, **changed}


@pytest.mark.parametrize("pattern", ["!", "\\", "! ", "!\\"])
def test_a_pattern_that_is_none_is_a_fault_and_no_crash(tmp_path: Path, pattern: str) -> None:
    settings = project(tmp_path, "waivers", waiver(**{"for": {"path": pattern}}))
    ((item,), _) = waivers.read(settings, TODAY)
    assert not item.selects(papers.Subject("x", "conf/a.yaml", MINE))
    assert item.in_force == (waivers._pattern(pattern) is not None)


@pytest.mark.parametrize(
    ("owner", "approver"),
    [("ana", "Ana "), ("Ana  Meyer", "ana meyer"), ("ana", "\u200bana"), ("ana", "ａｎａ"), ("Zoë", "Zoe\u0308")],
)
def test_nobody_approves_their_own_under_another_spelling(tmp_path: Path, owner: str, approver: str) -> None:
    settings = project(tmp_path, "waivers", waiver(owner=owner, approver=approver))
    ((item,), _) = waivers.read(settings, TODAY)
    assert [fault.code for fault in item.faults] == ["WVR002"]
    composed = Composed("x", "", {}, {"name": "x", "owner": {"author": owner}}, {})
    subject = papers.subject(composed, settings)
    given = {"spec": "x", "digest": subject.digest, "approver": approver, "date": "2026-11-30"}
    (record,) = approvals.records(project(tmp_path, "approvals", given), subject, TODAY)
    assert record.value[0]["approver"] == owner


@pytest.mark.parametrize("key", ["owner", "approver", "reason"])
@pytest.mark.parametrize("blank", [" ", "\t", "\u3000", ""])
def test_blank_names_and_reasons_are_none(tmp_path: Path, key: str, blank: str) -> None:
    found, findings = waivers.read(project(tmp_path, "waivers", waiver(**{key: blank})), TODAY)
    assert found == ()
    assert [item.code for item in findings] == ["WVR001"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"anyOf": [{"type": "number", "minimum": 1}, True]}, "a branch of 'anyOf' is true, which accepts anything"),
        ({"type": "array", "minContains": 2}, "'minContains' counts what 'contains' finds, and that is not there"),
    ],
)
def test_a_fragment_that_asks_for_nothing_is_refused(schema: dict[str, Any], said: str) -> None:
    (message,) = [message for _, _, message in fragment.problems(schema)]
    assert message.startswith(said)


OWN = """\
standard: {name}
version: {version}
owner: {{name: Quality}}
goal: x
clauses:
  OWN-DAT-01:
    says: {{en: The licence is stated}}
    level: may
    from: release
    require: {{spec.data.license: {{exists: true}}}}
    remedy: Write data.license.
    tests: {{pass: [{{spec.data.license: MIT}}], fail: [{{}}]}}
"""


def test_no_project_takes_the_name_of_a_standard_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards" / "base.yaml").write_text(OWN.format(name="stdspec/base", version="1.0.0"))
    assert len(load("stdspec/base@1", Settings(root=tmp_path)).clauses) > 50
    (found,) = [item for item in lint([str(tmp_path)]).findings if item.code == "STD012"]
    assert found.span is not None
    assert (found.span.file, found.span.line) == (str(tmp_path / "standards" / "base.yaml"), 1)
    with pytest.raises(InputError, match="are those of the standards that ship"):
        draft("stdspec/own", [])


def test_two_files_of_one_standard_are_not_chosen_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "standards").mkdir()
    for file, version in (("a.yaml", "1.0.0"), ("b.yaml", "1.1.0")):
        (tmp_path / "standards" / file).write_text(OWN.format(name="acme/x", version=version))
    with pytest.raises(StandardError, match=r"standards/a\.yaml and standards/b\.yaml are both acme/x@1"):
        load("acme/x@1", Settings(root=tmp_path))
    assert load("acme/x@1.1", Settings(root=tmp_path)).version == "1.1.0"

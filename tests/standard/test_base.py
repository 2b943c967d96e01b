"""stdspec/base@1: every clause shows by its own tests what it passes and what it refuses."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.domains import DOMAINS, STAGES
from stdspec.lint import catalog
from stdspec.lint.checks import rule_check
from stdspec.settings import Settings
from stdspec.standard import selftest
from stdspec.standard.load import load, read_standard
from stdspec.standard.verdict import Verdict

TODAY = datetime.date(2026, 12, 1)
BASE = load("stdspec/base@1", Settings(root=Path(__file__).parent), catalog.modules().keys())


@pytest.mark.parametrize("name", BASE.clauses)
def test_a_clause_passes_and_refuses_what_its_tests_say(name: str) -> None:
    clause = BASE.clauses[name]
    for document in clause.passing:
        outcome = selftest.verdict_on(clause, document, TODAY, rule_check)
        assert outcome.verdict is Verdict.PASS, (document, outcome.reason)
    for document in clause.failing:
        assert selftest.verdict_on(clause, document, TODAY, rule_check).verdict is not Verdict.PASS, document


@pytest.mark.parametrize("name", BASE.clauses)
def test_a_clause_is_well_founded_and_bilingual(name: str) -> None:
    clause = BASE.clauses[name]
    assert any("\u4e00" <= char <= "\u9fff" for char in clause.says["zh"])
    assert not clause.says["en"].endswith(".")
    assert clause.remedy
    assert clause.house or clause.cites
    if clause.level == "must":
        assert clause.house or any(cite.status == "verified" for cite in clause.cites)
    if clause.rule:
        assert clause.slug == catalog.load(clause.rule).slug


@pytest.mark.parametrize("name", BASE.clauses)
def test_a_clause_that_reads_a_run_refuses_its_absence(name: str) -> None:
    clause = BASE.clauses[name]
    if clause.reads_run():
        assert selftest.verdict_on(clause, {}, TODAY, rule_check).verdict is not Verdict.PASS


def test_every_domain_is_covered_before_and_after_a_run() -> None:
    clauses = BASE.clauses.values()
    assert {clause.domain for clause in clauses} == set(DOMAINS)
    assert {clause.domain for clause in clauses if clause.reads_spec()} == set(DOMAINS)
    assert {"data", "compute", "model", "training", "evaluation", "deployment", "monitoring"} <= {
        clause.domain for clause in clauses if clause.reads_run()
    }
    assert {clause.since for clause in clauses} == set(STAGES)


def test_every_domain_rule_is_asked_for_by_a_clause() -> None:
    asked = {clause.rule for clause in BASE.clauses.values()}
    assert set(catalog.modules()) - {*catalog.unconditional("hydra"), *catalog.unconditional("schema")} == asked - {
        None
    }


def test_a_wrong_test_of_a_standard_is_told(tmp_path: Path) -> None:
    text = (resources.packs() / "base.yaml").read_text(encoding="utf-8")
    file = tmp_path / "base.yaml"
    file.write_text(
        text.replace("pass: [{spec.monitoring.log.keep: 184d}", "pass: [{spec.monitoring.log.keep: 18d}"),
        encoding="utf-8",
    )
    standard, found = read_standard(file)
    assert found == []
    assert standard is not None
    assert list(selftest.run(standard, TODAY, rule_check)) == [
        ("MON004", "pass", 0, "this must pass, but it gives fail: monitoring.log.keep is 18d, asked at least 184d")
    ]

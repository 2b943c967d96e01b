"""Verdicts on a mapped spec: what its map does not reach is neither passed nor failed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stdspec.compose.model import Composed
from stdspec.compose.reach import Reach
from stdspec.lint.checks import rule_check
from stdspec.paths import ConfigPath, split_dotted
from stdspec.settings import Settings
from stdspec.standard.judge import judge
from stdspec.standard.load import load
from stdspec.standard.model import Clause, Fault, Standard
from stdspec.standard.verdict import Verdict
from tests.lint.specs import spec

TODAY = datetime.date(2026, 1, 1)


def _clause(require: Any, when: Any = None, rule: str | None = None) -> Clause:
    return Clause(
        id="X-DAT-01", standard="acme/x@1", domain="data", slug="x", level="must", since="research", says={"en": "X"},
        when=when or {}, require=require, rule=rule, cites=(), house="x", remedy="X.", passing=(), failing=(),
    )  # fmt: skip


def _verdict(
    text: str,
    reached: str,
    require: Any = None,
    when: Any = None,
    rule: Callable[[Composed], Iterator[Fault]] | None = None,
    lost: str = "",
) -> tuple[Verdict, str]:
    paths = frozenset(map(split_dotted, reached.split()))
    mapped = spec(text)
    reach = Reach(paths, {split_dotted(path): f"{path} is left to the run" for path in lost.split()})
    mapped = type(mapped)(mapped.name, mapped.entry, mapped.value, mapped.resolved, mapped.origins, reach=reach)
    clause = _clause(require or {}, when, "X" if rule is not None else None)
    standard = Standard("acme/x", "1.0.0", {}, "", {clause.id: clause})
    rules = (lambda _, of: list(rule(of))) if rule is not None else None
    (found,) = judge([standard], mapped, [], spec_digest="", stage="research", today=TODAY, rules=rules)
    return found.verdict, found.reason


LICENSE = {"spec.data.license": {"matches": "."}}


def test_a_path_that_the_map_reaches_is_judged_as_always() -> None:
    assert _verdict("data: {license: MIT}", "data.license", LICENSE)[0] is Verdict.PASS
    assert _verdict("data: {license: ''}", "data.license", LICENSE)[0] is Verdict.FAIL
    assert _verdict("{}", "data.license", LICENSE) == (Verdict.FAIL, "data.license is not said")


def test_a_path_that_it_does_not_reach_is_no_evidence() -> None:
    assert _verdict("seed: 1", "seed", LICENSE) == (
        Verdict.NO_EVIDENCE,
        "not said: the map does not reach data.license",
    )


def test_a_clause_that_is_reached_in_part_fails_by_that_part_and_never_passes_by_it() -> None:
    both = {**LICENSE, "spec.data.modality": {"is": "image"}}
    assert _verdict("data: {license: ''}", "data.license", both)[0] is Verdict.FAIL
    assert _verdict("data: {license: MIT}", "data.license", both)[0] is Verdict.NO_EVIDENCE


@pytest.mark.parametrize(
    ("operators", "verdict"),
    [
        ({"exists": True}, Verdict.PASS),
        ({"any": {"level": {"is": "high"}}}, Verdict.PASS),
        ({"exists": False}, Verdict.FAIL),
        ({"any": {"level": {"is": "low"}}}, Verdict.NO_EVIDENCE),
        ({"each": {"level": {"is": "high"}}}, Verdict.NO_EVIDENCE),
        ({"each": {"level": {"is": "low"}}}, Verdict.FAIL),
        ({"each": {"owner": {"exists": True}}}, Verdict.NO_EVIDENCE),
        ({"none": {"owner": {"exists": False}}}, Verdict.NO_EVIDENCE),
        ({"none": {"owner": {"is": "lab"}}}, Verdict.NO_EVIDENCE),
        ({"count": {"at_most": 1}}, Verdict.NO_EVIDENCE),
        ({"count": {"at_least": 2}}, Verdict.NO_EVIDENCE),
    ],
)
def test_of_a_table_that_is_reached_in_part_only_that_part_is_known(operators: Any, verdict: Verdict) -> None:
    text = "governance: {risks: {miss: {level: high}}}"
    require = {"spec.governance.risks": operators}
    assert _verdict(text, "governance.risks.miss.level", require)[0] is verdict


BASE = {"spec.model.base": {"exists": False}}


def test_that_nothing_stands_in_a_table_is_not_known_by_a_part_of_it() -> None:
    text, part = "data: {license: MIT}", "data.license model.base.license"
    assert _verdict(text, part, BASE)[0] is Verdict.NO_EVIDENCE
    assert _verdict(text, "data.license model.base", BASE)[0] is Verdict.PASS
    for exists in (True, False):
        when = {"spec.model.base": {"exists": exists}}
        assert _verdict(text, part, LICENSE, when)[0] is Verdict.NO_EVIDENCE


def test_a_condition_on_every_entry_is_not_settled_by_a_part_of_them() -> None:
    text, part = "{data: {license: ''}, governance: {risks: {a: {level: high}}}}", "data.license governance.risks.a"
    when = {"spec.governance.risks": {"each": {"level": {"is": "high"}}}}
    assert _verdict(text, part, LICENSE, when)[0] is Verdict.NO_EVIDENCE
    assert _verdict(text, "data.license governance.risks", LICENSE, when)[0] is Verdict.FAIL


@pytest.mark.parametrize("operators", [{"each": {"level": {"is": "high"}}}, {"count": {"at_most": 1}}])
def test_what_was_lost_in_a_table_keeps_it_from_passing(operators: Any) -> None:
    text, require = "governance: {risks: {miss: {level: high}}}", {"spec.governance.risks": operators}
    assert _verdict(text, "governance.risks", require)[0] is Verdict.PASS
    found = _verdict(text, "governance.risks", require, lost="governance.risks.other")
    assert found == (Verdict.NO_EVIDENCE, "not said: governance.risks.other is left to the run")
    found = _verdict(text.replace("high", "low"), "governance.risks", {"spec.governance.risks": {"each": {
        "level": {"is": "high"}}}}, lost="governance.risks.other")  # fmt: skip
    assert found[0] is Verdict.FAIL


def test_a_path_is_found_again_however_a_clause_writes_it() -> None:
    assert _verdict("data: {columns: [x]}", "data.columns", {"spec.data.columns.[0]": {"is": "x"}})[0] is Verdict.PASS


def test_a_condition_that_is_not_reached_leaves_it_open_whether_a_clause_holds() -> None:
    when = {"spec.model.base": {"is_not": None}}
    found = _verdict("data: {license: MIT}", "data.license", LICENSE, when)
    assert found == (
        Verdict.NO_EVIDENCE,
        "not said: the map does not reach model.base, which decides whether this is asked",
    )
    assert _verdict("model: {base: null}", "data.license model.base", LICENSE, when)[0] is Verdict.NOT_APPLICABLE
    assert _verdict("model: {base: x}", "data.license model.base", LICENSE, when)[0] is Verdict.FAIL


def test_that_something_is_not_there_is_not_known_where_the_map_does_not_reach() -> None:
    when = {"spec.data._target_": {"exists": False}}
    assert _verdict("data: {license: MIT}", "data.license", LICENSE, when)[0] is Verdict.NO_EVIDENCE
    assert _verdict("data: {license: MIT}", "data.license data._target_", LICENSE, when)[0] is Verdict.PASS


def test_a_known_condition_that_does_not_hold_decides_whatever_else_is_open() -> None:
    when = {"spec.model.base": {"is_not": None}, "spec.training.task": {"is": "regression"}}
    found = _verdict("training: {task: classification}", "data.license training.task", LICENSE, when)
    assert found[0] is Verdict.NOT_APPLICABLE


def test_a_limit_that_is_not_reached_compares_nothing() -> None:
    require = {"spec.compute.limits.ttl": {"at_least": {"path": "spec.compute.limits.time"}}}
    text = "compute: {limits: {ttl: 1h}}"
    found = _verdict(text, "compute.limits.ttl", require)
    assert found == (Verdict.NO_EVIDENCE, "not said: the map does not reach compute.limits.time")
    assert _verdict(text, "compute.limits.ttl compute.limits.time", require)[0] is Verdict.FAIL


def _seeded(of: Composed) -> Iterator[Fault]:
    training = of.get(("training",), {})
    if of.get(("seed",)) is None:
        yield Fault(("seed",), "no seed")
    if "optimizer" in training and training.get("determinism") is None:
        yield Fault(("training", "determinism"), "no policy")


@pytest.mark.parametrize(
    ("text", "reached", "verdict", "said"),
    [
        ("seed: 1", "seed training.optimizer training.determinism", Verdict.PASS, ""),
        ("{}", "seed", Verdict.FAIL, "no seed"),
        ("seed: 1", "seed", Verdict.NO_EVIDENCE, "the map does not reach training"),
        ("{seed: 1, training: {task: x}}", "seed training.task", Verdict.NO_EVIDENCE, "training.optimizer"),
        ("{seed: 1, training: {optimizer: {}}}", "seed training.optimizer", Verdict.NO_EVIDENCE, "determinism"),
        ("training: {optimizer: {}}", "training.optimizer training.determinism", Verdict.FAIL, "no policy"),
    ],
)
def test_a_rule_rests_on_what_it_reads(text: str, reached: str, verdict: Verdict, said: str) -> None:
    found = _verdict(text, reached, rule=_seeded)
    assert found[0] is verdict
    assert said in found[1]


def _each(path: ConfigPath) -> Callable[[Composed], Iterator[Fault]]:
    def check(of: Composed) -> Iterator[Fault]:
        for name, entry in of.get(path, {}).items():
            if entry.get("unit") is None:
                yield Fault((*path, name), "no unit", key=True)

    return check


def test_a_rule_that_goes_through_a_table_reads_all_of_it() -> None:
    text, rule = "monitoring: {metrics: {latency: {unit: seconds}}}", _each(("monitoring", "metrics"))
    assert _verdict(text, "monitoring.metrics", rule=rule)[0] is Verdict.PASS
    assert _verdict(text, "monitoring.metrics.latency.unit", rule=rule)[0] is Verdict.NO_EVIDENCE
    assert _verdict(text.replace("unit", "owner"), "monitoring.metrics", rule=rule)[0] is Verdict.FAIL


def test_a_rule_that_goes_through_a_table_does_not_pass_where_an_entry_was_lost() -> None:
    text, rule = "monitoring: {metrics: {latency: {unit: seconds}}}", _each(("monitoring", "metrics"))
    found = _verdict(text, "monitoring.metrics", rule=rule, lost="monitoring.metrics.errors")
    assert found == (Verdict.NO_EVIDENCE, "not said: monitoring.metrics.errors is left to the run")


@pytest.mark.parametrize(
    "reads",
    [
        lambda of: of.get(("model", "base")),
        lambda of: of.get(("model", "base"), {}),
        lambda of: len(of.get(("model",), {})),
        lambda of: of.get(("model",), {}) == {1: 1},
    ],
)
def test_a_rule_that_sees_nothing_in_a_part_of_a_table_has_not_seen_all(reads: Callable[[Composed], object]) -> None:
    def rule(of: Composed) -> Iterator[Fault]:
        if reads(of):
            yield Fault(("seed",), "based on something")

    assert _verdict("{}", "model.base.license", rule=rule)[0] is Verdict.NO_EVIDENCE
    assert _verdict("{}", "model", rule=rule)[0] is Verdict.PASS


def test_a_rule_that_looks_at_the_whole_spec_never_passes_on_a_part() -> None:
    def none(of: Composed) -> Iterator[Fault]:
        yield from (Fault((key,), "found") for key in of.resolved if key == "secret")

    assert _verdict("seed: 1", "seed", rule=none)[0] is Verdict.NO_EVIDENCE


def test_no_clause_of_the_base_passes_or_fails_on_a_map_of_nothing() -> None:
    settings = Settings(root=Path("/nowhere"))
    standard = load("stdspec/base@1", settings)
    nothing = Composed("x", "/x.yaml", {}, {}, {}, reach=Reach(frozenset({("stage",)})))
    found = judge(
        [standard], nothing, [], spec_digest="", stage="release", today=TODAY,
        rules=lambda code, of: rule_check(code, of, settings),
    )  # fmt: skip
    assert {item.verdict: item.reason for item in found if item.verdict is not Verdict.NO_EVIDENCE} == {}

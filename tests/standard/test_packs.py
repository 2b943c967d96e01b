"""Every clause of every shipped standard: its own tests run, and one change of what passes makes it fail."""

from __future__ import annotations

import copy
import datetime
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stdspec import resources
from stdspec.lint import catalog
from stdspec.lint.checks import rule_check
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard import references, selftest
from stdspec.standard.load import load, read_standard
from stdspec.standard.model import Clause, Standard
from stdspec.standard.verdict import Verdict
from stdspec.validate import schemas

TODAY = datetime.date(2026, 12, 1)
PATHS = sorted(resources.packs().glob("*.yaml"))
INDUSTRIES = set(schemas.load("governance")["$defs"]["industry"]["properties"]["kind"]["enum"])
_WRONG: tuple[Any, ...] = (None, "n/a", math.nan, [], {}, 0, False)
FEWEST, MOST = 5, 12
"""How many clauses an industry adds: enough to say something, few enough to be read."""


def _own(path: Path) -> Standard:
    standard, faults = read_standard(path, catalog.modules().keys())
    assert faults == []
    assert standard is not None
    return standard


PACKS = {path.stem: _own(path) for path in PATHS}
ALL = [clause for standard in PACKS.values() for clause in standard.clauses.values()]
CLAUSES = [pytest.param(clause, id=clause.id) for clause in ALL]
OF_INDUSTRIES = [clause for name in sorted(INDUSTRIES) for clause in PACKS[name].clauses.values()]


def _verdict(clause: Clause, document: Any) -> Verdict:
    return selftest.verdict_on(clause, document, TODAY, rule_check).verdict


def _changed(value: Any) -> Iterator[Any]:
    """The value with one thing in it taken away, emptied, or made NaN or a text: everything one hand could do wrong."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            less = copy.copy(value)
            del less[key]
            yield less
            for inner in _changed(value[key]):
                other = copy.copy(value)
                other[key] = inner
                yield other
    yield from (item for item in _WRONG if item != value)


def _mixed(document: Any, other: Any) -> Iterator[dict[str, Any]]:
    """The document with one value of another one in the place of its own."""
    tree = _tree(document)
    for path, value in _leaves(_tree(other)):
        mixed = copy.deepcopy(tree)
        _put(mixed, path, value)
        yield _document(mixed)


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif path:
        yield path, value


def _tree(document: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in document.items():
        _put(tree, tuple(key.split(".")), copy.deepcopy(value))
    return tree


def _document(tree: dict[str, Any]) -> dict[str, Any]:
    return {f"{scope}.{key}": value for scope in tree for key, value in tree[scope].items()}


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for key in above:
        if not isinstance(tree.get(key), dict):
            tree[key] = {}
        tree = tree[key]
    tree[last] = value


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_passes_and_refuses_what_its_tests_say(clause: Clause) -> None:
    for document in clause.passing:
        outcome = selftest.verdict_on(clause, document, TODAY, rule_check)
        assert outcome.verdict is Verdict.PASS, (document, outcome.reason)
    for document in clause.failing:
        assert _verdict(clause, document) is not Verdict.PASS, document


@pytest.mark.parametrize("clause", CLAUSES)
def test_one_change_turns_a_pass_into_something_else(clause: Clause) -> None:
    changed = [item for document in clause.passing for item in _changed(document) if isinstance(item, dict)]
    changed += [item for document in clause.passing for other in clause.failing for item in _mixed(document, other)]
    assert any(_verdict(clause, item) is not Verdict.PASS for item in changed)


@pytest.mark.parametrize("clause", [pytest.param(item, id=item.id) for item in ALL if item.require])
def test_every_path_that_a_clause_asks_for_counts(clause: Clause) -> None:
    """Leaving any single path of `require` out, or making it NaN, never passes."""
    for path in clause.require:
        for document in clause.passing:
            for missing in (True, False) if set(clause.require[path]) - {"exists"} else (True,):
                assert _verdict(clause, _spoilt(document, path, missing=missing)) is not Verdict.PASS, (path, missing)


def _spoilt(document: Any, path: str, *, missing: bool) -> dict[str, Any]:
    """A test document in which a path is missing or NaN, however the document says what lies on it."""
    tree = node = _tree(document)
    *above, last = path.split(".")
    for key in above:
        node = node.get(key, {})
    if missing:
        node.pop(last, None)
    else:
        node[last] = math.nan
    return _document(tree)


@pytest.mark.parametrize("clause", CLAUSES)
def test_without_evidence_nothing_passes(clause: Clause) -> None:
    if clause.reads_run():
        assert _verdict(clause, {}) is not Verdict.PASS


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_well_founded_and_bilingual(clause: Clause) -> None:
    assert any("\u4e00" <= char <= "\u9fff" for char in clause.says["zh"])
    assert not clause.says["en"].endswith(".")
    assert not clause.says["zh"].endswith("。")
    assert clause.house or clause.cites
    if clause.level == "must":
        assert clause.house or any(cite.status == "verified" for cite in clause.cites)
    assert not any(references.withdrawn(cite.ref, TODAY) for cite in clause.cites)


@pytest.mark.parametrize("clause", CLAUSES)
def test_what_a_run_does_not_supply_yet_is_said_in_the_remedy(clause: Clause) -> None:
    unsaid = [path for path in clause.require if path.startswith("run.") and not _supplied(path)]
    for path in unsaid:
        assert "suppl" in clause.remedy or "提供" in clause.remedy, path


def _supplied(path: str) -> bool:
    """Whether the page of evidence lists a path: what runs record today."""
    listed = (Path(__file__).parents[2] / "docs" / "reference" / "evidence.md").read_text(encoding="utf-8")
    *above, last = path.split(".")[:4]
    return f"`{'.'.join((*above, last))}" in listed or ".".join(above) in listed or f"`.{last}`" in listed


@pytest.mark.parametrize("name", sorted(INDUSTRIES))
def test_an_industry_only_adds_to_the_base_and_says_for_whom(name: str) -> None:
    standard = PACKS[name]
    assert standard.extends == ("stdspec/base@1",)
    assert standard.applies_to["industry"] in schemas.load("spec")["properties"]["industry"]["examples"]
    assert standard.effective is not None
    assert standard.review_by is not None
    assert FEWEST <= len(standard.clauses) <= MOST
    joined = load(standard.label, Settings(root=Path(__file__).parent), catalog.modules().keys())
    assert set(PACKS["base"].clauses) < set(joined.clauses)


@pytest.mark.parametrize("clause", [pytest.param(item, id=item.id) for item in OF_INDUSTRIES])
def test_a_clause_of_an_industry_is_tested_from_three_sides(clause: Clause) -> None:
    assert len(clause.passing) >= 1
    assert len(clause.failing) >= 2


def test_every_industry_has_its_questions_and_their_option() -> None:
    options = {path.stem.replace("_", "-") for path in (resources.conf() / "governance" / "industry").glob("*.yaml")}
    assert set(PACKS) >= INDUSTRIES
    assert options == INDUSTRIES
    for name in sorted(INDUSTRIES):
        option = read(resources.conf() / "governance" / "industry" / f"{name.replace('-', '_')}.yaml").value
        branch = schemas.load("governance")["$defs"][f"industry-{name}"]["properties"]
        assert set(option) == set(branch)
        assert option["kind"] == name


def test_every_question_of_an_industry_is_asked_by_a_clause() -> None:
    for name in sorted(INDUSTRIES):
        asked = " ".join(str((clause.require, clause.when)) for clause in PACKS[name].clauses.values())
        branch = set(schemas.load("governance")["$defs"][f"industry-{name}"]["properties"]) - {"kind"}
        assert {key for key in branch if f"spec.governance.industry.{key}" not in asked} == set()


def test_three_of_four_clauses_of_the_base_need_no_code_and_few_lines() -> None:
    lines = (resources.packs() / "base.yaml").read_text(encoding="utf-8").splitlines()
    alone = {name for name, clause in PACKS["base"].clauses.items() if clause.rule is None}
    short = {name for name in alone if _lines_of_require(lines, name) <= 6}
    assert len(short) >= 0.75 * len(PACKS["base"].clauses), sorted(set(PACKS["base"].clauses) - short)


def _lines_of_require(lines: list[str], name: str) -> int:
    """How many lines the `require` of a clause takes, its own key left out where the paths stand below it."""
    start = lines.index("    require:", lines.index(f"  {name}:")) if _is_block(lines, name) else None
    if start is None:
        return 1
    rest = lines[start + 1 :]
    return next(index for index, line in enumerate(rest) if not line.startswith("      "))


def _is_block(lines: list[str], name: str) -> bool:
    clause = lines[lines.index(f"  {name}:") :]
    require = next(line for line in clause if line.startswith("    require:"))
    return require == "    require:"


def test_a_reference_is_told_by_its_edition() -> None:
    day = datetime.date(2026, 4, 17)
    found = references.withdrawn("sr letter 11-7, section V", day)
    assert found is not None
    assert found[1].successor == "SR 26-2"
    assert references.withdrawn("SR 11-7", day - datetime.timedelta(days=1)) is None
    for holds in ("SR 11-70", "PCI DSS 4.0.1, requirement 6.5.5", "ISO 26262:2018", "ISO/TS 16949-2", "GDPR"):
        assert references.withdrawn(holds, day) is None, holds
    for ends in ("PCI DSS v4.0", "PCI DSS version 4.0, 3.5.1", "ISO/IEC  27001:2013 A.5", "iso 26262:2011"):
        assert references.withdrawn(ends, day) is not None, ends
    dates = [datetime.date.fromisoformat(item.since) for item in references.WITHDRAWN]
    assert max(dates) <= day

"""A standard with any fault of its own is refused, and the fault is named at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard.load import StandardError, is_standard, load, read_standard

HEAD = "standard: acme/vision\nversion: 2.1.0\nowner: {name: Quality}\ngoal: fewer escapes\nclauses:\n"
CLAUSE = """  ACME-DAT-03:
    says: {en: Every part is traceable, zh: 每个零件可追溯}
    level: must
    from: research
    require: {spec.data.columns.part.role: {is: group}}
    cites: [{ref: ISO 9001, relation: supports, status: verified}]
    remedy: Add the column.
    tests: {pass: [{spec.data.columns.part.role: group}], fail: [{}]}
"""


def _read(tmp_path: Path, text: str) -> list[tuple[str, int, str]]:
    file = tmp_path / "vision.yaml"
    file.write_text(text, encoding="utf-8")
    standard, found = read_standard(file, ["DAT001"])
    assert (standard is None) == bool(found)
    return [(item.code, item.span.line if item.span else 0, item.message) for item in found]


def test_a_sound_standard_is_read(tmp_path: Path) -> None:
    file = tmp_path / "vision.yaml"
    file.write_text(HEAD + CLAUSE, encoding="utf-8")
    standard, found = read_standard(file)
    assert found == []
    assert standard is not None
    assert standard.label == "acme/vision@2"
    clause = standard.clauses["ACME-DAT-03"]
    assert (clause.domain, clause.level, clause.since, clause.standard) == ("data", "must", "research", "acme/vision@2")
    assert clause.says["zh"] == "每个零件可追溯"
    assert standard.places["ACME-DAT-03"].line == 6


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("    cites:", "    sites:", "STD002", 11, "did you mean 'cites'"),
        ("    level: must\n", "", "STD003", 6, "level"),
        ("level: must", "level: shall", "STD003", 8, "must"),
        ("[{ref: ISO 9001, relation: supports, status: verified}]", "${oc.env:CITES}", "STD003", 11, "cites"),
        ("[{spec.data.columns.part.role: group}]", "'${x}'", "STD003", 13, "pass"),
        ("{is: group}", "{equals: group}", "STD004", 10, "there is no operator 'equals'"),
        ("{is: group}", "{at_least: 2026-02-30}", "STD005", 10, "2026-02-30, and that month has the days 01 to 28"),
        ("goal: fewer escapes", "goal: x\nreview_by: 2027-06-31", "STD003", 5, "that month has the days 01 to 30"),
        ("goal: fewer escapes", "goal: x\nreview_by: 2027-6-1", "STD003", 5, "must be a day: year-month-day"),
        ("goal: fewer escapes", "goal: x\nreview_by: 2027-13-01", "STD003", 5, "a year has the months 01 to 12"),
        ("goal: fewer escapes\n", "", "STD003", 1, "the standard lacks 'goal'"),
        ("{is: group}", "{at_least: tall}", "STD005", 10, "'at_least' takes a number, a duration"),
        ("{is: group}", '{matches: "(?=a)b"}', "STD005", 10, "never backtracks"),
        ("{is: group}", "{one_of: []}", "STD005", 10, "a list of values"),
        ("{is: group}", "{exists: maybe}", "STD005", 10, "true or false"),
        ("{is: group}", "{each: {nothing: 3}}", "STD004", 10, "there is no operator 'nothing'"),
        ("{is: group}", "{at_least: {path: speck.seed}}", "STD005", 10, "is no path of a spec or a run"),
        (
            "require: {spec.data.columns.part",
            "require: {spec.dta.columns.part",
            "STD006",
            10,
            "a path that no spec has",
        ),
        (
            "require: {spec.data.columns.part",
            "require: {data.columns.part",
            "STD006",
            10,
            "begin it with 'spec.' or 'run.'",
        ),
        (", fail: [{}]}", "}", "STD007", 13, "no test shows when the clause does not fail"),
        ("status: verified", "status: title-only", "STD008", 8, "a must rests on no verified reference"),
        ("    remedy:", "    rule: DAT999\n    remedy:", "STD009", 12, "there is no rule DAT999"),
        ("    remedy:", "    schema: {spec.seed: {minimum: 1}}\n    remedy:", "STD013", 12, "the schema has no type"),
        ("    remedy:", "    schema: {spec.seed: {type: integer, minimun: 1}}\n    remedy:", "STD013", 12, "'minimun'"),
        ("    remedy:", "    schema: {spec.seed: {$ref: '#'}}\n    remedy:", "STD013", 12, "'$ref' leads elsewhere"),
        (
            "    remedy:",
            "    schema: {spec.sed: {type: integer}}\n    remedy:",
            "STD006",
            12,
            "a path that no spec has",
        ),
        ("    remedy:", "    schema: {type: object}\n    remedy:", "STD003", 12, "must be a mapping"),
        ("    require: {spec.data.columns.part.role: {is: group}}\n", "", "STD015", 6, "asks for nothing"),
        ("{is: group}", "{at_least: .inf}", "YML005", 10, "not a finite number"),
    ],
)
def test_a_fault_is_named_at_its_place(tmp_path: Path, old: str, new: str, code: str, line: int, words: str) -> None:
    text = HEAD + CLAUSE
    assert old in text
    found = _read(tmp_path, text.replace(old, new, 1))
    assert [(item[0], item[1]) for item in found] == [(code, line)], found
    assert words in found[0][2]


def test_a_test_may_hold_what_no_spec_may(tmp_path: Path) -> None:
    assert _read(tmp_path, HEAD + CLAUSE.replace("fail: [{}]", "fail: [{spec.data.columns.part.role: .nan}]")) == []


def _project(tmp_path: Path, **files: str) -> Settings:
    (tmp_path / "standards").mkdir(exist_ok=True)
    for name, text in files.items():
        (tmp_path / "standards" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Settings(root=tmp_path)


def test_a_derived_standard_holds_its_own_clauses_and_those_it_extends(tmp_path: Path) -> None:
    settings = _project(tmp_path, vision=HEAD.replace("clauses:", 'extends: ["stdspec/base@1"]\nclauses:') + CLAUSE)
    standard = load("acme/vision@2", settings)
    assert standard.clauses["DAT001"].standard == "stdspec/base@1"
    assert standard.clauses["ACME-DAT-03"].standard == "acme/vision@2"
    assert load("acme/vision@2.1", settings).label == load("acme/vision@2.1.0", settings).label
    with pytest.raises(StandardError, match="there is no standard acme/vision@3"):
        load("acme/vision@3", settings)


def test_a_derived_standard_tightens_only_what_is_there(tmp_path: Path) -> None:
    derived = HEAD.replace("clauses:", 'extends: ["stdspec/base@1"]\nclauses:') + CLAUSE
    other = derived.replace("ACME-DAT-03", "DAT001").replace("    remedy:", "    tightens: DAT003\n    remedy:")
    settings = _project(tmp_path, vision=other)
    with pytest.raises(StandardError, match="the clause DAT001 stands already in stdspec/base@1"):
        load("acme/vision@2", settings)
    settings = _project(tmp_path, vision=derived.replace("    remedy:", "    tightens: DAT099\n    remedy:"))
    with pytest.raises(StandardError, match="there is no clause DAT099 to tighten"):
        load("acme/vision@2", settings)
    settings = _project(tmp_path, vision=derived.replace("    remedy:", "    tightens: DAT003\n    remedy:"))
    assert load("acme/vision@2", settings).clauses["ACME-DAT-03"].tightens == "DAT003"


def test_standards_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    first = HEAD.replace("clauses:", 'extends: ["acme/other@1"]\nclauses:') + CLAUSE
    other = (
        HEAD.replace("acme/vision", "acme/other")
        .replace("2.1.0", "1.0.0")
        .replace("clauses:", 'extends: ["acme/vision@2"]\nclauses:')
    )
    settings = _project(tmp_path, vision=first, other=other + CLAUSE.replace("ACME-DAT-03", "OTHER-1"))
    found = []
    for name in ("acme/vision@2", "acme/other@1"):
        with pytest.raises(StandardError, match="in a circle") as caught:
            load(name, settings)
        found += caught.value.findings
    assert found[0] == found[1]
    assert (found[0].code, found[0].path, found[0].span and found[0].span.line) == ("STD010", "extends[0]", 5)


def test_a_faulty_standard_does_not_load_and_says_where(tmp_path: Path) -> None:
    settings = _project(tmp_path, vision=HEAD + CLAUSE.replace("{is: group}", "{equals: group}"))
    with pytest.raises(StandardError) as caught:
        load("acme/vision@2", settings)
    assert caught.value.findings[0].code == "STD004"
    assert caught.value.place is not None
    assert ":10:" in caught.value.place


def _standards(tmp_path: Path, text: str, folder: str = "standards") -> bool:
    file = tmp_path / folder / "parts.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return is_standard(read(file))


@pytest.mark.parametrize(
    ("text", "here", "elsewhere"),
    [
        (HEAD + CLAUSE, True, True),
        ((HEAD + CLAUSE).replace("clauses:", "clause:"), True, True),
        ((HEAD + CLAUSE).replace("standard:", "standrad:"), True, True),
        (HEAD.replace("clauses:\n", ""), True, False),
        ((HEAD + CLAUSE).replace("standard: acme/vision\n", ""), True, False),
        ((HEAD + CLAUSE).replace("standard:", "norm:").replace("clauses:", "rules:"), True, False),
        ("standard: DICOM\nclasses: {a: 1}\n", True, False),
        ("standard: DICOM\nversion: 3\n", False, False),
        ("defaults: [stdspec/base]\nstandards: [acme/vision@1]\nowner: {name: x}\nversion: 1.0.0\n", False, False),
        ("standards: [acme/vision@1]\nclauses: 3\n", False, False),
        ("- standard\n- clauses\n", False, False),
    ],
)
def test_a_standard_is_known_by_its_marks(tmp_path: Path, text: str, here: bool, elsewhere: bool) -> None:
    assert (_standards(tmp_path, text), _standards(tmp_path, text, "conf")) == (here, elsewhere)

"""`stdspec rules` lists every code that `stdspec lint` can print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from stdspec.cli.rules import command
from stdspec.domains import DOMAINS, FORM
from stdspec.lint import catalog
from stdspec.lint.engine import lint

FIELDS = {"code", "slug", "summary", "why", "severity", "domain", "kind", "standards", "fixable", "good", "bad"}
PILE = {
    "conf/config.yaml": (
        "defaults: [stdspec/base, data: digits, model: mlp, override /training/optimizer: sgd, _self_]\n"
        "stage: release\nstandards: [stdspec/base@1, acme/parts@1, acme/none@1]\nname: ${nam}\n"
        "training: {epoch: 3, epochs: -1, batch: {global: 100, micro: 16}, optimizer: {kind: adam}}\n"
        "compute: {secrets: {token: hunter2}}\n"
    ),
    "conf/config_other.yaml": "code: 012\nlr: 1\nLR: 1\nlimit: (1, 2)\n",
    "conf/broken.yaml": "a: [1\n",
    "conf/data/mine.yaml": "- 1\n",
    "conf/data/other.yaml": "source: {kind: csf}\nsplits: {kind: random, shares: {train: 2}}\n",
    "conf/experiment/wide.yaml": "# @package _global_\ndefaults: [overide /data: digits]\n",
    "conf/training/lost.yaml": "x: &x 1\ny: None\nz: \u201ca\u201d\n",
    "standards/parts.yaml": "standard: acme/parts\nversion: 1\nclauses: {A: {level: must}}\n",
    "plain/config.yaml": "defaults: [model: 50, _self_]\ntoken: ???\n",
    "plain/model/a.yaml": "# @pakage _global_\nx: ${y}\n",
}


def _rules(*args: str) -> str:
    result = CliRunner().invoke(command, list(args))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def listed() -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in json.loads(_rules("--format", "json"))}


def test_json_holds_every_field_of_every_code(listed: dict[str, dict[str, Any]]) -> None:
    assert len(listed) >= 70
    for item in listed.values():
        assert set(item) == FIELDS
        assert item["severity"] in ("error", "warning", "info")
        assert item["kind"] in ("rule", "clause", "form")
        assert item["fixable"] in ("no", "safe", "unsafe")
        assert item["domain"] in (*DOMAINS, *FORM)
        assert item["summary"]
        assert item["why"]
        assert item["good"]
        assert item["bad"]
        assert all(set(case) == {"text", "place", "message"} and case["message"] for case in item["bad"])


def test_every_code_that_is_no_clause_has_two_cases_of_each_side(listed: dict[str, dict[str, Any]]) -> None:
    few = {code for code, item in listed.items() if min(len(item["good"]), len(item["bad"])) < 2}
    assert {code for code in few if listed[code]["kind"] != "clause"} == set()


def test_kinds_are_told_apart(listed: dict[str, dict[str, Any]]) -> None:
    assert listed["YML003"]["kind"] == "form"
    assert (listed["DAT002"]["kind"], listed["DAT002"]["standards"]) == ("clause", ["stdspec/base@1"])
    assert (listed["CMP003"]["kind"], listed["CMP003"]["standards"]) == ("rule", ["stdspec/base@1"])
    assert (listed["HYD015"]["kind"], listed["HYD015"]["standards"]) == ("rule", [])
    assert "TRN005" not in listed  # only the evidence of a run can fail it


def test_every_code_that_a_hostile_pile_gives_is_listed(
    listed: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stdspec.toml").write_text("", encoding="utf-8")
    for name, text in PILE.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    printed = {item.code: item for item in lint([str(tmp_path)]).findings}
    assert {"YML001", "YML019", "STD003", "STD010", "SPC001", "CMP003"} <= set(printed)
    assert len(printed) > 20
    assert set(printed) <= set(listed)
    assert {code: item.slug for code, item in printed.items()} == {code: listed[code]["slug"] for code in printed}


def test_a_clause_and_the_rule_behind_it_have_one_name() -> None:
    from stdspec.lint import manual
    from stdspec.settings import Settings

    for standard in manual.standards(Settings(root=Path("/"))):
        for clause in standard.clauses.values():
            if clause.rule is not None:
                assert (clause.id, catalog.load(clause.rule).slug) == (clause.rule, clause.slug)


def test_a_standard_of_the_project_is_listed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stdspec.lint.rules.standard.std008_unfounded_must import FORM as EXAMPLE

    (tmp_path / "stdspec.toml").write_text("", encoding="utf-8")
    (tmp_path / "standards").mkdir()
    text = EXAMPLE.good[0].files["standards/parts.yaml"]
    assert isinstance(text, str)
    (tmp_path / "standards" / "parts.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = {item["code"]: item for item in json.loads(_rules("--format", "json"))}
    assert found["ACME-01"]["standards"] == ["acme/parts@1"]


def test_markdown_is_one_table_of_every_code(listed: dict[str, dict[str, Any]]) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(_rules("--format", "markdown"))
    assert sum(token.type == "table_open" for token in tokens) == 1
    rows = [index for index, token in enumerate(tokens) if token.type == "tr_open"]
    firsts = [next(token for token in tokens[row:] if token.type == "inline").content for row in rows]
    assert firsts == ["Code", *sorted(listed)]


def test_text_has_a_line_for_each(listed: dict[str, dict[str, Any]]) -> None:
    lines = _rules().splitlines()
    assert [line.split()[0] for line in lines] == sorted(listed)
    assert all(len(line) <= 80 for line in lines)

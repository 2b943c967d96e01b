"""`stdspec report`: a run's report.json in every format and both languages; nothing is judged again."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from stdspec.cli import verdicts
from stdspec.cli.main import run as stdspec
from stdspec.report.html import render
from tests.report import sample

REPORT = sample.report()
HELD = [clause for clause in REPORT["clauses"] if clause["verdict"] != "not-applicable"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "report.json").write_text(json.dumps(REPORT), encoding="utf-8")
    return tmp_path / "run"


def said(capsys, *arguments):
    assert stdspec(["report", "run", *arguments]) == 0
    return capsys.readouterr().out


def test_html_is_what_the_run_wrote(folder, capsys):
    assert said(capsys) == render(REPORT)


def test_json_is_the_report_in_any_language(folder, capsys):
    assert json.loads(said(capsys, "--format", "json", "--lang", "zh")) == REPORT


def test_html_in_chinese_says_so_and_marks_what_stays_english(folder, capsys):
    page = said(capsys, "--lang", "zh")
    assert page.startswith('<!doctype html>\n<html lang="zh-Hans">')
    assert "<h2>在候选阶段,证据支持 10 条(适用条款共 15 条);" in page
    assert "<h2>需要关注</h2>" in page
    assert '<span class="why" lang="en">' in page
    clause = next(item for item in HELD if "zh" in item["says"])
    assert f"<span>{clause['says']['zh']}" in page
    assert f'<dd lang="en">{clause["says"]["en"]}</dd>' in page


def test_junit_fails_where_the_run_does(folder, capsys):
    root = ET.fromstring(said(capsys, "--format", "junit"))
    cases = {case.get("name").split()[0]: case for case in root.iter("testcase")}
    for clause in HELD:
        tags = [child.tag for child in cases[clause["id"]]]
        unmet = clause["level"] == "must" and clause["verdict"] in verdicts.UNMET
        wanted = "failure" if clause["verdict"] == "fail" else "error"
        assert tags == ([wanted] if unmet else [] if clause["verdict"] == "pass" else ["skipped"]), clause["id"]
    assert cases["metric"].find("failure").get("message") == "a metric misses its limit"
    assert int(root.get("failures")) == sum(case.find("failure") is not None for case in root.iter("testcase"))
    assert int(root.get("tests")) == len(REPORT["clauses"]) + 1


def test_sarif_is_valid_and_holds_what_is_not_supported(folder, capsys):
    from tests.cli.test_formats import _check_sarif  # needs packages of the dev extra

    log = json.loads(said(capsys, "--format", "sarif"))
    _check_sarif(json.dumps(log))
    (run,) = log["runs"]
    found = {item["ruleId"].rpartition("/")[2]: item for item in run["results"]}
    assert sorted(found) == sorted(item["id"] for item in HELD if item["verdict"] != "pass")
    assert (found["EVL007"]["kind"], found["EVL007"]["level"]) == ("fail", "error")
    assert (found["DAT012"]["kind"], found["DAT012"]["level"]) == ("open", "none")
    assert found["TRN008"]["suppressions"][0]["status"] == "accepted"
    place = found["EVL007"]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("conf/config.yaml", 23)


@pytest.mark.parametrize(("lang", "heading"), [("en", "## What needs attention"), ("zh", "## 需要关注")])
def test_markdown_has_the_verdict_and_every_clause_that_holds(lang, heading, folder, capsys):
    text = said(capsys, "--format", "markdown", "--lang", lang)
    assert heading in text
    rows = text.rpartition("|-|-|-|-|-|\n")[2].splitlines()
    assert [row.split(" | ")[1] for row in rows] == [clause["id"] for clause in HELD]


def test_what_a_spec_says_is_no_markup(folder, capsys):
    hostile = {**REPORT, "name": "<b>x</b> | [y](http://z) `q` @all\n# no"}
    (folder / "report.json").write_text(json.dumps(hostile), encoding="utf-8")
    assert (
        said(capsys, "--format", "markdown")
        .splitlines()[0]
        .startswith(r"# \<b\>x\</b\> \| \[y\]\(http\://z\) \`q\` \@all\\n")
    )
    assert "<b>x</b>" not in said(capsys, "--lang", "zh")
    assert ET.fromstring(said(capsys, "--format", "junit")).get("name").startswith("<b>x</b>")


def test_it_is_written_into_a_file_when_one_is_named(folder, capsys):
    assert stdspec(["report", "run", "-o", "page.html", "--lang", "zh"]) == 0
    assert capsys.readouterr() == ("", "stdspec: wrote page.html\n")
    assert Path("page.html").read_text(encoding="utf-8") == render(REPORT, "zh")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '"a"', '{"clauses": [], "summary": {}, "name": "x"}'])
def test_what_is_no_report_is_said_in_one_sentence(text, folder, capsys):
    (folder / "report.json").write_text(text, encoding="utf-8")
    for form in verdicts.FORMATS:
        assert stdspec(["report", "run", "--format", form]) == 2, form
        assert "run/report.json: this is no report of this version; run the spec again" in capsys.readouterr().err

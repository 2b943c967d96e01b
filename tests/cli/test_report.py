"""`stdspec report`: a run's report.json in every format and both languages; nothing is judged again."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from stdspec.cli import verdicts
from stdspec.cli.main import run as stdspec
from stdspec.cli.visible import visible
from stdspec.report.html import render
from stdspec.run import seal
from tests.report import sample

REPORT = sample.report()
HELD = [clause for clause in REPORT["clauses"] if clause["verdict"] != "not-applicable"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    write(tmp_path / "run", json.dumps(REPORT))
    return tmp_path / "run"


def write(run, text):
    (run / "report.json").write_text(text, encoding="utf-8")
    seal.write(run)


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
    assert "<h2>在候选阶段，证据支持 10 条（适用条款共 15 条）；" in page
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
    write(folder, json.dumps(hostile))
    assert (
        said(capsys, "--format", "markdown")
        .splitlines()[0]
        .startswith(r"# \<b\>x\</b\> \| \[y\]\(http\://z\) \`q\` \@all\\n")
    )
    assert "<b>x</b>" not in said(capsys, "--lang", "zh")
    assert ET.fromstring(said(capsys, "--format", "junit")).get("name").startswith("<b>x</b>")


HOSTILE = "\x1b[31m\udcff\u202e <b>| a\\| `c` **d** [e](http://f) @all #1 $x$ </testcase> ]]> {0} ~~g~~\n# no"


def hostile(report):
    """A report in which every free text is one that would break a format that took it for its own."""
    clauses = [
        {
            **clause,
            "says": {"en": HOSTILE},
            "reason": HOSTILE,
            "remedy": HOSTILE,
            "place": f"{HOSTILE}:100:5",
            "path": HOSTILE,
            "cites": [{"ref": HOSTILE, "relation": HOSTILE, "status": HOSTILE}],
        }
        for clause in report["clauses"]
    ]
    metrics = [{**item, "name": HOSTILE} for item in report["evaluation"]["metrics"]]
    summary = {**report["summary"], "sentence": HOSTILE}
    evaluation = {**report["evaluation"], "metrics": metrics}
    return {**report, "name": HOSTILE, "clauses": clauses, "evaluation": evaluation, "summary": summary}


def test_no_format_of_a_report_takes_a_text_for_its_own(folder, capsys):
    write(folder, json.dumps(hostile(REPORT)))
    for form in verdicts.FORMATS:
        text = said(capsys, "--format", form)
        assert not {"\x1b", "\u202e"} & set(text) or form == "html", form


def test_junit_of_a_report_is_what_jenkins_reads(folder, capsys):
    from tests.cli.test_formats import _junit_schema  # needs packages of the dev extra

    junitparser = pytest.importorskip("junitparser", reason="needs the dev extra")
    for report in (REPORT, hostile(REPORT)):
        write(folder, json.dumps(report))
        text = said(capsys, "--format", "junit")
        assert [error.reason for error in _junit_schema().iter_errors(ET.fromstring(text))] == []
        parsed = junitparser.JUnitXml.fromstring(text.encode())
        unmet = [item for item in HELD if item["level"] == "must" and item["verdict"] in verdicts.UNMET]
        assert parsed.failures + parsed.errors == len(unmet) + 1  # the gate is one of them
        assert [suite.name for suite in parsed] == [
            *dict.fromkeys(item["domain"] for item in REPORT["clauses"]),
            "gate",
        ]


def test_sarif_of_a_hostile_report_is_valid(folder, capsys):
    from tests.cli.test_formats import _check_sarif  # needs packages of the dev extra

    write(folder, json.dumps(hostile(REPORT)))
    _check_sarif(said(capsys, "--format", "sarif"))


def test_markdown_reads_on_github_as_it_was_meant(folder, capsys):
    parser = pytest.importorskip("markdown_it", reason="needs the dev extra").MarkdownIt("gfm-like", {"linkify": False})
    write(folder, json.dumps(hostile(REPORT)))
    tokens = parser.parse(said(capsys, "--format", "markdown"))
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "strong_open", "strong_close", "code_inline"}
    assert not {"html_block", "fence", "code_block", "blockquote_open", "ordered_list_open"} & {
        token.type for token in tokens
    }
    rows = [[]]
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and token.level > 2:
            rows[-1].append("".join(child.content for child in token.children))
    found = [row for row in rows if row[1:2] and row[1] in {item["id"] for item in HELD}]
    assert len(found) == len(HELD)
    assert {(row[3], row[4]) for row in found} == {(visible(HOSTILE), visible(f"{HOSTILE}:100:5"))}


def test_a_line_number_is_no_emoji_on_github(folder, capsys):
    clauses = [{**clause, "place": "conf/a.yaml:100:5"} for clause in REPORT["clauses"]]
    write(folder, json.dumps({**REPORT, "clauses": clauses}))
    assert "| `conf/a.yaml:100:5` |" in said(capsys, "--format", "markdown")


def test_it_is_written_into_a_file_when_one_is_named(folder, capsys):
    assert stdspec(["report", "run", "-o", "page.html", "--lang", "zh"]) == 0
    assert capsys.readouterr() == ("", "stdspec: wrote page.html\n")
    assert Path("page.html").read_text(encoding="utf-8") == render(REPORT, "zh")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '"a"', '{"clauses": [], "summary": {}, "name": "x"}'])
def test_what_is_no_report_is_said_in_one_sentence(text, folder, capsys):
    write(folder, text)
    for form in verdicts.FORMATS:
        assert stdspec(["report", "run", "--format", form]) == 2, form
        assert "run/report.json: this is no report of this version; run the spec again" in capsys.readouterr().err

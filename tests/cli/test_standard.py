"""The commands of `stdspec standard`, as who writes standards meets them."""

from __future__ import annotations

import json
import shutil

import pytest

from stdspec import resources
from stdspec.cli.main import run as stdspec
from stdspec.cli.visible import columns


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "pyproject.toml").write_text("[tool.stdspec]\n")
    return tmp_path


def said(capsys, *arguments, status=0):
    assert stdspec(["standard", *arguments]) == status
    return capsys.readouterr().out


def begun(project, capsys, name="acme/x", *parents):
    said(capsys, "new", name, *(word for parent in parents for word in ("--extends", parent)))
    return project / "standards" / f"{name.partition('/')[2]}.yaml"


def test_list_prints_an_array_with_what_each_standard_is(project, capsys):
    begun(project, capsys, "acme/x", "stdspec/base@1")
    found = json.loads(said(capsys, "list", "--format", "json"))
    assert isinstance(found, list)
    by_name = {item["name"]: item for item in found}
    assert found[0]["name"] == "acme/x@1"
    own, base = by_name["acme/x@1"], by_name["stdspec/base@1"]
    assert (own["own"], own["clauses"], own["where"], own["shipped"]) == (
        2,
        base["clauses"] + 1,
        "standards/x.yaml",
        False,
    )
    assert by_name["stdspec/finance-fraud@1"]["industry"] == "finance"
    assert {path.stem for path in resources.packs().glob("*.yaml")} <= {
        item["name"].partition("/")[2].partition("@")[0] for item in found
    }


def test_list_fits_eighty_columns_and_says_what_is_at_fault(project, capsys):
    path = begun(project, capsys)
    path.write_text(path.read_text().replace("level: must", "level: maybe"))
    out = said(capsys, "list", status=1)
    lines = out.splitlines()
    assert max(map(columns, lines)) <= 80
    at = next(number for number, line in enumerate(lines) if line.startswith("x.yaml"))
    assert lines[at].split() == ["x.yaml", "-", "at", "fault", "-"]
    assert lines[at + 1] == "    standards/x.yaml"
    assert "'maybe'" in lines[at + 2]
    assert stdspec(["standard", "list", "--format", "json"]) == 1
    assert "'maybe'" in json.loads(capsys.readouterr().out)[0]["fault"]


def test_show_marks_what_is_inherited_and_what_is_tightened(project, capsys):
    begun(project, capsys, "acme/x", "stdspec/base@1")
    out = said(capsys, "show", "acme/x")
    assert "  MON004        must   from release\n    tightened by ACME-MON-01; of stdspec/base@1\n" in out
    assert "  ACME-MON-01   must   from release\n    tightens MON004\n" in out
    assert "      asks: spec.monitoring.log.keep at least 366d\n" in out
    assert "      cites: SPDX 2.3, annex D (supports, unverified)\n" in out
    assert max(map(columns, out.splitlines())) <= 80
    chinese = said(capsys, "show", "acme/x@1", "--lang", "zh")
    assert "    事件日志至少保存一年\n" in chinese
    data = json.loads(said(capsys, "show", "standards/x.yaml", "--format", "json"))
    line = next(item for item in data["clauses"] if item["id"] == "MON004")
    assert [(part["id"], part["inherited"]) for part in line["tightened_by"]] == [("ACME-MON-01", False)]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("stdspec/bse@1", "there is no standard stdspec/bse@1; did you mean stdspec/base@1?"),
        ("nothing.yaml", "nothing.yaml: there is no such file; name a file of a standard"),
        ("other.yaml", "other.yaml: this is no standard; a standard says standard: and clauses:"),
        ("other.txt", "other.txt: this is no file of a standard; name a .yaml file"),
    ],
)
def test_what_is_no_standard_is_said_in_one_sentence(word, sentence, project, capsys):
    (project / "other.yaml").write_text("a: 1\n")
    (project / "other.txt").write_text("a: 1\n")
    for command in ("show", "check", "docs"):
        assert stdspec(["standard", command, word]) == 2
        assert sentence in capsys.readouterr().err


def test_check_without_a_name_checks_what_ships_and_what_is_the_projects_own(project, capsys):
    begun(project, capsys)
    out = said(capsys, "check")
    assert out.splitlines()[0] == "sound  acme/x@1: 1 clause, 3 tests"
    assert {f"stdspec/{path.stem}@1" for path in resources.packs().glob("*.yaml")} <= {
        line.split()[1].rstrip(":") for line in out.splitlines() if line.startswith("sound")
    }


def test_check_runs_the_tests_of_the_clauses(project, capsys):
    path = begun(project, capsys)
    path.write_text(path.read_text().replace("{at_most: 0.02}", "{at_most: 0.03}"))
    out = said(capsys, "check", "standards/x.yaml", status=1)
    assert "STD011 wrong-test" in out
    assert "this must not pass, but it does" in out
    assert out.splitlines()[-1] == "at fault  standards/x.yaml"
    data = json.loads(said(capsys, "check", "acme/x", "--format", "json", status=1))
    assert [item["code"] for item in data["standards"][0]["findings"]] == ["STD011"]


@pytest.fixture
def experiments(project):
    """Three experiments, one of which says how much may be missing, and one that cannot be composed."""
    folder = project / "conf" / "experiment"
    folder.mkdir(parents=True)
    shutil.copy(resources.conf() / "config.yaml", project / "conf" / "config.yaml")
    head = "# @package _global_\nstage: candidate\n"
    (folder / "a.yaml").write_text(head + "data:\n  quality: {missing_share: {at_most: 0.01}}\n")
    (folder / "b.yaml").write_text(head + "data:\n  quality: {missing_share: {at_most: 0.5}}\n")
    (folder / "c.yaml").write_text("# @package _global_\nstage: research\n")
    (folder / "d.yaml").write_text("# @package _global_\ndefaults: [override /model: nothing]\n")
    return project


def test_against_says_how_many_experiments_would_fail_and_by_which_clause(experiments, capsys):
    begun(experiments, capsys)
    out = said(capsys, "check", "acme/x", "--against", "conf/experiment")
    assert "acme/x@1: 1 of 3 experiments would fail\n" in out
    assert "   1  ACME-DAT-01 (must) At most 2 % of the values are missing\n      conf/experiment/b.yaml\n" in out
    assert "  not judged: conf/experiment/d.yaml: " in out
    (found,) = json.loads(said(capsys, "check", "acme/x", "--against", "conf/experiment", "--format", "json"))[
        "against"
    ]
    assert (found["experiments"], found["failing"]) == (3, ["conf/experiment/b.yaml"])
    assert [(item["id"], item["number"]) for item in found["clauses"]] == [("ACME-DAT-01", 1)]
    assert [item["file"] for item in found["not_judged"]] == ["conf/experiment/d.yaml"]


def test_a_should_that_is_not_met_is_counted_and_fails_nobody(experiments, capsys):
    path = begun(experiments, capsys)
    path.write_text(path.read_text().replace("level: must", "level: should"))
    out = said(capsys, "check", "acme/x", "--against", "conf/experiment")
    assert "acme/x@1: 0 of 3 experiments would fail\n   1  ACME-DAT-01 (should)" in out


def test_diff_asks_for_a_major_version_where_a_must_is_tightened(project, capsys):
    path = begun(project, capsys)
    text = path.read_text().replace("0.021", "0.011").replace("0.02}", "0.01}")
    new = project / "new.yaml"
    new.write_text(text)
    out = said(capsys, "diff", "acme/x@1", "new.yaml", status=1)
    assert "tightened  ACME-DAT-01 (must)\n" in out
    assert "was asked to be at most 0.02, and is asked to be at most 0.01" in " ".join(out.split())
    assert out.endswith("write version: 2.0.0\n")
    new.write_text(text.replace("version: 1.0.0", "version: 2.0.0"))
    assert said(capsys, "diff", "acme/x@1", "new.yaml").endswith("and it is 2.0.0\n")
    data = json.loads(said(capsys, "diff", "acme/x@1", "new.yaml", "--format", "json"))
    assert (data["needs"], data["fits"], [item["kind"] for item in data["changes"]]) == ("major", True, ["tightened"])
    assert said(capsys, "diff", "acme/x@1", "acme/x@1").endswith("nothing changed\n")


def test_docs_is_a_page_in_two_languages(project, capsys):
    begun(project, capsys, "acme/x", "stdspec/base@1")
    english = said(capsys, "docs", "acme/x@1")
    assert "### ACME-MON-01 The event log is kept for a year\n\nmust; from stage release; tightens MON004\n" in english
    assert "- Asks: spec.monitoring.log.keep at least 366d\n" in english
    chinese = said(capsys, "docs", "acme/x@1", "--lang", "zh")
    assert "### ACME-MON-01 事件日志至少保存一年\n\n必须；自发布阶段；收紧 MON004\n" in chinese
    assert said(capsys, "docs", "acme/x@1", "--format", "html", "--lang", "zh", "-o", "x.html") == ""
    page = (project / "x.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "事件日志至少保存一年" in page


def test_what_a_standard_says_is_no_markup_in_its_page(project, capsys):
    path = begun(project, capsys)
    path.write_text(path.read_text().replace("goal: Results", "goal: <b>x</b> [y](z) Results"))
    page = said(capsys, "docs", "acme/x@1", "--format", "html")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x" not in page
    assert r"\<b\>x\</b\> \[y\](z) Results" in said(capsys, "docs", "acme/x@1")

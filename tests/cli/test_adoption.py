"""`stdspec lint` with what a project sets aside: the last line, the machine formats, the baseline on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stdspec.cli.lint import command
from stdspec.cli.main import run
from stdspec.lint.adoption import BASELINE

SPEC = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training:
  batch: {global: 100, micro: 16}
code: 012  # stdspec: ignore[YML009] the plant numbers in octal
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").write_text('[lint]\nseverity = {CMP003 = "warning"}\nignore = ["SPC001"]\n')
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def lint(*args: str) -> Result:
    return CliRunner().invoke(command, list(args))


def last(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def test_the_last_line_says_what_is_set_aside_and_what_is_lowered(root: Path) -> None:
    result = lint("spec.yaml")
    assert result.exit_code == 0
    *_, looked, aside = result.stdout.splitlines()
    assert looked == "1 file, 1 spec: 1 warning;"
    assert aside == "  set aside: 1 by settings, 1 by comments; 1 lowered by settings"
    assert max(map(len, result.stdout.splitlines())) <= 80
    shown = lint("spec.yaml", "--no-inline")
    assert last(shown) == "1 file, 1 spec: 2 warnings; set aside: 1 by settings; 1 lowered by settings"


def test_nothing_more_is_said_where_nothing_is_set_aside(root: Path) -> None:
    (root / "stdspec.toml").write_text("", encoding="utf-8")
    (root / "spec.yaml").write_text("defaults: [stdspec/base, data: digits, model: mlp, _self_]\n", encoding="utf-8")
    assert lint("spec.yaml").stdout == "1 file, 1 spec: nothing found\n"


def test_json_lists_what_is_set_aside(root: Path) -> None:
    document = json.loads(lint("spec.yaml", "--format", "json").stdout)
    assert [(item["code"], item["by"], item["reason"], item["line"]) for item in document["suppressed"]] == [
        ("YML009", "comment", "the plant numbers in octal", 4),
        ("SPC001", "settings", "lint.ignore", 4),
    ]
    assert document["summary"]["suppressed"] == {"settings": 1, "comment": 1, "baseline": 0}
    assert document["summary"]["lowered"] == 1
    assert [item["code"] for item in document["findings"]] == ["CMP003"]


def test_sarif_lists_it_as_suppressed(root: Path) -> None:
    from tests.cli.test_formats import _check_sarif  # needs packages of the dev extra

    lint("spec.yaml", "--write-baseline")
    text = lint("spec.yaml", "--format", "sarif").stdout
    _check_sarif(text)
    log = json.loads(text)
    results = {item["ruleId"]: item.get("suppressions") for item in log["runs"][0]["results"]}
    assert results == {
        "CMP003": [{"kind": "external", "status": "accepted", "justification": BASELINE}],
        "YML009": [{"kind": "inSource", "status": "accepted", "justification": "the plant numbers in octal"}],
        "SPC001": [{"kind": "external", "status": "accepted", "justification": "lint.ignore"}],
    }


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_the_formats_for_people_say_how_much(root: Path, form: str) -> None:
    assert "et aside: 1 by settings, 1 by comments; 1 lowered by settings" in lint("spec.yaml", "--format", form).stdout


def test_a_secret_that_is_set_aside_is_shown_by_no_other_finding(root: Path) -> None:
    (root / "stdspec.toml").write_text('[lint]\nignore = ["CMP011"]\n', encoding="utf-8")
    text = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n"
    text += "compute: {secrets: {token: hunter2hunter2}, shpe: 1, shape: hunter2hunter2}\n"
    (root / "spec.yaml").write_text(text, encoding="utf-8")
    for form in ("text", "concise", "json", "sarif", "gitlab", "github", "junit", "markdown", "html"):
        result = lint("spec.yaml", "--format", form)
        assert "hunter2" not in result.output
    document = json.loads(lint("spec.yaml", "--format", "json").stdout)
    assert "CMP011" in {item["code"] for item in document["suppressed"]}
    assert document["findings"]


def test_a_baseline_is_written_read_and_shrinks(root: Path) -> None:
    (root / "stdspec.toml").write_text("", encoding="utf-8")
    first = lint(".", "--write-baseline")
    assert first.exit_code == 0
    assert first.stderr == f"{BASELINE}: 2 findings are known from now on\n"
    assert last(first) == "1 file, 1 spec: nothing found; set aside: 1 by comments, 2 by the baseline"
    assert last(lint(".")) == last(first)
    assert lint(".", "--no-baseline").exit_code == 1
    before = (root / BASELINE).read_bytes()

    (root / "spec.yaml").write_text(SPEC + "more: 1\n", encoding="utf-8")
    grown = lint(".", "--write-baseline")
    assert grown.exit_code == 1
    assert grown.stderr == (
        f"{BASELINE}: nothing to take out; 1 finding is new and not taken in, for a baseline only shrinks\n"
    )
    assert (root / BASELINE).read_bytes() == before

    (root / "spec.yaml").write_text(SPEC.replace("100", "64"), encoding="utf-8")
    assert "LNT006 stale-baseline" in lint(".").stdout
    part = lint("spec.yaml", "--write-baseline")
    assert part.stderr.startswith(f"{BASELINE}: nothing is taken out, for this run looks at less")
    assert (root / BASELINE).read_bytes() == before
    assert lint(".", "--write-baseline").stderr == f"{BASELINE}: 1 of 2 taken out\n"
    (root / "spec.yaml").write_text(SPEC[: SPEC.index("training")], encoding="utf-8")
    assert lint(".", "--write-baseline").stderr == f"{BASELINE}: everything in it is mended; delete it\n"


def test_a_baseline_may_be_named(root: Path) -> None:
    assert lint("spec.yaml", "--baseline", "known.json", "--write-baseline").exit_code == 0
    assert (root / "known.json").is_file()
    known = lint("spec.yaml", "--baseline", "known.json").stdout.splitlines()
    assert known[0] == "1 file, 1 spec: nothing found;"
    assert "1 file, 1 spec: 1 warning;" in lint("spec.yaml").stdout


def test_options_that_exclude_each_other_are_a_mistake(root: Path) -> None:
    for options in (("--no-baseline", "--write-baseline"), ("--no-baseline", "--baseline", "a"), ("--baseline", "")):
        assert lint("spec.yaml", *options).exit_code == 2


def test_codes_may_be_given_in_one_option(root: Path) -> None:
    result = lint("spec.yaml", "--select", "yml009, CMP", "--no-inline", "--format", "concise")
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["CMP003", "YML009"]


def test_a_mistake_in_a_setting_is_one_sentence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "stdspec.toml").write_text('[lint]\nignore = ["CPM003"]\n', encoding="utf-8")
    assert run(["lint", "spec.yaml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert "stdspec.toml:2" in said.err
    assert "did you mean CMP003?" in " ".join(said.err.split())

"""``stdspec feedback``: what people say of clauses is kept beside the standards, and read where the clause is."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from stdspec import clock
from stdspec import settings as project_settings
from stdspec.cli.main import run as stdspec
from stdspec.run import unchanged
from stdspec.standard import beside, feedback

FILE = Path("standards/feedback.yaml")
_HEAD = '{"date": "2026-12-01", "standard": "stdspec/base@1", "version": "1.0.0", "clause": '


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STDSPEC_TODAY", "2026-12-01")
    monkeypatch.setenv("COLUMNS", "100")
    Path("stdspec.toml").touch()
    return tmp_path


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = stdspec(["feedback", *arguments, "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


def test_what_is_said_is_kept_with_the_day_and_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert stdspec(["feedback", "DAT002", "--unclear", "Is a contract a licence?"]) == 0
    assert stdspec(["feedback", "stdspec/base@1/EVL005", "--wrong", "太严格", "--by", "A. Meyer"]) == 0
    assert "EVL005 of stdspec/base@1 is wrong is added" in capsys.readouterr().out
    assert FILE.read_text(encoding="utf-8").splitlines()[1:] == [
        "feedback:",
        f'  - {_HEAD}"DAT002", "kind": "unclear", "says": "Is a contract a licence?"}}',
        f'  - {_HEAD}"EVL005", "kind": "wrong", "says": "太严格", "by": "A. Meyer"}}',
    ]
    status, found = data(capsys)
    assert (status, [(item["clause"], item["by"], item["place"]) for item in found["feedback"]]) == (
        0,
        [("DAT002", None, "standards/feedback.yaml:3"), ("EVL005", "A. Meyer", "standards/feedback.yaml:4")],
    )
    assert stdspec(["feedback", "DAT002"]) == 0
    assert capsys.readouterr().out == (
        "DAT002 of stdspec/base@1\n"
        "  The licence of the data is stated as an SPDX expression\n"
        "    unclear: Is a contract a licence? (2026-12-01)\n"
    )


def test_the_very_same_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert stdspec(["feedback", "DAT002", "--wrong", "No."]) == 0
    assert "was there already" in capsys.readouterr().out
    line = FILE.read_text().splitlines()[-1]
    FILE.write_text(f"{FILE.read_text()}{line}\n")  # as merging two branches may leave it
    assert len(data(capsys)[1]["feedback"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["DAT02", "--wrong", "x"], "there is no clause DAT02; did you mean DAT002?"),
        (["dat002", "--wrong", "x"], "there is no clause dat002; did you mean DAT002?"),
        (["stdspec/base@1/DAT02", "--wrong", "x"], "did you mean stdspec/base@1/DAT002?"),
        (["nothing-alike-at-all", "--wrong", "x"], "see `stdspec standard list` and `stdspec standard show`"),
        (["DAT002", "--wrong", " \n"], "the text is empty; write a sentence"),
        (["DAT002", "--wrong", "x" * 2001], "the text has 2001 characters, and 2000 are the most; say less"),
        (["DAT002", "--wrong", "x", "--by", " "], "the name is empty; leave --by out"),
        (["DAT002", "--wrong", "\udcff"], "the text is not UTF-8; write it anew"),
        (
            ["DAT002", "--wrong", "ghp_" + "a" * 36],
            "the text holds a GitHub token, and the file is committed; leave it out",
        ),
        (["DAT002", "--wrong", "x", "--unclear", "y"], "--wrong and --unclear exclude each other"),
        (["--wrong", "x"], "name the clause: stdspec feedback CODE --wrong TEXT"),
        (["DAT002", "--by", "Ana"], "--by says who says something; add --wrong TEXT or --unclear TEXT"),
    ],
)
def test_what_cannot_be_kept_is_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stdspec(["feedback", *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not FILE.exists()


OWN = """\
standard: acme/{name}
version: {version}
owner: {{name: Quality}}
goal: x
clauses:
  OWN-DAT-01:
    says: {{en: The licence is stated}}
    level: should
    from: research
    require: {{spec.data.license: {{exists: true}}}}
    remedy: Write data.license.
    tests: {{pass: [{{spec.data.license: MIT}}], fail: [{{}}]}}
"""


def own(name: str, version: str = "1.0.0") -> None:
    Path("standards").mkdir(exist_ok=True)
    Path(f"standards/{name}.yaml").write_text(OWN.format(name=name, version=version))


def test_a_clause_of_several_standards_needs_its_whole_name(capsys: pytest.CaptureFixture[str]) -> None:
    own("a")
    own("b")
    assert stdspec(["feedback", "OWN-DAT-01", "--wrong", "x"]) == 2
    said = "several standards have a clause OWN-DAT-01; name one of acme/a@1/OWN-DAT-01, acme/b@1/OWN-DAT-01"
    assert said in capsys.readouterr().err
    assert stdspec(["feedback", "acme/b@1/OWN-DAT-01", "--wrong", "x"]) == 0
    own("b", "1.2.0")
    capsys.readouterr()
    assert data(capsys)[1]["feedback"][0]["version"] == "1.0.0"
    assert stdspec(["feedback"]) == 0
    assert "wrong: x (2026-12-01, of version 1.0.0)" in capsys.readouterr().out


def test_it_is_shown_beside_its_clause(capsys: pytest.CaptureFixture[str]) -> None:
    assert stdspec(["feedback", "DAT002", "--unclear", "Is a contract a licence?", "--by", "Ana"]) == 0
    capsys.readouterr()
    for name in ("stdspec/base@1", "stdspec/healthcare-imaging@1"):
        assert stdspec(["standard", "show", name]) == 0
        words = "feedback: unclear: Is a contract a licence? (2026-12-01, Ana, of version 1.0.0)"
        assert words in " ".join(capsys.readouterr().out.split())
        assert stdspec(["standard", "show", name, "--format", "json"]) == 0
        clauses = {clause["id"]: clause for clause in json.loads(capsys.readouterr().out)["clauses"]}
        assert [item["says"] for item in clauses["DAT002"]["feedback"]] == ["Is a contract a licence?"]
        assert clauses["DAT001"]["feedback"] == []


def test_it_changes_no_verdict_and_makes_no_run_folder_anew() -> None:
    settings = project_settings.load()
    before = unchanged._judged_by(settings)
    assert stdspec(["feedback", "DAT002", "--wrong", "x"]) == 0
    assert unchanged._judged_by(settings) == before
    assert not beside.is_one(str(FILE.absolute()), settings)
    assert beside.is_one(str(Path("standards/own.yaml").absolute()), settings)


def test_a_file_that_is_at_fault_is_told_by_check_and_lint(capsys: pytest.CaptureFixture[str]) -> None:
    assert stdspec(["feedback", "DAT002", "--wrong", "x"]) == 0
    good = FILE.read_text()
    FILE.write_text(good + "  - DAT003 is bad\n")
    capsys.readouterr()
    assert stdspec(["standard", "check"]) == 1
    assert "standards/feedback.yaml:4:5: STD018 malformed-feedback" in capsys.readouterr().out
    status, found = data(capsys)
    assert (status, len(found["feedback"]), found["findings"][0]["code"]) == (1, 1, "STD018")
    assert stdspec(["lint", "."]) == 1
    FILE.write_text(good.replace("DAT002", "DAT0002"))
    assert stdspec(["standard", "check"]) == 0, "that a clause is gone is only a warning"
    assert "STD019 lost-feedback" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["feedback: [", "feedback: []\n", "- x\n", "feedback: {}\n", "\udcff"])
def test_a_file_that_takes_no_line_is_left_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("standards").mkdir()
    FILE.write_bytes(text.encode("utf-8", "surrogateescape"))
    before = FILE.read_bytes()
    assert stdspec(["feedback", "DAT002", "--wrong", "x"]) == 2
    said = capsys.readouterr().err
    assert "nothing can be added at the end of this file" in said
    assert FILE.read_bytes() == before


@pytest.mark.parametrize("text", ["", "feedback:\n", "# only a word\nfeedback:", "feedback:\n  - DAT002 is bad"])
def test_a_file_that_takes_one_keeps_what_it_has(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("standards").mkdir()
    FILE.write_text(text)
    assert stdspec(["feedback", "DAT002", "--wrong", "x"]) == 0
    assert FILE.read_text().startswith(text)
    capsys.readouterr()
    assert [item["says"] for item in data(capsys)[1]["feedback"]] == ["x"]


@with_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60), st.text(max_size=20))
def test_any_text_comes_back_as_it_was_said(project: Path, says: str, by: str) -> None:
    settings = project_settings.load()
    entry = feedback.Entry("DAT002", "stdspec/base@1", "1.0.0", "wrong", says, clock.today().isoformat(), by.strip())
    if not says.strip() or any("\ud800" <= sign <= "\udfff" for sign in says + by):
        return
    text = feedback.added(settings, entry)
    assert text is not None
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(text)
    ((found,), findings) = feedback.read(settings)
    FILE.unlink()
    assert found.as_dict() == entry.as_dict()
    assert {item.code for item in findings} <= {"YML020", "YML021"}, "that it holds an odd sign is only a warning"


def test_several_at_once_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def say(number: int) -> int:
        words = [sys.executable, "-m", "stdspec", "feedback", "DAT002", "--wrong", f"number {number}"]
        return subprocess.run(words, capture_output=True, timeout=120).returncode

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(say, range(6))) == {0}
    assert {item["says"] for item in data(capsys)[1]["feedback"]} == {f"number {number}" for number in range(6)}


def test_a_folder_that_takes_no_file_is_said_in_one_sentence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(".stdspec").touch()  # where the lock would lie: as on a disk that can only be read, no folder can be made
    assert stdspec(["feedback", "DAT002", "--wrong", "x"]) == 2
    assert "standards/feedback.yaml: the file cannot be written: " in capsys.readouterr().err


@pytest.mark.parametrize("form", [["feedback"], ["standard", "show", "stdspec/base@1"]])
@pytest.mark.parametrize("how", ["text", "json"])
def test_a_secret_that_somebody_wrote_by_hand_is_not_repeated(
    capsys: pytest.CaptureFixture[str], form: list[str], how: str
) -> None:
    token = "ghp_" + "a1" * 18
    FILE.parent.mkdir()
    FILE.write_text(f'feedback:\n  - {_HEAD}"DAT002", "kind": "wrong", "says": "see {token}"}}\n')
    stdspec([*form, "--format", how])
    said = capsys.readouterr().out
    assert "see gh…" in said
    assert token not in said


@pytest.mark.parametrize("entry", ["3", "null", "[1]", "text"])
def test_an_entry_that_is_no_mapping_is_a_finding(capsys: pytest.CaptureFixture[str], entry: str) -> None:
    FILE.parent.mkdir()
    FILE.write_text(f"feedback:\n  - {entry}\n")
    status, found = data(capsys)
    assert status == 1
    assert [item["code"] for item in found["findings"]] == ["STD018"]

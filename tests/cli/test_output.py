"""`--output`: whole or not at all, and one sentence where it cannot be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from stdspec.cli import output
from stdspec.cli.lint import command
from stdspec.cli.main import run
from stdspec.errors import InputError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "a.yaml").write_text("a: [\n", encoding="utf-8")
    return tmp_path


def test_the_report_goes_to_the_file_and_a_summary_to_standard_error(project: Path) -> None:
    said = CliRunner().invoke(command, ["a.yaml", "--format", "json", "--output", "found.json"])
    assert said.exit_code == 1
    assert said.stdout == ""
    assert said.stderr == "1 file, 1 spec: 1 error; see found.json\n"
    assert json.loads((project / "found.json").read_text())["summary"]["error"] == 1
    assert sorted(path.name for path in project.iterdir()) == ["a.yaml", "found.json", "stdspec.toml"]
    said = CliRunner().invoke(command, ["a.yaml", "--format", "json", "--output", "-"])
    assert json.loads(said.stdout)["summary"]["error"] == 1
    assert said.stderr == ""


def test_lines_for_programs_leave_the_summary_to_standard_error(project: Path) -> None:
    for form in ("concise", "github"):
        said = CliRunner().invoke(command, ["a.yaml", "--format", form])
        assert len(said.stdout.splitlines()) == 1
        assert said.stderr == "1 file, 1 spec: 1 error\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no/such/found.json", "there is no folder no/such; make it, or name another"),
        (".", "this is a folder; name a file in it"),
        ("a.yaml/found.json", "cannot be written"),
        ("x" * 300, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    assert run(["lint", "a.yaml", "--format", "sarif", "--output", name]) == 2
    said = capsys.readouterr().err
    assert "the report cannot be written" in said
    assert words in said
    assert "fault of stdspec" not in said


def test_a_failure_leaves_the_old_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = project / "kept.txt"
    kept.write_text("old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        output.write(kept, b"new", "the report")
    assert kept.read_text() == "old"
    assert sorted(path.name for path in project.iterdir()) == ["a.yaml", "kept.txt", "stdspec.toml"]


def test_a_link_is_followed_and_a_pipe_written_into(project: Path) -> None:
    (project / "link").symlink_to(project / "real.txt")
    output.write(project / "link", b"new", "the report")
    assert (project / "real.txt").read_text() == "new"
    assert (project / "link").is_symlink()
    output.write(Path(os.devnull), b"new", "the report")
    reader, writer = os.pipe()
    output.write(Path(f"/dev/fd/{writer}"), b"new", "the report")
    assert os.read(reader, 9) == b"new"
    assert not Path(os.devnull).is_file()

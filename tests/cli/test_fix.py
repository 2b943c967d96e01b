"""`--fix`, `--unsafe-fixes` and `--diff` as commands: what is printed, what is written, how it ends."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from stdspec.cli.main import run
from stdspec.cli.mend import mended
from stdspec.lint import fix
from stdspec.lint.aside import Choice

BASE = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec with a fault that is certain, one that is likely and one that nobody can mend."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "stdspec.toml").write_text("", encoding="utf-8")
    path = tmp_path / "conf/config.yaml"
    path.write_bytes(f"{BASE}seed: '3' # why\r\nnmae: x\r\nzzz: 1".encode())
    monkeypatch.chdir(tmp_path)
    return path


def lint(*arguments: str) -> int:
    return run(["lint", "conf", "--format", "concise", *arguments])


def test_fix_writes_what_is_certain_and_says_so(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--fix") == 1
    output, said = capsys.readouterr()
    assert spec.read_bytes() == f"{BASE}seed: 3 # why\r\nnmae: x\r\nzzz: 1".encode()
    assert said.splitlines()[0] == "1 of 3 findings mended in 1 file; 1 more with --unsafe-fixes"
    assert [line.split(": ")[1].split()[0] for line in output.splitlines()] == ["SPC001", "SPC001"]


def test_unsafe_fixes_write_the_likeliest_word_too(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--unsafe-fixes") == 1
    assert spec.read_bytes() == f"{BASE}seed: 3 # why\r\nname: x\r\nzzz: 1".encode()
    assert capsys.readouterr().err.splitlines()[0] == "2 of 3 findings mended in 1 file"


def test_a_second_run_writes_nothing(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lint("--unsafe-fixes")
    capsys.readouterr()
    before = spec.stat()
    assert lint("--unsafe-fixes") == 1
    assert capsys.readouterr().err.splitlines()[0] == "0 of 1 finding mended"
    assert (spec.stat().st_ino, spec.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_clean_project_is_left_in_peace(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(BASE, encoding="utf-8")
    assert lint("--fix") == 0
    assert "mended" not in capsys.readouterr().err
    assert run(["lint", "conf", "--diff"]) == 0
    assert capsys.readouterr() == ("", "")


def test_diff_shows_what_patch_can_apply_and_changes_nothing(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = spec.read_bytes()
    assert run(["lint", "conf", "--diff", "--unsafe-fixes"]) == 1
    assert spec.read_bytes() == before
    assert "2 of 3 findings would be mended in 1 file" in capsys.readouterr().err
    assert run(["lint", "conf", "--diff", "--unsafe-fixes", "-o", "fix.patch"]) == 1
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    subprocess.run(["git", "apply", "--whitespace=nowarn", "fix.patch"], check=True, timeout=30)
    assert spec.read_bytes() == f"{BASE}seed: 3 # why\r\nname: x\r\nzzz: 1".encode()


def test_the_name_of_a_file_adds_no_line_to_a_diff(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = spec.with_name('x\n+++ b"\xe4.yaml')
    odd.write_text("a: off\n", encoding="utf-8")
    assert run(["lint", str(odd), "--diff", "-o", "fix.patch"]) == 1
    lines = Path("fix.patch").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == [
        f'{sign} "{side}/conf/x\\012+++ b\\042\\303\\244.yaml"' for sign, side in (("---", "a"), ("+++", "b"))
    ]
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    subprocess.run(["git", "apply", "fix.patch"], check=True, timeout=30)
    assert odd.read_text(encoding="utf-8") == "a: false\n"


def test_diff_wins_over_fix(spec: Path) -> None:
    before = spec.read_bytes()
    assert run(["lint", "conf", "--diff", "--fix"]) == 1
    assert spec.read_bytes() == before


@pytest.mark.parametrize("options", [(), ("--ignore", "HYD026"), ("--select", "YML009"), ("--no-inline",)])
def test_a_diff_shows_no_secret(spec: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
    spec.write_text(f"a: off\ntoken: {secret}\n", encoding="utf-8")
    assert run(["lint", "conf", "--diff", *options]) == 1
    output = capsys.readouterr().out
    assert "+a: false" in output
    assert secret[:12] not in output


def test_a_diff_of_a_file_that_is_only_composed_shows_no_secret(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spec.parent / "db").mkdir()
    (spec.parent / "db" / "own.yaml").write_text("a: off\npassword: hunter2secret\n", encoding="utf-8")
    spec.write_text("defaults: [db: own, _self_]\n", encoding="utf-8")
    assert run(["lint", "conf/config.yaml", "--diff"]) == 1
    output = capsys.readouterr().out
    assert "+a: false" in output
    assert "hunter2" not in output


@pytest.mark.parametrize("options", [("--format", "json"), ("--write-baseline",)])
def test_a_diff_is_printed_alone(spec: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]) -> None:
    assert run(["lint", "conf", "--diff", *options]) == 2
    output, said = capsys.readouterr()
    assert output == ""
    assert f"--diff and {options[0]} exclude each other" in said
    assert not (spec.parents[1] / "stdspec-baseline.json").exists()


def test_a_diff_on_a_terminal_steers_nothing(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text("a: off\nuser: admin\u202e\n", encoding="utf-8")
    assert run(["lint", "conf", "--diff", "--color", "always"]) == 1
    output = capsys.readouterr().out
    assert "\x1b[32m+a: false\x1b[0m\n" in output
    assert "\\u202e" in output
    assert "\u202e" not in output


def test_the_mode_of_a_file_stays(spec: Path) -> None:
    spec.chmod(0o640)
    lint("--fix")
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640


def test_a_link_stays_a_link(spec: Path) -> None:
    real = spec.parent.parent / "real.yaml"
    spec.rename(real)
    spec.symlink_to("../real.yaml")
    lint("--fix")
    assert spec.is_symlink()
    assert b"seed: 3" in real.read_bytes()


def test_nothing_is_left_beside_the_files(spec: Path) -> None:
    lint("--fix")
    assert [path.name for path in spec.parent.iterdir()] == ["config.yaml"]


def test_a_file_that_changed_meanwhile_is_left_alone(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fix.mend

    def slowly(*arguments: object, **options: object) -> object:
        found = real(*arguments, **options)  # type: ignore[arg-type]
        spec.write_text(f"{BASE}name: newer\n", encoding="utf-8")
        return found

    monkeypatch.setattr(fix, "mend", slowly)
    report = mended(["conf"], Choice(), unsafe=True)
    assert spec.read_text(encoding="utf-8") == f"{BASE}name: newer\n"
    assert report.findings == ()
    assert "conf/config.yaml changed meanwhile and was left alone; run it again" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_said_in_a_sentence(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.chmod(0o444)
    assert lint("--fix") == 2
    assert "the file may not be written" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit"])
def test_what_programs_read_stays_a_document(form: str, spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "conf", "--fix", "--format", form]) == 1
    output, said = capsys.readouterr()
    assert output.lstrip()[0] in "[{<"
    assert "mended" not in output
    assert said.startswith("1 of 3 findings mended")


def test_a_hook_mends_the_files_that_changed(spec: Path) -> None:
    assert run(["lint", "--changed", "--fix", "--format", "concise", "conf/config.yaml"]) == 1
    assert b"seed: 3 # why" in spec.read_bytes()

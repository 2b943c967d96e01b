"""When commands use colour."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from stdspec.cli.color import colored
from stdspec.cli.lint import command
from stdspec.cli.main import run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


NAMES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM")


@pytest.mark.parametrize(
    ("env", "terminal", "pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": ""}, True, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_the_environment_decides(
    env: dict[str, str], terminal: bool, pipe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert colored(stream=Terminal()) is terminal
    assert colored(stream=io.StringIO()) is pipe
    assert colored("always", io.StringIO()) is True
    assert colored("never", Terminal()) is False


def test_lint_takes_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "a.yaml").write_text("a: [\n", encoding="utf-8")
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    invoke = CliRunner().invoke
    assert "\x1b[31mYML001" in invoke(command, ["a.yaml", "--color", "always"], color=True).stdout
    assert "\x1b" not in invoke(command, ["a.yaml", "--color", "never"], color=True).stdout
    assert "\x1b" not in invoke(command, ["a.yaml"], color=True).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31mYML001" in invoke(command, ["a.yaml", "--format", "concise"], color=True).stdout
    assert invoke(command, ["a.yaml", "-o", "out.txt"], color=True).exit_code == 1
    assert "\x1b" not in (tmp_path / "out.txt").read_text()
    invoke(command, ["a.yaml", "-o", "out.txt", "--color", "always"], color=True)
    assert "\x1b[31mYML001" in (tmp_path / "out.txt").read_text()


def test_no_fault_steers_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "a.yaml").write_text('defaults: ["model: \\e[31mred"]\n"\\e[2Jkey": ${a\n', encoding="utf-8")
    for words in (["lint", "a.yaml"], ["compile", "a.yaml"], ["compose", "a.yaml"], ["lint", "\x1b[31mgone.yaml"]):
        assert run(words) < 3
        said = capsys.readouterr()
        assert "\x1b" not in said.out + said.err
        assert "fault of stdspec" not in said.err

"""The command line as a whole: help without imports, suggestions, exit statuses, and faults in plain words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from stdspec import __version__
from stdspec.cli import main
from stdspec.errors import Bug, InputError, RunError


def stdspec(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stdspec", *arguments]
    return subprocess.run(command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, timeout=120)


def test_help_names_every_command_and_imports_none() -> None:
    script = (
        "import sys\nfrom stdspec.cli.main import run\nstatus = run(['--help'])\n"
        "loaded = {'yaml', 'hydra', 'omegaconf', 'jsonschema_rs', 'rich', 'torch'} & set(sys.modules)\n"
        "commands = {'lint', 'explain', 'compose', 'why', 'diff', 'compile', 'run', 'monitor', 'freeze', 'common'}\n"
        "loaded |= commands & {name.removeprefix('stdspec.cli.') for name in sys.modules}\n"
        "print('LOADED', sorted(loaded), status)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert "LOADED [] 0" in ended.stdout
    for name, (_, text) in main.COMMANDS.items():
        assert f"  {name}" in ended.stdout
        assert text in " ".join(ended.stdout.split())


@pytest.mark.parametrize("name", list(main.COMMANDS))
def test_every_command_of_the_table_exists(name: str) -> None:
    context = click.Context(main.cli)
    command = main.cli.get_command(context, name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str() != ""


def test_the_version() -> None:
    ended = stdspec("--version")
    assert (ended.stdout, ended.returncode) == (f"stdspec {__version__}\n", 0)


def test_an_unknown_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["complie"]) == 2
    assert "there is no command 'complie'; did you mean 'compile'?" in capsys.readouterr().err


def test_a_command_like_no_other_gets_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["xyzzy"]) == 2
    assert f"the commands are {', '.join(main.COMMANDS)}" in capsys.readouterr().err


def test_an_unknown_option_is_a_usage_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["run", "--sotre", "x"]) == 2
    assert "--sotre" in capsys.readouterr().err


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch):
    """Make the command line raise something."""

    def prepare(error: BaseException) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(main.cli, "main", fail)

    return prepare


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            InputError("it is not there", "a.yaml:3:1", "write it"),
            2,
            "stdspec: a.yaml:3:1: it is not there; write it\n",
        ),
        (RunError("no"), 2, "stdspec: no\n"),
        (KeyboardInterrupt(), 130, "stdspec: interrupted\n"),
        (click.Abort(), 130, "stdspec: interrupted\n"),
    ],
)
def test_faults_become_one_sentence_and_a_status(raising, capsys, error, status, said) -> None:
    raising(error)
    assert main.run([]) == status
    assert capsys.readouterr().err == said


def test_a_fault_of_stdspec_says_where_to_report_it(raising, capsys: pytest.CaptureFixture[str]) -> None:
    raising(Bug("a node wrote nonsense"))
    assert main.run([]) == 3
    said = capsys.readouterr().err
    assert said.startswith("stdspec: a node wrote nonsense\n")
    assert "report it at https://" in said


def test_what_nobody_foresaw_goes_to_a_file_and_shows_no_traceback(
    raising, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("STDSPEC_DEBUG", raising=False)
    raising(ZeroDivisionError("unforeseen"))
    assert main.run([]) == 3
    said = capsys.readouterr().err
    assert "stdspec: ZeroDivisionError: unforeseen" in said
    assert "this is a fault of stdspec" in said
    assert "Traceback" not in said
    (kept,) = tmp_path.iterdir()
    assert str(kept) in said
    assert "Traceback (most recent call last)" in kept.read_text()


def test_a_debugger_sees_the_traceback(raising, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setenv("STDSPEC_DEBUG", "1")
    raising(ZeroDivisionError("unforeseen"))
    assert main.run([]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_closed_pipe_is_no_fault() -> None:
    command = f"{sys.executable} -m stdspec compile | head -c 10; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in ended.stderr
    assert "fault of stdspec" not in ended.stderr


def test_lint_delivers_all_it_writes_and_ends_with_its_status(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("stdspec: 1\nname: long\n" + "".join(f"unknown_{n}: {n}\n" for n in range(2_000)), encoding="utf-8")
    ended = stdspec("lint", "--format", "concise", "spec.yaml", cwd=tmp_path)
    assert ended.returncode == 1
    assert sum("unknown_" in line for line in ended.stdout.splitlines()) == 2_000
    assert ended.stdout.endswith("\n")


def test_what_asked_to_be_called_at_the_end_of_lint_is_called(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("a: 1\n", encoding="utf-8")
    script = (
        "import atexit, sys\nfrom stdspec.__main__ import main\natexit.register(print, 'at the end')\n"
        "sys.argv = ['stdspec', 'lint', 'spec.yaml']\nmain()"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0
    assert ended.stdout.endswith("at the end\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_lint_says_that_its_output_cannot_be_delivered(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("a: 1\n", encoding="utf-8")
    command = [sys.executable, "-m", "stdspec", "lint", "spec.yaml"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ended.returncode != 0
    assert "No space left on device" in ended.stderr

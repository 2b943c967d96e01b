"""The clumsy user: whatever is typed or saved ends in findings or one plain sentence, never in a traceback."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.cli.main import run

LONG = "x" * 5000
BROKEN = (
    ".nan",
    "1e999",
    "[",
    "{",
    "'",
    "\t",
    "*x",
    "&a [*a]",
    "${",
    "${a.b}",
    "${oc.env:PATH}",
    "???",
    "!!python/x y",
)
BROKEN += (
    "<<: 3",
    "3: x",
    "- a",
    "é",
    "\u2028",
    "# @package a b",
    "null",
    "{_target_: [a]}",
    "defaults: [{a: {b: c}}]",
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, and the working directory in it."""
    (tmp_path / "stdspec.toml").write_text('allow-targets = ["acme"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["lint", LONG],
        ["lint", ""],
        ["compile", LONG],
        ["compile", f"{LONG}.yaml"],
        ["compile", "-cd", LONG],
        ["compile", "-cn", LONG],
        ["compile", f"data={LONG}"],
        ["compile", ""],
        ["compile", "+experiment=digits", "-o", LONG],
        ["compile", "+experiment=digits", "-o", "."],
        ["compile", "a=" + "[" * 300],
        ["explain", LONG],
        ["explain", "DAT001", "--standard", LONG],
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_what_cannot_be_done_is_said(words: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("stdspec: ")
    assert "fault of stdspec" not in said
    assert [path.name for path in project.iterdir()] == ["stdspec.toml"]


def test_a_kind_that_is_no_name_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compile", "+experiment=digits", f"++data.source.kind={LONG}"]) == 1
    assert "SPC007" in capsys.readouterr().out
    assert run(["compile", "+experiment=digits", "++_target_=/etc/passwd"]) == 1
    assert "'/etc/passwd' is no dotted name" in " ".join(capsys.readouterr().out.split())


def test_own_code_at_the_top_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "acme.py").write_text("class Net: ...\n")
    assert run(["compile", "+experiment=digits", "++_target_=acme.Net"]) == 1
    assert "unknown key '_target_'" in capsys.readouterr().out


def test_a_plan_goes_into_a_pipe_and_leaves_it_one(project: Path) -> None:
    os.mkfifo("pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as reader:
        late = threading.Timer(20, reader.kill)  # were nothing written, both sides would wait for each other
        late.start()
        try:
            assert run(["compile", "+experiment=digits", "-o", "pipe"]) == 0
        except BaseException:
            reader.kill()
            raise
        finally:
            late.cancel()
        assert json.loads(reader.communicate(timeout=20)[0])["name"] == "digits"
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_a_plan_goes_where_a_link_leads(project: Path) -> None:
    (project / "real.json").write_text("")
    Path("link.json").symlink_to("real.json")
    assert run(["compile", "+experiment=digits", "-o", "link.json"]) == 0
    assert Path("link.json").is_symlink()
    assert json.loads((project / "real.json").read_bytes())["name"] == "digits"


@pytest.mark.parametrize(
    "words", [["lint", "spec.yaml"], ["explain", "DAT001"], ["lint", "--format", "json", "spec.yaml"]]
)
def test_a_terminal_that_takes_only_ascii_stops_nothing(words: list[str], project: Path) -> None:
    (project / "spec.yaml").write_text('stdspec: "1"\nname: café…\n', encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run([sys.executable, "-m", "stdspec", *words], env=environment, capture_output=True, check=False)
    assert ended.returncode == (1 if words[0] == "lint" else 0), ended.stderr
    assert b"fault of stdspec" not in ended.stderr
    if "json" in words:
        assert "café…" in json.dumps(json.loads(ended.stdout.decode("utf-8")), ensure_ascii=False)


def test_an_endless_file_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "/dev/zero"]) == 1
    assert "the file is larger than 2 MiB" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["SECRET: hunter2", "SECRET hunter2: ["])
@pytest.mark.parametrize("choice", ["link", "../../../away/secret"])
def test_no_line_of_a_file_outside_the_project_is_shown(
    text: str, choice: str, project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = project / "inner"
    (inner / "conf" / "data").mkdir(parents=True)
    (inner / "stdspec.toml").write_text("")
    (project / "away").mkdir()
    (project / "away" / "secret.yaml").write_text(text)
    (inner / "conf" / "data" / "link.yaml").symlink_to(project / "away" / "secret.yaml")
    spec = f"defaults: [stdspec/base, data: {choice}, model: mlp, _self_]\nstage: research\nname: x\n"
    (inner / "conf" / "config.yaml").write_text(spec)
    for words in (["lint", "inner/conf"], ["lint", "inner/conf/config.yaml"], ["compile", "inner/conf/config.yaml"]):
        assert run(words) == 1
        shown = capsys.readouterr()
        assert "HYD006" in shown.out
        assert "hunter2" not in shown.out + shown.err


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_end_in_findings(seed: int, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(resources.conf(), project / "conf")
    chance = random.Random(seed)
    files = sorted((project / "conf").rglob("*.yaml"))
    for _ in range(25):
        file = chance.choice(files)
        whole = file.read_bytes()
        file.write_bytes(_damaged(whole, chance))
        for words in (["lint", str(file)], ["compile", "+experiment=digits", "-o", "plan.json"]):
            status = run(words)
            shown = capsys.readouterr()
            assert status in (0, 1, 2), (file.name, file.read_bytes(), shown.err)
            assert status == 0 or shown.out or shown.err
        file.write_bytes(whole)


def _damaged(whole: bytes, chance: random.Random) -> bytes:
    """The text of a file with one line lost, doubled, moved, replaced or cut, or with a byte changed."""
    lines = whole.split(b"\n")
    at = chance.randrange(len(lines))
    strange = chance.choice(BROKEN).encode()
    match chance.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[chance.randrange(len(lines))])
        case 2:
            lines[at] = lines[at].partition(b":")[0] + b": " + strange
        case 3:
            lines.insert(at, strange)
        case 4:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        case 5:
            lines[at] = b"  " + lines[at]
        case _:
            data = bytearray(whole)
            data[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(data)
    return b"\n".join(lines)


def test_a_config_that_is_no_spec_is_not_compiled(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "plain.yaml").write_text("evaluation: {method: {kind: k-fold}}\n")
    assert run(["compile", "plain.yaml"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("stdspec: plain.yaml: this is no spec")

"""A hostile project is answered with a finding or a sentence at once; nothing of it is run, and no secret is shown."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

from stdspec.cli.formats import FORMATS
from stdspec.cli.main import run
from stdspec.lint.engine import lint

from .hostile import CASES, HEAD, MARKER, SECRET, write

SECONDS = 1.0
"""CPU time that a hostile project may take."""

MEGABYTES = 200

GUARDED = """\
import os, sys
FORBIDDEN = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "socket.connect", "socket.getaddrinfo")

def watch(event, arguments):
    named = event == "import" and str(arguments[0]).split(".")[0] == "evil"
    if named or event.startswith(FORBIDDEN):
        sys.stderr.write("FORBIDDEN " + event + repr(arguments)[:200])
        sys.stderr.flush()
        os._exit(99)

sys.addaudithook(watch)
from stdspec.cli.main import run
status = run(sys.argv[1:])
with open("/proc/self/status") as lines, open(os.environ["PEAK"], "w") as peak:
    peak.write(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))
sys.exit(status)
"""
"""The command line, stopped where a program would be started, a server asked or own code imported."""


def _as_anybody() -> None:
    """What root may read against the permissions of a file, the process to come may not."""
    if sys.platform == "linux" and os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, dropped with PR_CAPBSET_DROP
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def guarded(folder: Path, words: tuple[str, ...]) -> tuple[int, str, float, float]:
    """Exit status, output, CPU seconds and megabytes of a command line in a process of its own."""
    env = {**os.environ, "STDSPEC_CANARY": SECRET, "COLUMNS": "100", "PEAK": str(folder / ".peak")}
    with (folder / ".out").open("w+b") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", GUARDED, *words],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=_as_anybody,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode("utf-8")
    # The peak that wait4 tells begins with the memory of the process that forked: the child says its own.
    peak = int((folder / ".peak").read_text()) / 1024 if (folder / ".peak").exists() else 0.0
    return process.returncode, said, used.ru_utime + used.ru_stime, peak


@pytest.fixture(scope="module")
def slowness(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How many times slower than usual this machine is now, by what a harmless file takes; at least 1."""
    folder = tmp_path_factory.mktemp("harmless")
    (folder / "spec.yaml").write_text("a: 1\n")
    return max(1.0, min(guarded(folder, ("lint", "spec.yaml"))[2] for _ in range(2)) / 0.2)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_project_ends_in_words(name: str, tmp_path: Path, slowness: float) -> None:
    made, words, expected = CASES[name]
    (tmp_path / "project").mkdir()
    if "stdspec.toml" not in made and "pyproject.toml" not in made:
        (tmp_path / "project" / "stdspec.toml").touch()
    write(tmp_path / "project", made)
    status, said, seconds, megabytes = guarded(tmp_path / "project", words)
    assert status in (0, 1, 2), said
    assert expected in said
    assert SECRET not in said
    assert not (tmp_path / "project" / MARKER).exists()
    assert seconds < SECONDS * slowness
    assert megabytes < MEGABYTES


LOUD: Final = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eback\u2028 \x85 \x00"
"""What would steer a terminal, in a value that is at fault."""

UNSEEN: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_a_secret_or_steers_a_terminal(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STDSPEC_CANARY", SECRET)
    quoted = json.dumps(LOUD)
    lines = (f"{quoted}: 1", f"stage: {quoted}", "seed: ${oc.env:STDSPEC_CANARY}", f"data: {{target: {{{quoted}: 1}}}}")
    text = HEAD + "\n".join(lines)
    (tmp_path / "spec.yaml").write_text(text.replace("stage: research\n", ""), encoding="utf-8")
    (tmp_path / "out\u202eyaml.exe.yaml").write_text(f"a: ${{none}}\n{quoted}: [\n", encoding="utf-8")
    assert run(["lint", ".", "--format", form]) == 1
    shown, said = (part.decode("utf-8") for part in capfdbinary.readouterr())
    assert "SPC001" in shown
    assert "HYD004" in shown
    assert SECRET not in shown + said
    assert UNSEEN.findall(shown + said) == []


@pytest.mark.parametrize(
    "words", [["compose"], ["compose", "--origins"], ["compose", "--format", "json"], ["why", "b"]]
)
def test_who_looks_at_a_config_sees_escapes(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STDSPEC_CANARY", SECRET)
    value = {"a": LOUD, "b": {LOUD: [LOUD, {LOUD: 1}]}, "c": "${oc.env:STDSPEC_CANARY}"}
    (tmp_path / "config.yaml").write_text(json.dumps(value), encoding="utf-8")
    assert run([*words, "-cd", ".", f"++d='{LOUD[:9]}'"]) == 0
    shown, said = (part.decode("utf-8") for part in capfdbinary.readouterr())
    assert "red" in shown
    assert SECRET not in shown + said
    assert UNSEEN.findall(shown + said) == []
    if words == ["compose"]:
        assert yaml.safe_load(shown) == {**value, "d": LOUD[:9]}


def test_names_of_files_that_no_editor_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (b"line\nend.yaml", b"byte\xff.yaml", b"\x1b[31m.yaml", b"-o.yaml", b"%s{0}.yaml", b" .yaml"):
        Path(os.fsdecode(name)).write_text("a: [\n")
    assert run(["lint", "."]) == 1
    shown, said = (part.decode("utf-8") for part in capfdbinary.readouterr())
    places = [line.partition(".yaml:")[0] for line in shown.splitlines() if "YML001" in line]
    assert sorted(places) == [" ", "%s{0}", "-o", "\\x1b[31m", "byte\\udcff", "line\\nend"]
    assert UNSEEN.findall(shown + said) == []


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "conf" / "g").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("a: 1\n")
    (tmp_path / "conf" / "config_shut.yaml").touch(mode=0)
    status, said, _, _ = guarded(tmp_path, ("lint", "conf"))
    assert status == 1, said
    assert "config_shut.yaml:1:1: YML013" in said
    (tmp_path / "conf" / "g").chmod(0)
    status, said, _, _ = guarded(tmp_path, ("lint", "conf"))
    assert status == 2, said
    assert "conf/g: this cannot be read: Permission denied" in said


def test_many_files_take_no_longer_each(tmp_path: Path) -> None:
    taken = []
    for count in (300, 3_000):
        folder = tmp_path / str(count)
        write(folder, {"config.yaml": "defaults: [g: f1]\n", **{f"g/f{n}.yaml": f"a: {n}\n" for n in range(count)}})
        status, said, seconds, _ = guarded(folder, ("lint", "."))
        assert status == 0, said
        taken.append(seconds)
    assert taken[1] < 15 * taken[0]


def test_thousands_of_faults_are_all_said(tmp_path: Path) -> None:
    many = 3000
    keys = "".join(f"  kye{number}: 1\n" for number in range(many))
    targets = "".join(f"- {{_target_: acme.nets.Nett{number % 7}}}\n" for number in range(many))
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "nets.py").write_text("class Net1: ...\n", encoding="utf-8")
    (tmp_path / "stdspec.toml").write_text("allow-targets = ['acme']\n", encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    spec.write_text(f"stdspec: 1\ndata:\n{keys}extra:\n{targets}", encoding="utf-8")
    found = lint([str(spec)]).findings
    lines = {code: [item.span.line for item in found if item.code == code] for code in ("SPC001", "HYD011")}
    assert lines["SPC001"] == [*range(3, 3 + many), 3 + many]
    assert lines["HYD011"] == list(range(4 + many, 4 + 2 * many))
    said = {item.message for item in found if item.code == "HYD011"}
    assert "there is nothing called 'Nett1' in 'acme.nets'; did you mean 'acme.nets.Net1'?" in said

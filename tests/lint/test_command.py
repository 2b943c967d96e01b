"""`stdspec lint` and `stdspec explain` as a user and a hook see them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stdspec.cli.explain import command as explain
from stdspec.cli.lint import command as lint
from stdspec.cli.text import render
from stdspec.finding import COMMAND_LINE, Finding, Related, Severity, Span

ROOT = Path(__file__).parents[2]
SPEC = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\ntraining:\n  batch: {global: 100, micro: 16}\n"


def _lint(*args: str) -> Result:
    return CliRunner().invoke(lint, list(args))


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").write_text("", encoding="utf-8")
    file = tmp_path / "spec.yaml"
    file.write_text(SPEC, encoding="utf-8")
    return file


def test_text_shows_place_fact_remedy_and_the_line_underlined(spec: Path) -> None:
    result = _lint(str(spec))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "spec.yaml:3:19: CMP003 batch-does-not-divide"
    assert lines[3] == "    3 |   batch: {global: 100, micro: 16}"
    assert lines[4] == "      |                   ^^^"
    assert lines[5].startswith("      = ")
    assert "takes the place of 64 from training: default" in " ".join(result.output.split())
    assert lines[-1] == "1 file, 1 spec: 1 error"
    assert all(len(line) <= 80 for line in lines if "conf/training" not in line)
    assert "\x1b" not in result.output


def test_json_has_the_published_shape(spec: Path) -> None:
    result = _lint(str(spec), "--format", "json")
    assert result.exit_code == 1
    document = json.loads(result.output)
    (found,) = document["findings"]
    assert {
        key: found[key]
        for key in ("code", "slug", "severity", "path", "file", "line", "column", "end_line", "end_column")
    } == {
        "code": "CMP003",
        "slug": "batch-does-not-divide",
        "severity": "error",
        "path": "training.batch.global",
        "file": "spec.yaml",
        "line": 3,
        "column": 19,
        "end_line": 3,
        "end_column": 22,
    }
    assert found["fix"] == []
    assert found["origins"][0]["message"] == "takes the place of 64 from training: default"
    assert document["suppressed"] == []
    assert document["summary"] == {
        "files": 1,
        "entries": ["spec.yaml"],
        "error": 1,
        "warning": 0,
        "info": 0,
        "suppressed": {"settings": 0, "comment": 0, "baseline": 0},
        "lowered": 0,
    }


def test_fail_on_decides_the_exit_status(spec: Path) -> None:
    assert _lint(str(spec), "--fail-on", "never").exit_code == 0
    assert _lint(str(spec), "--fail-on", "warning").exit_code == 1
    spec.write_text(SPEC.replace("100", "64"), encoding="utf-8")
    assert _lint(str(spec)).exit_code == 0
    assert _lint(str(spec)).output == "1 file, 1 spec: nothing found\n"


def test_the_setting_decides_where_no_option_does(spec: Path) -> None:
    (spec.parent / "stdspec.toml").write_text('fail-on = "never"\n', encoding="utf-8")
    code = "import sys; from stdspec.cli.lint import command; command(['spec.yaml'])"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=spec.parent, check=False, capture_output=True).returncode == 0
    )


def test_a_wide_line_is_cut_around_the_fault() -> None:
    text = render([Finding("X001", "x", Severity.ERROR, "a; b", "", None)], color=False, width=80)
    assert text == "-: X001 x a; b\n\n"
    span = Span(COMMAND_LINE, 2, 1, 2, 5)
    text = render(
        [Finding("X001", "x", Severity.ERROR, "a; b", "", span, (Related("beats", span),))], color=True, width=80
    )
    assert "<command line> override 2" in text
    assert "\x1b[31m" in text


def test_explain_works_for_rules_clauses_and_forms() -> None:
    for code, words in (
        ("CMP003", "accumulation"),
        ("MON004", "at least six months"),
        ("YML002", "tab"),
        ("HYD010", "allow-targets"),
    ):
        result = CliRunner().invoke(explain, [code.lower()])
        assert result.exit_code == 0, result.output
        assert code in result.output
        assert words in result.output
        assert all(len(line) <= 100 for line in result.output.splitlines())
    result = CliRunner().invoke(explain, [])
    assert "GOV002" in result.output
    assert "YML001" in result.output


def test_linting_is_light_and_fast() -> None:
    code = (
        "import resource, sys, time\n"
        "from stdspec.cli.lint import command\n"
        "try:\n    command(['conf'])\nexcept SystemExit as end:\n    status = end.code\n"
        "usage = resource.getrusage(resource.RUSAGE_SELF)\n"
        "heavy = {'torch', 'lightning', 'sklearn', 'numpy', 'duckdb', 'onnx', 'onnxruntime', 'torchmetrics'} & "
        "set(sys.modules)\n"
        "print(status, sorted(heavy), round(usage.ru_utime + usage.ru_stime, 2), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    status, heavy, seconds = (
        done.stderr.strip().splitlines()[-1].rsplit(" ", 2)[0].partition(" ")[0],
        "[]",
        done.stderr.split()[-1],
    )
    assert status == "0", done.stdout + done.stderr
    assert heavy in done.stderr
    assert float(seconds) < 1.0


def test_shipped_specs_are_clean() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "stdspec", "lint", "conf"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout
    assert result.stdout.endswith("nothing found\n"), result.stdout

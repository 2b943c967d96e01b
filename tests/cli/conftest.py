"""What lint could find at worst, as the output formats get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.finding import COMMAND_LINE, Edit, Finding, Related, Severity, Span
from stdspec.lint.engine import Report

HOSTILE = (
    "plain; mend it",
    "quotes \" ' ` and ]]> and <!-- -->; & &amp; <script>alert(1)</script>",
    "lines\nand\r\nmore\u2028of them",
    "%0A::error::injected %25 ::set-output name=a::b",
    "| a table | `code` | [link](https://evil.example) {0} @everyone $x$ www.evil.example",
    "nul \x00 bell \x07 escape \x1b[31mred\x1b[0m \x9b1m del \x7f \ufffe \uffff",
    "half \udc80 \ud83d and \u202ereversed",
    "{{ 7 * 7 }} {% raw %} \\ \\u0041 ${jndi:ldap://x}",
)
"""Messages as a spec with hostile keys and values can bring them about."""

NAMES = (
    "a b.yaml",
    "c:d,e%.yaml",
    "<f>&'\".yaml",
    "g|`h`.yaml",
    "line\nend.yaml",
    "byte\udcff.yaml",
    "ü.yaml",
    "i.yaml",
)


def made(root: Path) -> Report:
    """A report whose every text is hostile."""
    files = [str(root / name) for name in NAMES]
    findings = []
    for number, (message, file) in enumerate(zip(HOSTILE, files, strict=True)):
        span = Span(file, 1, number + 1, 1 + number % 2, number + 3)
        related = (Related(message, Span(file, 3, 1, 3, 2)), Related(message, Span(COMMAND_LINE, 2, 1, 2, 4)))
        severity = list(Severity)[number % 3]
        findings.append(
            Finding(f"X00{number}", "a-fault", severity, message, message, span, related, (Edit(span, message),))
        )
    findings.append(Finding("X008", "a-fault", Severity.ERROR, HOSTILE[1], "", Span(COMMAND_LINE, 1, 1, 1, 4)))
    findings.append(Finding("X009", "a-fault", Severity.ERROR, HOSTILE[2]))
    return Report(tuple(findings), tuple(files), ("entry +a=<b>", "byte \udcff"))


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "stdspec.toml").touch()
    for name in ("a b.yaml", "<f>&'\".yaml", "i.yaml"):
        (tmp_path / name).write_text("first: <b>'1'</b> # {{ 7 * 7 }}\nsecond: 2\n", encoding="utf-8")
    return made(tmp_path)


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Ten thousand findings, two of which say the same of the same value."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    file = tmp_path / "spec.yaml"
    file.write_text("".join(f"key_{number}: {number // 2 * 2}\n" for number in range(1, 10_001)), encoding="utf-8")
    findings = tuple(
        Finding(
            "SPC002",
            "wrong-type",
            list(Severity)[number % 3],
            f"'key' is {number}; write a text",
            "key",
            Span(str(file), number, len(f"key_{number}: ") + 1, number, len(f"key_{number}: {number // 2 * 2}") + 1),
        )
        for number in range(1, 10_001)
    )
    return Report(findings, (str(file),), ("spec.yaml",))

"""What `stdspec lint` is held to, in one table: each figure, what it is measured against, its bar, whether it holds.

`make bench-linter` runs all of it: the seeded faults, the baseline, the times beside yamllint and check-jsonschema, the
inputs of the fuzzer, pre-commit and the YAML language server. `--repositories FOLDER` lints real projects, too, one in
each folder there, and prints every finding of error level for somebody to read; `--fuzz COUNT` tries fewer inputs.
What cannot be measured here says so, and nothing fails on time alone.
"""

from __future__ import annotations

import argparse
import operator
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import faults
import fuzz
import lint
from faults import Counts
from timing import HEAD, Row

from stdspec.finding import Finding, Severity
from stdspec.lint.engine import lint as lint_paths
from stdspec.paths import shown
from stdspec.settings import Settings

ROOT: Final = Path(__file__).parents[2]
COMPARE: Final = {"≤": operator.le, "≥": operator.ge, "<": operator.lt}
_BAR: Final = re.compile(r"([≤≥<]) ([\d.]+)")

BASELINE: Final = ("tests/lint/test_baseline.py",)
HOOK: Final = ("tests/cli/test_hook.py",)
EDITOR: Final = ("tests/editor/test_server.py",)


@dataclass(frozen=True)
class Unmeasured:
    """A line for what could not be measured, and why."""

    what: str
    why: str
    budget: str

    def markdown(self) -> str:
        return f"| {self.what} | not measured | {self.why} | – | – | {self.budget} |"


def holds(row: Row | Unmeasured) -> str:
    """Whether a figure is within its bar, in a word; a bar in words is for people to judge."""
    if isinstance(row, Unmeasured):
        return "–"
    if row.budget == "0":
        return "yes" if row.ours == 0 else "**no**"
    bar = _BAR.fullmatch(row.budget)
    if bar is None or not row.theirs:
        return "–"
    return "yes" if COMPARE[bar[1]](row.ours / row.theirs, float(bar[2])) else "**no**"


def tested(what: str, files: Sequence[str]) -> Row | Unmeasured:
    """How many of the tests in some files pass, of those that can be run here."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *files]
        ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if not report.is_file():
            return Unmeasured(what, f"pytest ended in {ended.returncode}", "≥ 1")
        cases = list(ElementTree.parse(report).iter("testcase"))
    ran = [case for case in cases if case.find("skipped") is None]
    if not ran:
        reasons = {(case.find("skipped").get("message") or "skipped") for case in cases}  # type: ignore[union-attr]
        return Unmeasured(what, "; ".join(sorted(reasons)) or "no test was found", "≥ 1")
    passed = sum(case.find("failure") is None and case.find("error") is None for case in ran)
    return Counts(what, passed, "tests run", len(ran), "", "≥ 1")


def fuzzed(count: int) -> Row:
    """How many inputs that nobody would write end in findings, in a sentence, or well."""
    kinds = list(fuzz.KINDS)
    cases = [(kinds[index % len(kinds)], index // len(kinds)) for index in range(count)]
    wrong = {(kind, seed) for kind, seed, item in fuzz.results(cases) if item.fault}
    for kind, seed in sorted(wrong)[:20]:
        print(f"  python tests/bench/fuzz.py --only {kind}:{seed}", file=sys.stderr)
    return Counts("inputs that end in words for people", count - len(wrong), "inputs", count, "", "≥ 1")


def repositories(folder: Path) -> Iterator[tuple[str, int, list[Finding]]]:
    """The name of each project in a folder, how many files of it were read, and the errors found there."""
    for root in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))):
        report = lint_paths([str(root)], Settings(root=root))
        yield root.name, len(report.files), [item for item in report.findings if item.severity is Severity.ERROR]


def rows(count: int) -> Iterator[Row | Unmeasured]:
    """Every figure but that of real repositories, in order."""
    yield from faults.rows()
    yield tested("a baseline survives edits and catches a second fault", BASELINE)
    yield from lint.rows()
    yield fuzzed(count)
    yield tested("pre-commit blocks a bad spec and passes a good one", HOOK)
    yield tested("yaml-language-server with the exported schemas", EDITOR)


def to_read(folder: Path) -> Iterator[str]:
    """The errors in real projects: a line for each project, then one for each finding, for somebody to judge."""
    found = list(repositories(folder))
    yield "\n| Real project | Files | Errors to read |\n|-|-|-|"
    yield from (f"| {name} | {files:,} | {len(errors)} |" for name, files, errors in found)
    yield f"| all | {sum(files for _, files, _ in found):,} | {sum(len(errors) for *_, errors in found)} |\n"
    for _, _, errors in found:
        for item in errors:
            at = f"{shown(item.span.file)}:{item.span.line}:{item.span.column}" if item.span else "-"
            yield f"- {at} {item.code} {item.message}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fuzz", type=int, default=20_000, metavar="COUNT", help="how many inputs the fuzzer tries")
    options.add_argument("--repositories", type=Path, metavar="FOLDER", help="a folder with a real project in each")
    given = options.parse_args()
    head, line = HEAD.split("\n")
    print(f"{head} Holds |\n{line}-|")
    for row in rows(given.fuzz):
        print(f"{row.markdown()} {holds(row)} |", flush=True)
    if given.repositories is None:
        missing = Unmeasured("errors in real projects", "name a folder of them with --repositories", "precision ≥ 0.95")
        print(f"{missing.markdown()} {holds(missing)} |")
        return
    for text in to_read(given.repositories):
        print(text)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

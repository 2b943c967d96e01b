"""How exactly `stdspec lint` names faults: each of many hundreds, made one at a time in the text of shipped specs.

Counted are the faults that are found at their very span, the findings beyond the first, and the words suggested.
`python tests/bench/faults.py` prints the table by kind and every miss; with `--all` the whole of the generated faults.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import fault_kinds
import fault_rows
from mutations import Mutant, Text
from timing import HEAD, Row

from stdspec import resources
from stdspec.finding import Finding, Severity
from stdspec.lint.engine import lint

ROOT = Path(__file__).parents[2]
TODAY = "2026-01-01"
"""The day on which everything is linted; specs state dates."""

EVERY = 5
"""Of the faults that are generated everywhere, one in so many is tried; of those made by hand, all."""


@dataclass(frozen=True)
class Outcome:
    """What lint said of a fault.

    Attributes:
        mutant: the fault.
        found: the findings that the files without the fault have not.
        exact: the finding with a code that names the fault, at the fault's own span; None for a miss.
    """

    mutant: Mutant
    found: tuple[Finding, ...]
    exact: Finding | None

    @property
    def loud(self) -> int:
        """How many findings there are of error and warning level."""
        return sum(item.severity is not Severity.INFO for item in self.found)

    @property
    def suggested(self) -> bool:
        """Whether the word that was meant is suggested; where none was meant, whether any is."""
        _, asked, guess = (self.exact.message if self.exact else "").partition("did you mean ")
        word = guess.partition("?")[0].strip("'")
        meant = (self.mutant.meant or "").strip("\"'")
        names = (word, word.replace("_", "-"), word.rpartition(".")[2])
        return bool(asked) and (not meant or meant in names or meant.replace("-", "_") in names)


def workspace(folder: Path) -> None:
    """A copy of what ships, as a project of its own: config groups, examples that are not faulty, a whole release."""
    shutil.copytree(resources.conf(), folder / "conf")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("faulty", "outputs"))
    shutil.copytree(ROOT / "tests" / "golden" / "release", folder / "release")
    (folder / "stdspec.toml").write_text('conf = "conf"\n', encoding="utf-8")


def texts(folder: Path) -> dict[str, Text]:
    """Every config of a workspace by its name there."""
    names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.yaml")))
    return {name: Text(name, (folder / name).read_text(encoding="utf-8")) for name in names}


def mutants(known: dict[str, Text], every: int = EVERY) -> Iterator[Mutant]:
    """The faults to try, in a fixed order."""
    everywhere = [item for text in known.values() for item in fault_kinds.everywhere(text, _package(text))]
    yield from everywhere[::every]
    yield from fault_rows.mutants(known)


def outcomes(folder: Path, table: Iterable[Mutant]) -> Iterator[Outcome]:
    """Each fault written into its file, linted with all that reaches it, and taken out again."""
    clean: dict[str, set[tuple[str, str, str]]] = {}
    for mutant in table:
        path, where = folder / mutant.file, _scope(folder, mutant.file)
        if where not in clean:
            clean[where] = {_key(item) for item in lint([where]).findings}
        before = path.read_bytes()
        path.write_text(mutant.text, encoding="utf-8")
        found = tuple(item for item in lint([where]).findings if _key(item) not in clean[where])
        path.write_bytes(before)
        at = (str(path), *mutant.span)
        exact = next((item for item in found if item.code in mutant.codes and _span(item) == at), None)
        yield Outcome(mutant, found, exact)


def _package(text: Text) -> tuple[str, ...]:
    folders = tuple(text.file.split("/")[1:-1])
    return folders if text.file.startswith("conf/") and "@package _global_" not in text.text else ()


def _scope(folder: Path, file: str) -> str:
    """The folder to lint so that every entry point that reaches a file is composed, and the file itself is read."""
    parts = file.split("/")
    depth = {"conf": 1, "examples": 2}.get(parts[0], len(parts) - 1)
    return str(folder.joinpath(*parts[:depth]))


def _key(item: Finding) -> tuple[str, str, str]:
    return item.code, item.path, item.span.file if item.span else ""


def _span(item: Finding) -> tuple[str, int, int, int, int] | None:
    at = item.span
    return (at.file, at.line, at.column, at.end_line, at.end_column) if at else None


def measured(every: int = EVERY) -> tuple[list[Outcome], int]:
    """The outcome of every fault, and the number of findings on the workspace without any."""
    before = os.environ.get("STDSPEC_TODAY")
    os.environ["STDSPEC_TODAY"] = TODAY
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(os.path.realpath(name))
            workspace(folder)
            quiet = len(lint([str(folder)]).findings)
            return list(outcomes(folder, mutants(texts(folder), every))), quiet
    finally:
        os.environ.pop("STDSPEC_TODAY")
        if before is not None:
            os.environ["STDSPEC_TODAY"] = before


class Counts(Row):
    """A line of counted things: how many of how many, and the share."""

    def markdown(self) -> str:
        """The line, with whole numbers and the share to three places."""
        share = self.ours / self.theirs if self.theirs else 0.0
        return f"| {self.what} | {self.ours:,.0f} | {self.rival} | {self.theirs:,.0f} | {share:.3f} | {self.budget} |"


def rows(found: tuple[list[Outcome], int] | None = None) -> list[Row]:
    """The figures, each as a share."""
    all_, quiet = found or measured()
    hits = [item for item in all_ if item.exact]
    misspelt = [item for item in hits if item.mutant.meant]
    strange = [item for item in hits if item.mutant.meant == ""]
    files = {item.mutant.file for item in all_}
    right, guessed = (sum(item.suggested for item in part) for part in (misspelt, strange))
    return [
        Counts("faults found at their very span", len(hits), "faults seeded", len(all_), "", "≥ 0.99"),
        Counts("findings for them", sum(item.loud for item in all_), "faults seeded", len(all_), "", "≤ 1.05"),
        Counts("findings where no fault is", quiet, "files", len(files), "", "0"),
        Counts("the right word suggested", right, "misspelt words", len(misspelt), "", "≥ 0.95"),
        Counts("a word suggested for a random one", guessed, "random words", len(strange), "", "0"),
    ]


def by_kind(all_: Sequence[Outcome]) -> Iterator[str]:
    """A line of a table for each kind of fault."""
    yield "| Kind of fault | Faults | Found at the span | Findings per fault |\n|-|-|-|-|"
    for kind in dict.fromkeys(item.mutant.kind for item in all_):
        part = [item for item in all_ if item.mutant.kind == kind]
        hits, loud = sum(item.exact is not None for item in part), sum(item.loud for item in part)
        yield f"| {kind} | {len(part)} | {hits} | {loud / len(part):.2f} |"


def misses(all_: Iterable[Outcome]) -> Iterator[str]:
    """Every fault that is not found at its span, has other findings beside it or a wrong word suggested."""
    for item in all_:
        wrong_word = item.mutant.meant is not None and item.suggested is not bool(item.mutant.meant)
        if item.exact is None or item.loud > 1 or wrong_word:
            line, column, *_ = item.mutant.span
            yield f"- {item.mutant.kind}, {item.mutant.file}:{line}:{column}, {item.mutant.where}"
            for one in item.found:
                at = _span(one)
                place = f"{Path(at[0]).name}:{at[1]}:{at[2]}" if at else "no place"
                yield f"  - {one.code} {place} {one.message}"


if __name__ == "__main__":
    result = measured(1 if "--all" in sys.argv else EVERY)
    print(HEAD)
    for row in rows(result):
        print(row.markdown())
    print("", *by_kind(result[0]), "", *misses(result[0]), sep="\n")

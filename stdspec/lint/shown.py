"""Writes the page of clauses shown on real runs from the table that the tests of those runs keep.

A clause that is judged on evidence was seen to pass on one run and to fail on another, or it is said why it cannot be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from stdspec.standard.model import Clause, Standard

TABLE: Final = Path(__file__).parents[2] / "tests" / "golden" / "shown.json"
"""The runs, and by clause the first on which it passes and the first on which it fails."""

NEVER_FAILS: Final[Mapping[str, str]] = {
    "CMP007": "A training that takes more than `compute.limits.memory` is stopped there, and leaves no report.",
    "DEP009": "No exporter writes a pickle, and each artefact is digested as it is handed out.",
    "DEP010": "Every run writes its bill of materials with its artefacts.",
    "EVL010": "Every run logs its tools.",
    "MDL001": "Every run derives the signature from the model that ran, or holds a frozen one against it.",
    "MDL005": "Every run writes the card that its spec states; where a part is missing, the clause fails by the spec.",
    "MON002": "Every run that is told a reference writes one; where none is stated, the clause fails by the spec.",
    "TRN005": "A training whose loss is not finite stops at that step, and leaves no report.",
    "TRN006": "Every run records them.",
}
"""Why a clause that passes cannot be shown failing: what it asks for is enforced before it is judged."""

_HEAD = """# Clauses shown on real runs

This page is written by `python -m stdspec.lint.docs` from `tests/golden/shown.json`, which the tests hold against the
runs themselves; do not edit it.

A clause that reads `run.…` is judged on what a run recorded. Of the {asked} such clauses of
[stdspec/base@1](rules.md), {both} pass on one real run and fail, by its evidence, on another; {passing} pass, and what
they ask for is enforced before they are judged; {other} wait for what no run shown here supplies. Without evidence the
verdict is *no-evidence*, which is never a pass.
"""

_RUNS = """## The runs

Each is made by the tests, in this order, from an empty store. `examples/release` and `examples/lies` are projects of
the repository; `make_tables.py` of the first writes its tables, of invented patients.
"""


def page(standard: Standard) -> str:
    """The page of one standard as the table says it."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    seen: Mapping[str, Mapping[str, str]] = table["clauses"]
    asked = [
        clause for clause in standard.clauses.values() if any(path.startswith("run.") for path, _ in clause.asks())
    ]
    both = [clause for clause in asked if len(seen.get(clause.id, {})) > 1]
    passing = [clause for clause in asked if seen.get(clause.id, {}).keys() == {"passes"}]
    other = [clause for clause in asked if clause.id not in seen]
    lines = [_HEAD.format(asked=len(asked), both=len(both), passing=len(passing), other=len(other))]
    lines += ["## Passing on one run, failing on another\n", *_both(both, seen)]
    lines += ["## Passing, and enforced\n", *_passing(passing, seen)]
    lines += ["## Waiting for evidence\n", *_other(other), _RUNS, *_runs(table["runs"])]
    return "\n".join(lines).rstrip() + "\n"


def _both(clauses: list[Clause], seen: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "| Clause | Says | Passes on | Fails on |"
    yield "|---|---|---|---|"
    for clause in clauses:
        runs = seen[clause.id]
        yield f"| {clause.id} | {clause.says['en']} | {runs['passes']} | {runs['fails']} |"
    yield ""


def _passing(clauses: list[Clause], seen: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "| Clause | Says | Passes on | Why it does not fail |"
    yield "|---|---|---|---|"
    for clause in clauses:
        yield f"| {clause.id} | {clause.says['en']} | {seen[clause.id]['passes']} | {NEVER_FAILS[clause.id]} |"
    yield ""


def _other(clauses: list[Clause]) -> Iterator[str]:
    yield "| Clause | Says | What would supply it |"
    yield "|---|---|---|"
    for clause in clauses:
        yield f"| {clause.id} | {clause.says['en']} | {clause.remedy} |"
    yield ""


def _runs(runs: Mapping[str, Any]) -> Iterator[str]:
    yield "| Run | In | Command |"
    yield "|---|---|---|"
    for name, run in runs.items():
        folder = f"`{run['in']}`" if run["in"] else "any folder"
        yield f"| {name} | {folder} | `{run['command']}` |"
    yield ""

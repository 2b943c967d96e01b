"""The runs on which clauses are shown, the evidence clauses of base@1, and what a report says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from stdspec.standard.model import Clause, Standard

ROOT: Final = Path(__file__).parents[2]
GOLDEN: Final = ROOT / "tests" / "golden" / "shown.json"

B = "stdspec run +experiment=breast_cancer"
R = "stdspec run spec.yaml"

RUNS: Final[Mapping[str, tuple[str, str]]] = {
    "breast cancer": ("", B),
    "a limit that 569 rows cannot keep": ("", f"{B} data.quality.rows.at_least=600"),
    "a metric out of reach": ("", f"{B} evaluation.metrics.auroc.at_least=0.999"),
    "a floor out of reach": ("", f"{B} evaluation.slices.coarse.floor.sensitivity=0.999"),
    "a shift too great": ("", f"{B} evaluation.shifts.noise.severity=3"),
    "a single epoch": ("", f"{B} training.epochs=1"),
    "an export held to the last bit": (
        "",
        f"{B} 'deployment.exports.onnx.parity={{atol: 0, rtol: 0, batches: [1, 64]}}'",
    ),
    "nearly all memory to stay free": ("", f"{B} compute.targets.memory_headroom=0.99"),
    "a release": ("examples/release", R),
    "patients who stand twice": ("examples/release", f"{R} table=repeated"),
    "patients by their address": ("examples/release", f"{R} table=named"),
    "another population": ("examples/release", f"{R} 'data.population.reference.sex={{f: 0.3, m: 0.7}}'"),
    "a deaf monitor": ("examples/release", f"{R} monitoring.drift.tests.features.alert=5"),
    "a stricter claim": ("examples/release", f"{R} governance.fairness.tolerance=0.99"),
    "an honest module": ("examples/lies", R),
    "a module that computes otherwise": ("examples/lies", f"{R} model._target_=nets.FullPrecision"),
    "a module with dice of its own": ("examples/lies", f"{R} model._target_=nets.OwnDice"),
}
"""Name to the folder of the repository that it is run in (empty: any) and the command."""

VARYING: Final = frozenset({"CMP006", "CMP008", "CMP009"})
"""Clauses on what not every machine can measure: they are left out, so that the table is the same everywhere."""


def evidence_clauses(standard: Standard) -> Iterator[Clause]:
    """The clauses that ask for something that only a run can show."""
    for clause in standard.clauses.values():
        if any(path.startswith("run.") for path, _ in clause.asks()):
            yield clause


def shown(reports: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Clause to the first run on which it passes and the first on which it fails by what the run recorded."""
    found: dict[str, dict[str, str]] = {}
    for name, report in reports.items():
        for item in report["clauses"]:
            by_evidence = any(path.startswith("run.") for path in item["look_at"])
            if not by_evidence or item["id"] in VARYING:
                continue
            if item["verdict"] == "pass":
                found.setdefault(item["id"], {}).setdefault("passes", name)
            if item["verdict"] == "fail" and item["path"].startswith("run."):
                found.setdefault(item["id"], {}).setdefault("fails", name)
    return dict(sorted(found.items()))


def golden() -> dict[str, Any]:
    """What the committed table says."""
    kept: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return kept


def write(verdicts: Mapping[str, Any]) -> None:
    """Commit what the runs gave."""
    runs = {name: {"in": folder, "command": command} for name, (folder, command) in RUNS.items()}
    text = json.dumps({"runs": runs, "clauses": verdicts}, indent=1, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")

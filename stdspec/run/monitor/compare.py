"""Compares a batch with the reference of a run and decides by the spec's own triggers: keep, watch or retrain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from stdspec.run.data.contract import Violation
from stdspec.run.monitor import measured
from stdspec.run.monitor.batch import Batch
from stdspec.run.monitor.kept import Reference
from stdspec.run.monitor.measured import DriftTest
from stdspec.run.monitor.scorer import Scorer

NO_TESTS: Final[Mapping[str, Any]] = {"features": {"statistic": "psi"}, "predictions": {"statistic": "ks"}}
"""What is measured, without limits, where the spec declares no tests."""


class Comparison(Struct, frozen=True):
    """What a batch says about a run.

    Attributes:
        decision: keep, watch or retrain.
        reasons: why, in plain sentences; empty for keep.
        file: the batch's file.
        rows: the rows of the batch.
        scored: how many of them the model could score; None where predictions are not compared.
        reference: the split and the number of rows that it was compared with.
        violations: what breaks the contract.
        tests: every drift test.
        control: how p-values were adjusted.
        notes: what could not be looked at, and why.
    """

    decision: str
    reasons: tuple[str, ...]
    file: str
    rows: int
    scored: int | None
    reference: tuple[str, int]
    violations: tuple[Violation, ...]
    tests: tuple[DriftTest, ...]
    control: str
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 where the model is to be retrained or the batch breaks its contract, else 0."""
        return int(self.decision == "retrain" or bool(self.violations))

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {
            "decision": self.decision,
            "reasons": list(self.reasons),
            "batch": {"file": self.file, "rows": self.rows, "scored": self.scored},
            "reference": {"split": self.reference[0], "rows": self.reference[1]},
            "contract": {
                "violations": sum(item.count for item in self.violations),
                "found": [item.as_json() for item in self.violations],
            },
            "control": self.control,
            "tests": [item.as_json() for item in self.tests],
            "notes": list(self.notes),
        }


def compare(batch: Batch, reference: Reference, scorer: Scorer | None) -> Comparison:
    """Hold a batch against a reference.

    Args:
        batch: the batch.
        reference: what the run kept.
        scorer: the run's model; None leaves predictions out.
    """
    monitoring = reference.monitoring
    declared = monitoring.get("drift") or {}
    tests = {key: item for key, item in (declared.get("tests") or {}).items() if item is not None}
    control = str(declared.get("control") or "none")
    asked = tests or NO_TESTS
    notes = [] if tests else ["the spec declares no drift tests (monitoring.drift.tests), so drift decides nothing"]
    found = measured.feature_tests(batch, reference, asked)
    scored = None
    if "predictions" in asked:
        usable = batch.inputs[batch.usable]
        if scorer is None:
            notes.append("predictions are not compared: the run kept no model that can be run; export it to onnx")
        elif not len(usable):
            notes.append("predictions are not compared: the model can score no row of the batch")
        else:
            scored = len(usable)
            found += measured.prediction_tests(scorer(usable), reference, asked["predictions"])
    judged = measured.judged(found, control)
    notes += _size_notes(judged, reference.n)
    notes += [
        f"{name} is not tested: categories have no {limits['statistic']} distance"
        for name, limits in ((name, tests.get(name) or tests.get("features")) for name in reference.features)
        if limits and measured.unordered(reference.features[name], limits)
    ]
    if monitoring.get("performance"):
        notes.append("monitoring.performance is not measured here: it takes labels, and a batch has none")
    decision, reasons = _decide(judged, batch.violations, (monitoring.get("update") or {}).get("when") or ())
    return Comparison(
        decision,
        tuple(reasons),
        batch.file,
        len(batch),
        scored,
        (reference.split, reference.n),
        batch.violations,
        tuple(judged),
        control,
        tuple(notes),
    )


def _size_notes(tests: Sequence[DriftTest], reference: int) -> list[str]:
    """What a batch of this size cannot show."""
    unclear = [item for item in tests if item.status == "insufficient"]
    if not unclear:
        return []
    worst = max(unclear, key=lambda item: item.chance or 0.0)
    counted = "1 distance is" if len(unclear) == 1 else f"{len(unclear)} distances are"
    size = f"with {worst.n} rows against {reference}, {worst.statistic} reaches {worst.chance:.3g} without drift"
    return [f"{counted} beyond a limit but no greater than chance alone gives: {size}; send a larger batch"]


def _decide(tests: Sequence[DriftTest], violations: Sequence[Violation], when: Sequence[str]) -> tuple[str, list[str]]:
    """The decision: retrain when a trigger of `monitoring.update.when` fires, watch when anything else shows."""
    alerts = [item.subject for item in tests if item.status == "alert"]
    warnings = [item.subject for item in tests if item.status == "warn"]
    cells = sum(item.count for item in violations)
    fired = {
        "drift-alert": f"drift alert: {_listed(alerts)}" if alerts else None,
        "drift-warning": f"drift warning: {_listed(warnings)}" if warnings else None,
        "contract-violation": f"the batch breaks its contract {cells} times" if cells > 1 else None,
    }
    if cells == 1:
        fired["contract-violation"] = "the batch breaks its contract once"
    reasons = {name: text for name, text in fired.items() if text is not None}
    if not reasons:
        return "keep", []
    decision = "retrain" if any(name in when for name in reasons) else "watch"
    return decision, [text + (f" (trigger {name})" if name in when else "") for name, text in reasons.items()]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")

"""The founding example: every fault of the faulty one is named at its line, and the corrected one is clean."""

from __future__ import annotations

from pathlib import Path

from stdspec.lint.engine import lint
from stdspec.paths import shown

ROOT = Path(__file__).parents[2]
FAULTY = ROOT / "examples" / "lepton" / "faulty"
FIXED = ROOT / "examples" / "lepton" / "fixed"


def _line(words: str) -> int:
    lines = (FAULTY / "spec.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if words in text)


def test_each_fault_of_the_founding_example_is_named_at_its_line() -> None:
    found = lint([str(FAULTY)]).findings
    assert {Path(item.span.file) for item in found if item.span} == {FAULTY / "spec.yaml"}
    assert [(item.span.line, item.code, item.slug, item.message) for item in found if item.span] == [
        (
            _line("seed: null"),
            "TRN001",
            "unseeded-run",
            "no seed is set, so two runs differ; write seed: and a whole number",
        ),
        (
            _line("_target_:"),
            "HYD010",
            "target-not-allowed",
            (
                "'lepton.models.Network' is not under allow-targets, and no module 'lepton' exists here; name code "
                "that "
                "exists"
            ),
        ),
        (
            _line("inputs:"),
            "MDL002",
            "signature-disagrees",
            (
                "the model takes 128 values as 'image' and the data give 3072 values (3 × 32 × 32); write signature: "
                "derived, "
                "or make the first layer 3072 wide"
            ),
        ),
        (
            _line("checkpoint:"),
            "TRN004",
            "checkpoint-not-on-validation",
            "the checkpoint is chosen on the test rows (test/accuracy); monitor validation/… instead",
        ),
        (
            _line("metrics:"),
            "EVL001",
            "unstated-metric",
            "no metric is counted; say in evaluation.metrics what is, such as accuracy: {at_least: 0.9}",
        ),
    ]


def test_the_corrected_example_is_clean() -> None:
    report = lint([str(FIXED)])
    assert report.findings == ()
    assert report.entries == (shown(FIXED / "spec.yaml"),)


def test_the_corrected_example_takes_cifar10_by_two_overrides() -> None:
    from stdspec.compose import compose_with_origins
    from stdspec.lint.checks import settings_at
    from stdspec.lint.composition import lint_composed

    composed = compose_with_origins(str(FIXED), "spec", ["data=cifar10", "data.source.path=data/cifar"])
    assert composed.get(("data", "source", "kind")) == "cifar10"
    assert lint_composed(composed, settings_at(str(FIXED))) == []

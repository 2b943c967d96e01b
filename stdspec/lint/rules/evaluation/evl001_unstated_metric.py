"""EVL001: a result of which nobody said how it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from stdspec.compose.model import Composed
from stdspec.domains import STAGES, reached
from stdspec.lint.look import categories, mapping, number
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("evaluation", "metrics")
AVERAGED: Final = ("precision", "recall", "specificity", "f1", "auroc", "average-precision")
"""Metrics that mean different things by how they are averaged over classes."""

THRESHOLDED: Final = ("precision", "recall", "specificity", "f1")
"""Metrics that, averaged over one positive class, depend on the threshold of the decision."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """No metric; from candidate on also assumed metrics, metrics without average or threshold, and no limit at all."""
    stage = spec.get(("stage",), STAGES[0])
    decided = stage in STAGES and reached(stage, "candidate")
    metrics = mapping(spec, *_PATH)
    counted = {name: entry for name, entry in metrics.items() if isinstance(entry, dict)}
    if not counted:
        removed = next(iter(metrics), None)
        path = (*_PATH, removed) if removed is not None else _PATH
        yield Fault(
            path, "no metric is counted; say in evaluation.metrics what is, such as accuracy: {at_least: 0.9}", key=True
        )
        return
    if not decided:
        return
    if spec.assumed(_PATH):
        yield Fault(_PATH, "the metrics are only assumed; say in evaluation.metrics what is counted")
        return
    for name, entry in counted.items():
        yield from _incomplete(spec, name, entry)
    if not any(number(entry.get(side)) is not None for entry in counted.values() for side in ("at_least", "at_most")):
        yield Fault(
            _PATH, "no metric has a limit; give one at_least or at_most, which also says its direction", key=True
        )


def _incomplete(spec: Composed, name: str, entry: dict[str, Any]) -> Iterator[Fault]:
    kind = entry.get("kind", name.replace("_", "-"))
    if kind in AVERAGED and entry.get("average") is None:
        yield Fault((*_PATH, name), f"{name} says no average; add average: binary, macro, micro or weighted", key=True)
    elif kind in AVERAGED and entry.get("average") == "binary" and len(categories(spec)) == 2:
        positive = entry.get("positive") or mapping(spec, "data", "target").get("positive")
        if positive is None:
            yield Fault((*_PATH, name), f"{name} says no positive class; add positive: and its category", key=True)
        if kind in THRESHOLDED and number(entry.get("threshold")) is None:
            yield Fault((*_PATH, name), f"{name} says no threshold; add threshold: and the one decisions use", key=True)


_BINARY = "data: {target: {column: y, positive: null}, columns: {y: {categories: [a, b]}}}\n"

RULE = Rule(
    code="EVL001",
    slug="unstated-metric",
    summary="A metric, its averaging, its threshold or its limit is not stated",
    why="'92 % F1' means nothing without the averaging, the positive class and the threshold. The limit also says in "
    "which "
    "direction the metric is good. At stage research some metric must be counted; from candidate on all of it is said.",
    check=check,
    good=(
        Case("evaluation: {metrics: {accuracy: {}}}"),
        Case("{stage: candidate, evaluation: {metrics: {f1: {average: macro, at_least: 0.9}}}}"),
        Case(
            _BINARY + "stage: candidate\n"
            "evaluation: {metrics: {recall: {average: binary, positive: a, threshold: 0.5, at_least: 0.9}}}"
        ),
    ),
    bad=(
        Case(
            "evaluation: {metrics: {accuracy: null}}",
            "evaluation.metrics.accuracy",
            "no metric is counted; say in evaluation.metrics what is, such as accuracy: {at_least: 0.9}",
        ),
        Case(
            "{stage: candidate, evaluation: {metrics: {f1: {at_least: 0.9}}}}",
            "evaluation.metrics.f1",
            "f1 says no average; add average: binary, macro, micro or weighted",
        ),
        Case(
            _BINARY + "stage: candidate\n"
            "evaluation: {metrics: {recall: {average: binary, positive: a, at_least: 0.9}}}",
            "evaluation.metrics.recall",
            "recall says no threshold; add threshold: and the one decisions use",
        ),
        Case(
            "{stage: candidate, evaluation: {judge: bound}}",
            "evaluation.metrics",
            "the metrics are only assumed; say in evaluation.metrics what is counted",
            assumed="evaluation: {metrics: {accuracy: {}}}",
        ),
        Case(
            "{stage: candidate, evaluation: {metrics: {accuracy: {}}}}",
            "evaluation.metrics",
            "no metric has a limit; give one at_least or at_most, which also says its direction",
        ),
    ),
)

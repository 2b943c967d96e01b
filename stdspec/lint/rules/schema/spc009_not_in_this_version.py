"""SPC009: a part of the language that this version does not run."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.capability import gaps
from stdspec.compose.model import Composed
from stdspec.finding import Severity
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Every place that `stdspec run` of this version would refuse, whatever the data and the machine."""
    for gap in gaps(spec.resolved):
        yield Fault(gap.path, f"{gap.fact}; {gap.remedy}")


RULE = Rule(
    code="SPC009",
    slug="not-in-this-version",
    summary="A part of the language that this version does not run yet",
    why="The language is written in full, so that a spec need not be rewritten when a runner comes. What has none is "
    "refused by `stdspec run` in the same words before anything starts; nothing is left out in silence.",
    check=check,
    good=(
        Case("data: {source: {kind: csv, path: train.csv}}"),
        Case(
            "{training: {task: regression, differential_privacy: null}, compute: {devices: 4, strategy: ddp, nodes: 1}}"
        ),
        Case("data: {_target_: acme.data.Claims, modality: text}", allow=("acme",)),
    ),
    bad=(
        Case(
            "data: {source: {kind: parquet, path: train.parquet}}",
            "data.source.kind",
            "a source of kind 'parquet' is part of the language, but this version does not run it yet; the kinds that "
            "are read are sklearn, csv, idx, cifar10",
        ),
        Case(
            "training: {task: multilabel}",
            "training.task",
            "the task multilabel is part of the language, but this version does not run it yet; choose classification "
            "or regression",
        ),
        Case(
            "compute: {devices: 4, nodes: 2}",
            "compute.nodes",
            "sharing one fit among 2 machines is part of the language, but this version does not run it yet; write 1",
        ),
        Case(
            "data: {columns: {weight: {type: float32, role: weight}}}",
            "data.columns.weight.role",
            "weighting rows by a column is part of the language, but this version does not run it yet; give it the "
            "role ignore, or weight the classes by training.loss.class_weights",
        ),
    ),
    severity=Severity.WARNING,
)

"""SPC009: a part of the language that this version does not run."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.capability import Gap, gaps, own_recipe
from stdspec.compose.model import Composed
from stdspec.finding import Severity
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, settings: Settings) -> Iterator[Fault]:
    """Every place that `stdspec run` of this version would refuse, whatever the data and the machine."""
    for gap in (*gaps(spec.resolved), *_of_own_code(spec, settings)):
        yield Fault(gap.path, f"{gap.fact}; {gap.remedy}")


def _of_own_code(spec: Composed, settings: Settings) -> Iterator[Gap]:
    """What cannot be done with the own model: its source is looked at only where the spec asks for that."""
    gap = own_recipe(spec.resolved)
    if gap is None:
        return
    from stdspec.lint.bases import is_lightning_module  # few specs share an own module among devices
    from stdspec.lint.target import search_path

    name = spec.resolved["model"]["_target_"]
    if isinstance(name, str) and settings.allows_target(name) and is_lightning_module(name, search_path(settings)):
        yield gap


_LIT = {"acme.py": "import lightning as L\n\n\nclass Base(L.LightningModule): ...\n\n\nclass Lit(Base): ...\n"}
_NET = {"acme.py": "from torch import nn\n\n\nclass Net(nn.Module): ...\n"}


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
        Case("{model: {_target_: acme.Lit}, compute: {devices: auto}}", allow=("acme",), files=_LIT),
        Case("{model: {_target_: acme.Net}, compute: {devices: 2}}", allow=("acme",), files=_NET),
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
        Case(
            "{data: {_target_: acme.data.Claims}, compute: {devices: 2}}",
            "compute.devices",
            "sharing the batches of an own data module among 2 devices is part of the language, but this version does "
            "not run it yet; write 1, or let a source of the language give the data",
            allow=("acme",),
        ),
        Case(
            "{model: {_target_: acme.Lit}, compute: {devices: 2}}",
            "compute.devices",
            "sharing acme.Lit among 2 devices, which logs the metrics of one, is part of the language, but this "
            "version does not run it yet; write 1, or let the module be a torch.nn.Module, so that the loss and the "
            "optimizer are the spec's",
            allow=("acme",),
            files=_LIT,
        ),
    ),
    severity=Severity.WARNING,
)

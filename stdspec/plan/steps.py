"""The tables of the plan: for each step its node kind and function, its output type and the parts of the spec it reads.

A step that reads something new is given one more path here; see `cut` for paths with ``-`` and ``*``.
"""

from __future__ import annotations

from typing import Final

from stdspec.domains import NO_ARGUMENTS

RUNS: Final[dict[str, tuple[str, str]]] = {
    "data": ("data", "stdspec.run.data.node:execute"),
    "own-data": ("data", "stdspec.run.data.own:execute"),
    "split": ("split", "stdspec.run.data.split_node:execute"),
    "train": ("train", "stdspec.run.train.node:execute"),
    "bought": ("train", "stdspec.run.train.bought:execute"),
    "evaluate": ("evaluate", "stdspec.run.evaluate.node:execute"),
    "gate": ("gate", "stdspec.run.evaluate.gate:execute"),
    "export": ("export", "stdspec.run.export.node:execute"),
    "parity": ("parity", "stdspec.run.export.parity:execute"),
    "reference": ("reference", "stdspec.run.monitor.reference:execute"),
    "package": ("package", "stdspec.run.export.package:execute"),
    "card": ("card", "stdspec.run.export.card:execute"),
}
"""Step to the kind of its node and the function that executes it."""

OUTPUTS: Final[dict[str, str]] = {
    "data": "dataset",
    "own-data": "dataset",
    "split": "splits",
    "train": "model",
    "bought": "model",
    "evaluate": "predictions",
    "gate": "metrics",
    "export": "exports",
    "parity": "parity",
    "reference": "reference",
    "package": "package",
    "card": "card",
}
"""Step to the type of what it writes."""

_COMPUTE = ("compute.accelerator", "compute.devices", "compute.nodes", "compute.strategy", "compute.precision")

_ROLES = "data.columns.*.role"
"""Whom a row belongs to, and when it was; of the other columns the name, since the first fitting glob decides."""

_TRAINED: Final = ("model", "-model.card", "-model.base", "-model.signature")
"""A model without what is only said of it; a signature is held against what ran, see `records.stamp`."""

_NO_ARGUMENTS = sorted(NO_ARGUMENTS["data"] - {"_target_"})

READS: Final[dict[str, tuple[str, ...]]] = {
    "data": (
        *(
            f"data.{key}"
            for key in ("source", "sources", "join", "modality", "target", "columns", "quality", "privacy")
        ),
        *("-data.source.digest", "-data.source.version"),  # a digest is checked, whatever the store holds: see `action`
        "data.population.reference",
        # which columns must be kept beside the features
        *(f"data.splits.{key}" for key in ("kind", "column", "group", "time")),
        *(f"evaluation.method.{key}" for key in ("group", "time")),
        "evaluation.slices.*.column",
        "governance.fairness.groups",
        # whether a missing number is filled
        *("data.transforms.*.kind", "data.transforms.*.columns", "training.task"),
    ),
    "own-data": ("data", *(f"-data.{key}" for key in _NO_ARGUMENTS)),
    "split": ("seed", "data.splits", _ROLES, "evaluation.method", "-evaluation.method.aggregate"),
    "train": (
        *("seed", "data.target.column", "data.transforms", *_TRAINED, "training"),
        "compute.memory_format",
        *_COMPUTE,  # and not its limits: a training that one has stopped goes on when it is raised
    ),
    "bought": (*_TRAINED, "-model.digest", "training.task", "data.target.column", "data.columns.*.categories"),
    # on the CPU, whatever the model was trained on
    "evaluate": (
        *("seed", "evaluation.shifts.*.kind", "evaluation.shifts.*.severity"),
        "evaluation.baseline.kind",  # what is judged, and by which limits, is the gate's
    ),
    "gate": (
        *("seed", "data.target.positive", _ROLES, "data.splits.group", "training.task"),
        *("evaluation", "-evaluation.method", "evaluation.method.group", "governance.fairness"),
    ),
    "export": ("deployment.exports", "-deployment.exports.*.parity"),
    "parity": ("deployment.exports.*.parity",),
    "reference": ("data.columns", "monitoring"),
    "package": ("name", "version"),
    "card": (
        *("name", "version", "description", "owner"),
        *("data.license", "data.origin", "data.source.kind", "data.source.name"),
        *("model.card", "model.base", "training.task"),
    ),
}
"""Step to the dotted paths of the spec that it reads, as `cut` understands them; it is given nothing else of it."""

ACCELERATED: Final = frozenset({"train"})
"""The steps that ask for the accelerator; what a model says later, it says on the CPU."""

TRAINED_WITH: Final = frozenset({"train"})
"""The steps that the policy of `training.determinism` governs."""

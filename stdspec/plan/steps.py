"""The tables of the plan: for each step its node kind and function, its output type and the parts of the spec it reads.

A step that reads something new is given one more path here; a path that begins with ``-`` is left out again.
"""

from __future__ import annotations

from typing import Final

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

READS: Final[dict[str, tuple[str, ...]]] = {
    "data": (
        *(
            f"data.{key}"
            for key in ("source", "sources", "join", "modality", "target", "columns", "quality", "privacy")
        ),
        # which columns must be kept beside the features
        *(f"data.splits.{key}" for key in ("kind", "column", "group", "time")),
        *(f"evaluation.method.{key}" for key in ("group", "time")),
        # whether a missing number is filled
        *("data.transforms", "evaluation.slices", "training.task"),
    ),
    "own-data": ("data",),
    "split": ("seed", "data.splits", "data.target", "data.columns", "evaluation.method", "training.task"),
    "train": (
        *("seed", "data.target", "data.columns", "data.transforms", "data.modality"),
        *("model", "-model.card", "-model.base", "-model.signature", "training"),  # a signature is checked, not used
        "compute.memory_format",
        *_COMPUTE,  # and not its limits: a training that one has stopped goes on when it is raised
    ),
    "bought": (
        "model",
        "-model.card",
        "-model.base",
        "-model.signature",
        "training.task",
        "data.target",
        "data.columns",
        "data.modality",
    ),
    "evaluate": ("seed", "data.target", "data.columns", "evaluation", "training.task", *_COMPUTE),
    "gate": ("seed", "data.target", "data.columns", "data.splits.group", "evaluation", "training.task"),
    "export": ("data.columns", "deployment.exports", *_COMPUTE),
    "parity": ("data.columns", "deployment.exports", *_COMPUTE),
    "reference": ("data.columns", "monitoring"),
    "package": ("name", "version", "deployment"),
    "card": (
        *("name", "version", "description", "owner"),
        *("data.license", "data.origin", "data.source.kind", "data.source.name"),
        *("model.card", "model.base", "training.task"),
    ),
}
"""Step to the dotted paths of the spec that it reads."""

ACCELERATED: Final = frozenset({"train", "evaluate", "export", "parity"})
"""The steps that run the model and so ask for the accelerator."""

TRAINED_WITH: Final = frozenset({"train"})
"""The steps that the policy of `training.determinism` governs."""

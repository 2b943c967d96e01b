"""The train node: one fit of one fold. It leaves weights, how to rebuild the module, its history, and records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from stdspec.digest import digest_bytes
from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run import room
from stdspec.run.context import Context, Event
from stdspec.run.train import building, distributed, exported, fitting, material, measure, observed, trainer
from stdspec.run.train.building import Built
from stdspec.run.train.distributed import Team
from stdspec.run.train.exported import Exported
from stdspec.run.train.fitting import Outcome
from stdspec.run.train.job import Job, read
from stdspec.run.train.material import Material
from stdspec.run.train.seeds import fixed

MODEL, WEIGHTS, HISTORY = "model.json", "model.safetensors", "history.json"


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Train one fold.

    Args:
        node: its config holds seed, fold, data, model, training and compute.
        inputs: the folders of the dataset and, unless an own data module brings its own, of the splits.
        out: where `model.safetensors`, `model.json` and `history.json` are written.
        context: the settings, the progress display and the folder of the loggers.

    Raises:
        StdspecError: when the spec cannot be trained here, or training fails.
    """
    job = read(node.config, context.plan.spec)
    with trainer.quiet(), fixed(job.stream, "fit"):
        with distributed.led(node, inputs, context, job) as team:
            data, built, head, outcome = _fitted(node, inputs, job, context, team)
        head = head or _head_of_lightning_module(built, data)
        whole = Exported(data.preprocess or nn.Identity(), built.core, head).eval()
    state = exported.plain_state(whole)
    weights = save(dict(state))
    (out / WEIGHTS).write_bytes(weights)
    described = _described(node.config, data, job, whole)
    _write(out / MODEL, described)
    _write(out / HISTORY, _history(outcome, job))
    if job.fold not in ("holdout", "final"):  # the evidence of a cross-validation is the final fit's
        return []
    kept = measure.holds(built.module, outcome.keeper.state or {}) and measure.holds(whole, state)
    found = observed.records(job, outcome, node.config, kept=kept)
    return [*found, *_model_records(described, digest_bytes(weights))]


def follow(node: Node, inputs: Mapping[str, Path], context: Context, team: Team) -> None:
    """Train one fold in one of the further processes that share it; the first one keeps what comes out.

    Args:
        node: see `execute`.
        inputs: see `execute`.
        context: see `execute`.
        team: the processes that share the fit.

    Raises:
        StdspecError: see `execute`.
    """
    job = read(node.config, context.plan.spec)
    with trainer.quiet(), fixed(job.stream, "fit"):
        _fitted(node, inputs, job, context, team)


def _fitted(
    node: Node, inputs: Mapping[str, Path], job: Job, context: Context, team: Team
) -> tuple[Material, Built, str | None, Outcome]:
    """The data, the trained module with what turns its outputs into scores, where that is known, and how it went."""
    trainer.extra_arguments(job.training.get("trainer"))
    data = material.read(node.config, inputs, job, context.settings, debug=context.debug, share=team.share)
    room.check(node, job, data, context)
    built = building.build(node.config, job, data, context)
    head = _try(built, data, job)
    if built.target is not None:
        room.check(node, job, data, context, built.core)
    if built.loss is None:
        text = "the LightningModule brings its own loss and optimizer; those of the spec are not used"
        context.report(Event("note", node.id, {"text": text}))
    if _normalizes_apart(built, job):
        text = (
            "batch normalization takes its statistics from the rows of each device, so that the result is not that of"
            " one device; on CUDA, training.trainer.sync_batchnorm: true takes them from all"
        )
        context.report(Event("note", node.id, {"text": text}))
    team.join()
    return data, built, head, fitting.fit(node, job, data, built, context)


def _normalizes_apart(built: Built, job: Job) -> bool:
    """Whether each device normalizes batches by its own rows."""
    synchronized = (job.training.get("trainer") or {}).get("sync_batchnorm")
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    return job.devices > 1 and not synchronized and any(isinstance(item, kinds) for item in built.core.modules())


@torch.no_grad()
def _try(built: Built, data: Material, job: Job) -> str | None:
    """Call the module on two rows, so that a wrong shape is one sentence now and no traceback in the middle of a fit.

    Returns:
        The head that the loss implies; None where an own LightningModule's outputs are still to be looked at.
    """
    with built.guard(), fixed(job.stream, "try"):
        output = built.core.eval()(data.sample)
        built.core.train()
    who = built.target or "the model"
    if not isinstance(output, torch.Tensor):
        raise RunError(
            f"{who} gives {type(output).__name__} and no tensor", "model", "let forward give one tensor of logits"
        )
    rows, classes = len(data.sample), len(data.classes)
    shapes = {(rows, classes)} if classes else {(rows,), (rows, 1)}
    if built.loss == "binary-cross-entropy":
        shapes = {(rows,), (rows, 1)}
    if tuple(output.shape) not in shapes:
        wanted = f"one for each of the {classes} classes" if classes and built.loss != "binary-cross-entropy" else "one"
        raise RunError(
            f"{who} gives outputs of shape {tuple(output.shape)} for {rows} rows, and the task needs {wanted} a row",
            "model",
        )
    if job.task == "regression":
        return "value"
    return {"cross-entropy": "softmax", "binary-cross-entropy": "sigmoid", None: None}[built.loss]


@torch.no_grad()
def _head_of_lightning_module(built: Built, data: Material) -> str:
    """Whether an own LightningModule already gives probabilities; logits get a softmax."""
    with built.guard():
        output = built.core(data.sample.float()).float()
    sums = output.sum(dim=1)
    return (
        "probabilities"
        if bool((output >= 0).all()) and torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
        else "softmax"
    )


def _described(config: Mapping[str, Any], data: Material, job: Job, whole: Exported) -> dict[str, Any]:
    """What `predictor.load` needs to build the module again, and what people ask about it."""
    return {
        "kind": "own" if "_target_" in config["model"] else config["model"]["kind"],
        "config": dict(config["model"]),
        "task": job.task,
        "input": {"name": data.input_name, "shape": list(data.shape), "dtype": "float32"},
        "inner": list(data.inner),
        "classes": list(data.classes),
        "features": list(data.features),
        "preprocess": data.preprocess.description if data.preprocess is not None else None,
        "head": whole.head,
        "loss": (job.training.get("loss") or {}).get("kind"),
        "parameters": exported.parameters(whole),
        "signature": exported.signature(data.input_name, data.shape, len(data.classes)),
    }


def _history(outcome: Outcome, job: Job) -> dict[str, Any]:
    keeper = outcome.keeper
    return {
        "epochs": [_finite(entry) for entry in keeper.history],
        "checkpoint": observed.checkpoint(outcome, job),
        "stopped_early": keeper.stopped_early,
    }


def _finite(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the history; a metric that is not finite is left out, since JSON has no word for it."""
    return entry | {"metrics": {name: value for name, value in entry["metrics"].items() if np.isfinite(value)}}


def _model_records(described: Mapping[str, Any], weights: str) -> list[Record]:
    return [
        Record("run.model.parameters", described["parameters"]),
        Record("run.model.signature", described["signature"]),
        Record("run.weights", weights),
    ]


def _write(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")

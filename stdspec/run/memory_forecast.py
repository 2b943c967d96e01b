"""Foretells the memory of a plan's training for ``stdspec plan --memory``: on the data as it is, before anything runs.

The shape of a row is known when the data was read. Where the store does not hold it yet, it is read into a folder that
is thrown away.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch
from msgspec import Struct
from msgspec.structs import replace
from torch import nn

from stdspec.errors import RunError
from stdspec.plan.model import Node, Plan
from stdspec.run import action, executor, room
from stdspec.run.context import Context
from stdspec.run.estimate import Estimate
from stdspec.run.measure import resident
from stdspec.run.store import Store
from stdspec.run.train import job, material, own, trainer
from stdspec.settings import Settings

_TRAIN: Final = "stdspec.run.train.node:execute"


class MemoryForecast(Struct, frozen=True):
    """The memory of a training step.

    Attributes:
        node: the train node; the last of several, which are alike.
        device: cpu or cuda.
        estimate: what a step takes.
        warnings: sentences, where it does not fit.
    """

    node: str
    device: str
    estimate: Estimate
    warnings: tuple[str, ...]

    @property
    def parts(self) -> dict[str, int | None]:
        """What is in memory, and its bytes; None where they are not known."""
        found = self.estimate
        return {
            "parameters": found.parameters,
            "gradients": found.gradients,
            "optimizer": found.optimizer,
            "average": found.average,
            "activations": found.activations,
        }

    def as_json(self) -> dict[str, Any]:
        """The forecast as plain data; sizes are bytes."""
        sizes = {**self.parts, "total": self.estimate.total}
        why = {"why": self.estimate.why} if self.estimate.why else {}
        return {"node": self.node, "device": self.device, **sizes, **why, "warnings": list(self.warnings)}


def forecast(plan: Plan, store: Store, settings: Settings) -> MemoryForecast | None:
    """The memory of the plan's training; None where nothing is trained.

    Raises:
        StdspecError: when the data cannot be read or does not fit the model.
    """
    nodes = [node for node in plan.nodes if node.run == _TRAIN]
    if not nodes:
        return None
    node = nodes[-1]
    with ExitStack() as stack:
        stack.enter_context(trainer.quiet())
        inputs = _inputs(plan, node, store, settings, stack)
        asked = job.read(node.config, plan.spec)
        data = material.read(node.config, inputs, asked, settings, debug=False)
        found = room.of(node.config, asked, data, _own(node, settings))
    cuda = asked.accelerator == "cuda"
    rooms = list(room.of_device(plan.spec) if cuda else room.of_machine(plan.spec))
    taken = 0 if cuda else resident()
    return MemoryForecast(node.id, asked.accelerator, found, tuple(room.warnings(found, rooms, taken=taken)))


def _own(node: Node, settings: Settings) -> nn.Module | None:
    """The module of own code, without weights where its constructor can do without."""
    options = node.config["model"]
    if "_target_" not in options:
        return None
    try:
        with torch.device("meta"):
            return own.model(options, settings)
    except RunError:  # it computes with its weights while it is made, or it cannot be made at all, which is said now
        return own.model(options, settings)


def _inputs(plan: Plan, node: Node, store: Store, settings: Settings, stack: ExitStack) -> dict[str, Path]:
    """The folders of what a train node reads: those of the store, or made anew in a folder that goes away."""
    before = plan.ancestors(node.id)
    part = replace(plan, nodes=tuple(item for item in plan.nodes if item.id in before))
    found: dict[str, tuple[str, Path]] = {}
    for item in part.nodes:
        digests = {name: found[source.node][0] for name, source in item.inputs.items() if source.node in found}
        if len(digests) == len(item.inputs):
            entry = store.peek(action.action(plan, item, digests, settings).key)
            if entry is not None and entry.output.is_dir():
                found[item.id] = entry.digest, entry.output
    outputs = {name: folder for name, (_, folder) in found.items()}
    if outputs.keys() != before:
        aside = Path(stack.enter_context(TemporaryDirectory(prefix="stdspec-plan-")))
        context = Context(part, settings, lambda _: None)
        outputs = executor.execute(part, context, Store(aside)).outputs
    return {name: outputs[source.node] for name, source in node.inputs.items()}

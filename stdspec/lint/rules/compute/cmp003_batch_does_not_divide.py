"""CMP003: a global batch that devices, nodes and micro batches cannot make up."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import whole
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """A global batch that is no multiple of devices × nodes × micro; `devices: auto` counts as one."""
    path = ("training", "batch", "global")
    total = whole(spec.get(path))
    if total is None:
        return
    micro = whole(spec.get(("training", "batch", "micro")))
    devices = whole(spec.get(("compute", "devices"))) or 1
    nodes = whole(spec.get(("compute", "nodes"))) or 1
    step = devices * nodes * (micro or 1)
    if total % step:
        parts = f"{devices} device{'s' * (devices > 1)} × {nodes} node{'s' * (nodes > 1)}"
        parts += f" × micro batch {micro}" if micro else ""
        below = total - total % step
        nearby = f"{below} or {below + step}" if below else f"{step}"
        yield Fault(
            path, f"global batch {total} is no multiple of {step} ({parts}); take {nearby}, or change the parts"
        )


RULE = Rule(
    code="CMP003",
    slug="batch-does-not-divide",
    summary="The global batch is no multiple of devices × nodes × micro batch",
    why="Gradient accumulation is global / (devices × nodes × micro) and must be a whole number. Otherwise the batch "
    "that runs "
    "is not the batch that was written, and the learning rate no longer fits it.",
    check=check,
    good=(
        Case("{training: {batch: {global: 64, micro: 16}}, compute: {devices: 2, nodes: 2}}"),
        Case("{training: {batch: {global: 64, micro: null}}, compute: {devices: auto, nodes: 1}}"),
    ),
    bad=(
        Case(
            "{training: {batch: {global: 100, micro: 16}}, compute: {devices: 2, nodes: 1}}",
            "training.batch.global",
            "global batch 100 is no multiple of 32 (2 devices × 1 node × micro batch 16); take 96 or 128, or change "
            "the parts",
        ),
        Case(
            "{training: {batch: {global: 4}}, compute: {devices: 8, nodes: 1}}",
            "training.batch.global",
            "global batch 4 is no multiple of 8 (8 devices × 1 node); take 8, or change the parts",
        ),
    ),
)

"""HYD013: a key of `training.trainer` that Lightning's Trainer does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping
from stdspec.lint.rule import Case, Rule
from stdspec.lint.trainer import takes
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.suggest import nearest

_PATH = ("training", "trainer")
NAMED: Final[dict[str, str]] = {
    "accelerator": "compute.accelerator",
    "strategy": "compute.strategy",
    "devices": "compute.devices",
    "num_nodes": "compute.nodes",
    "precision": "compute.precision",
    "max_epochs": "training.epochs",
    "max_steps": "training.max_steps",
    "max_time": "compute.limits.time",
    "gradient_clip_val": "training.clip",
    "gradient_clip_algorithm": "training.clip, which bounds the norm",
    "accumulate_grad_batches": "training.batch",
    "deterministic": "training.determinism",
    "benchmark": "training.determinism",
    "logger": "training.loggers",
    "callbacks": "training.checkpoint, training.stop and training.ema",
    "enable_checkpointing": "training.checkpoint",
}
"""What the language names itself, and where: one fact has one place."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Keys that the Trainer does not take, and keys that the language has a place of its own for."""
    given = mapping(spec, *_PATH)
    if not given:
        return
    taken = takes()
    if taken is None:
        yield Fault(_PATH, "Lightning is not installed, so training.trainer is not checked", key=True, note=True)
    for key in given:
        if key in NAMED:
            yield Fault((*_PATH, key), f"the language has its own place for {key}; write {NAMED[key]}", key=True)
        elif taken is not None and key not in taken.names:
            hint = nearest(key, taken.names)
            remedy = f"did you mean {hint}?" if hint else "remove it"
            meant = hint if hint and hint not in NAMED else ""
            yield Fault(
                (*_PATH, key), f"Lightning's Trainer takes no argument '{key}'; {remedy}", key=True, meant=meant
            )


RULE = Rule(
    code="HYD013",
    slug="trainer-argument",
    summary="`training.trainer` has a key that Lightning's Trainer does not take",
    why="`trainer:` hands on what Lightning's Trainer takes and the language does not name. A key that it does not "
    "take would "
    "stop the run; one that the language names, too, would be said twice and could differ. Without Lightning in the "
    "environment the keys are not checked, and an info says so.",
    check=check,
    good=(Case("training: {trainer: {log_every_n_steps: 10}}"), Case("training: {trainer: {}}")),
    bad=(
        Case(
            "training: {trainer: {precision: bf16-mixed}}",
            "training.trainer.precision",
            "the language has its own place for precision; write compute.precision",
        ),
        Case(
            "training: {trainer: {max_epochs: 3}}",
            "training.trainer.max_epochs",
            "the language has its own place for max_epochs; write training.epochs",
        ),
    ),
    fixable="unsafe",
)

"""TRN007: a monitored value that the task never produces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.compose.model import Composed
from stdspec.lint.look import listed, mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.suggest import nearest

PRODUCED: Final[dict[str, tuple[str, ...]]] = {
    "classification": ("loss", "accuracy", "balanced_accuracy", "macro_f1"),
    "regression": ("loss", "mae", "rmse", "r2"),
}
"""The values that training logs for each task on the validation rows."""

_LOWER = ("loss", "mae", "rmse")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Monitors whose value is not logged for the task, and modes that keep the worst of what they watch."""
    produced = PRODUCED.get(str(spec.get(("training", "task"))))
    if produced is None or "_target_" in mapping(spec, "model"):
        return
    for key in ("checkpoint", "stop", "schedule"):
        watch = mapping(spec, "training", key)
        monitor, mode = watch.get("monitor"), watch.get("mode")
        if not isinstance(monitor, str) or "/" not in monitor:
            continue
        name = monitor.partition("/")[2]
        path = ("training", key, "monitor")
        if name not in produced:
            hint = nearest(name, produced)
            remedy = f"did you mean {hint}?" if hint else f"it logs {listed(list(produced))}"
            meant = f"{monitor.partition('/')[0]}/{hint}" if hint else ""
            yield Fault(path, f"{spec.get(('training', 'task'))} logs no '{monitor}'; {remedy}", meant=meant)
        elif mode in ("min", "max") and mode != ("min" if name in _LOWER else "max"):
            better = "lower" if name in _LOWER else "higher"
            yield Fault(
                (*path[:2], "mode"), f"mode {mode} keeps the worst {name}, as {better} is better; turn it round"
            )


RULE = Rule(
    code="TRN007",
    slug="unknown-monitor",
    summary="A monitored value is one that the task never produces",
    why="A monitor that is never logged fails after the first epoch or, worse, is ignored, and the last weights are "
    "kept instead "
    "of the best. The wrong mode keeps the worst. Monitor a value that the task logs.",
    check=check,
    good=(
        Case("training: {task: classification, checkpoint: {monitor: validation/accuracy, mode: max}}"),
        Case("{training: {task: classification, checkpoint: {monitor: validation/own}}, model: {_target_: acme.Net}}"),
    ),
    bad=(
        Case(
            "training: {task: regression, checkpoint: {monitor: validation/accuracy, mode: max}}",
            "training.checkpoint.monitor",
            "regression logs no 'validation/accuracy'; it logs loss, mae, rmse and r2",
        ),
        Case(
            "training: {task: classification, stop: {monitor: validation/loss, mode: max}}",
            "training.stop.mode",
            "mode max keeps the worst loss, as lower is better; turn it round",
        ),
    ),
    fixable="unsafe",
)

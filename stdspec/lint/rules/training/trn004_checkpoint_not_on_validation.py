"""TRN004: a model that is chosen on rows that it is trained on or judged by."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_WHO = {
    "checkpoint": "the checkpoint is chosen",
    "stop": "training is stopped",
    "schedule": "the learning rate is lowered",
}


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Every monitor of training that does not look at the validation rows."""
    for key, what in _WHO.items():
        monitor = mapping(spec, "training", key).get("monitor")
        if not isinstance(monitor, str):
            continue
        part = monitor.partition("/")[0]
        if part in ("train", "test"):
            yield Fault(
                ("training", key, "monitor"),
                f"{what} on the {part} rows ({monitor}); monitor validation/… instead",
            )


RULE = Rule(
    code="TRN004",
    slug="checkpoint-not-on-validation",
    summary="The checkpoint is not chosen on the validation rows",
    why="What is chosen on the test rows is judged by the rows that chose it, and what is chosen on the train rows is "
    "the most "
    "overfitted. Both make the result better than it is. Monitor a value of the validation rows.",
    check=check,
    good=(
        Case("training: {checkpoint: {monitor: validation/loss, mode: min}, stop: null}"),
        Case("training: {checkpoint: null, schedule: {kind: plateau, monitor: validation/accuracy}}"),
    ),
    bad=(
        Case(
            "training: {checkpoint: {monitor: test/accuracy, mode: max}}",
            "training.checkpoint.monitor",
            "the checkpoint is chosen on the test rows (test/accuracy); monitor validation/… instead",
        ),
        Case(
            "training: {stop: {monitor: train/loss, mode: min}}",
            "training.stop.monitor",
            "training is stopped on the train rows (train/loss); monitor validation/… instead",
        ),
    ),
)

"""Training loggers: Lightning's, written so that a training that is resumed goes on and repeats no step.

What they write is kept beside the checkpoints while the node is unfinished, as the run folder does not outlive a kill.
Before each checkpoint they are flushed, so that whatever lies before it is there; after it, it is written anew.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only
from msgspec import Struct
from typing_extensions import override

from stdspec.errors import RunError
from stdspec.plan.model import Node
from stdspec.run.context import Context

_LOGS: Final = "logs"


class Place(Struct, frozen=True):
    """Where a logger writes, and of what.

    Attributes:
        folder: its own folder.
        options: those of the spec.
        node: the node that trains.
        context: the plan and the settings.
    """

    folder: Path
    options: Mapping[str, Any]
    node: Node
    context: Context


@runtime_checkable
class Resumable(Protocol):
    """A logger that goes on. When it is made, it looks at what an earlier part of the training has left."""

    def begin(self, step: int) -> None:
        """Go on at an optimizer step: what is there of it and of later ones is not to be there twice."""


class Csv(CSVLogger):
    """Lightning's CSV logger. That one deletes the file that it finds."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.folder.parent, name="", version=place.folder.name)
        written = place.folder / "metrics.csv"
        self._kept = place.folder / "metrics.before"
        if written.is_file() and not self._kept.exists():  # else a kill came before the rows were back
            written.replace(self._kept)

    def begin(self, step: int) -> None:
        """Take over the old rows before a step."""
        if not self._kept.is_file():
            return
        with self._kept.open(newline="", encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if int(row["step"]) < step]
        writer: Any = self.experiment
        writer.metrics[:0] = [{name: value for name, value in row.items() if value} for row in rows]
        self.save()
        self._kept.unlink()


class Board(TensorBoardLogger):
    """Lightning's TensorBoard logger. A reader drops what is later than the step at which a new file begins."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.folder.parent, name="", version=place.folder.name)
        self._old = sorted(place.folder.glob("events.*"))

    def begin(self, step: int) -> None:
        """Begin a new file at a step."""
        if self._old and step:
            if self._experiment is not None:
                self._experiment.close()
            self._experiment = None
            self._kwargs["purge_step"] = step
            return
        for path in self._old:
            path.unlink()


def _mlflow(place: Place) -> Logger:
    from stdspec.run.train import mlflow_logger  # mlflow is an extra

    return mlflow_logger.open_run(place)


LOGGERS: Final[dict[str, Callable[[Place], Logger]]] = {"tensorboard": Board, "csv": Csv, "mlflow": _mlflow}
"""`training.loggers` to what writes them."""


class Journal(Checkpoint):
    """Keeps the loggers in step with the checkpoints. It comes after the callback that resumes."""

    @override
    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Go on at the step from which the training goes on."""
        for logger in trainer.loggers:
            if isinstance(logger, Resumable):
                logger.begin(trainer.fit_loop.epoch_loop._batches_that_stepped)

    @override
    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        """Write out what is logged so far."""
        for logger in trainer.loggers:
            logger.save()


class Written(Struct, frozen=True):
    """The loggers of one fit.

    Attributes:
        loggers: Lightning's.
        callbacks: what keeps them in step.
        source: where they write, or None where there are none.
        target: where that goes once the training is complete.
    """

    loggers: list[Logger]
    callbacks: list[Checkpoint]
    source: Path | None = None
    target: Path | None = None

    def deliver(self) -> None:
        """Put what was written into the run folder."""
        if self.source is not None and self.target is not None and self.source.is_dir() and self.source != self.target:
            shutil.copytree(self.source, self.target, dirs_exist_ok=True)


def build(given: Mapping[str, Any] | None, node: Node, context: Context) -> Written:
    """The declared loggers of the fit of a node. Only the first of several processes writes.

    Raises:
        RunError: when one is not known, or what it needs is not installed.
    """
    chosen = {name: options for name, options in (given or {}).items() if options is not None}
    for name in chosen:
        if name not in LOGGERS:
            remedy = f"there are {', '.join(LOGGERS)}"
            raise RunError(f"there is no logger '{name}'", f"training.loggers.{name}", remedy)
    if not chosen or context.logs is None or vars(rank_zero_only).get("rank"):
        return Written([], [])
    root = context.logs if context.progress is None else context.progress / _LOGS
    places = {name: Place(root / name / node.id, options, node, context) for name, options in chosen.items()}
    return Written([LOGGERS[name](place) for name, place in places.items()], [Journal()], root, context.logs)

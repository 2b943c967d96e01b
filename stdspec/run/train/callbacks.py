"""What happens at the end of an epoch: the rules are applied, progress is told, the history is kept.

`Losses` runs first at the end of an epoch, then the module's own hooks, then `Keeper`, which reads every metric.
Lightning guarantees this order for a `Checkpoint`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint, EMAWeightAveraging
from torch import Tensor
from typing_extensions import override

from stdspec.errors import RunError
from stdspec.run.train import layout, measure
from stdspec.run.train.gather import Losses
from stdspec.run.train.interrupt import Limits
from stdspec.run.train.job import Job
from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.names import canonical
from stdspec.suggest import nearest

_KEPT: Final = (
    "history",
    "chosen",
    "state",
    "stopped_early",
    "faithful",
    "ran",
    "_rate",
    "_stop_best",
    "_bad_epochs",
    "_validated",
)
"""What `Keeper` goes on from."""


class Ema(EMAWeightAveraging):
    """Lightning's moving average of weights, whose averaged state can be read."""

    def averaged(self) -> dict[str, Tensor]:
        """The averaged weights under the module's own names."""
        assert self._average_model is not None
        return dict(self._average_model.module.state_dict())


class Keeper(Checkpoint):
    """Keeps the weights that the checkpoint rule chooses, ends early, and writes the history.

    Attributes:
        built_as_declared: whether the weights were drawn from the declared seed.
        history: one entry an epoch, ``{"epoch", "steps", "metrics"}``; the metrics hold the rate it began with, ``lr``.
        chosen: ``{"epoch", "value"}`` of the kept weights, or None so far.
        state: the kept weights, on the CPU, or None so far.
        stopped_early: whether `training.stop` ended the fit.
        faithful: whether what was kept were the weights of the module each time.
        ran: what really ran, read while it ran.
    """

    def __init__(
        self,
        job: Job,
        losses: Losses,
        limits: Limits,
        ema: Ema | None,
        report: Callable[[Mapping[str, Any]], None],
        built_as_declared: bool = True,
    ) -> None:
        self.job = job
        self.built_as_declared = built_as_declared
        self.losses = losses
        self.limits = limits
        self.ema = ema
        self.report = report
        self.history: list[dict[str, Any]] = []
        self.chosen: dict[str, Any] | None = None
        self.state: dict[str, Tensor] | None = None
        self.stopped_early = False
        self.faithful = True
        self.ran: dict[str, Any] = {}
        self._rate = 0.0
        self._stop_best: float | None = None
        self._bad_epochs = 0
        self._validated = False

    @override
    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Read from the running objects what the run is."""
        self.ran = {
            "accelerator": pl_module.device.type,
            "devices": trainer.world_size // trainer.num_nodes,
            "strategy": getattr(trainer.strategy, "strategy_name", type(trainer.strategy).__name__),
            "deterministic": deterministic(),
            "seed": self.job.seed if self.built_as_declared else torch.initial_seed(),
            "batches": {
                "train": _count(trainer.num_training_batches),
                "validation": _count(sum(trainer.num_val_batches)),
            },
            "accumulate": trainer.accumulate_grad_batches,
            "world": trainer.world_size,
            "threads": torch.get_num_threads(),
            "memory_format": layout.observed(pl_module),
            "optimizer": measure.optimizer(trainer),
        }

    @override
    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note the rate that the epoch starts with; at its end the schedule has already moved on."""
        self._rate = float(trainer.optimizers[0].param_groups[0]["lr"]) if trainer.optimizers else 0.0

    @override
    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Know that the metrics are of these weights."""
        self._validated = True

    @override
    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the history of the epoch, then apply the rules."""
        metrics = metrics_of(trainer, {"validation", "train"} if self._validated else {"train"})
        if self.losses.epochs and (isinstance(pl_module, Fit) or "train/loss" not in metrics):
            metrics["train/loss"] = self.losses.epochs[-1]
        metrics["lr"] = self._rate
        entry = {"epoch": trainer.current_epoch + 1, "steps": trainer.global_step, "metrics": metrics}
        self.history.append(entry)
        self._look_again(trainer, pl_module)
        self._validated = False
        self.judge(entry, pl_module)
        self._stop(metrics, trainer)
        self.report(self._progress(entry))

    def _look_again(self, trainer: Trainer, module: LightningModule) -> None:
        """Note when own code has changed what was set: a seed, whether algorithms are exact, the learning rate."""
        self.losses.streams.look()
        if self.losses.streams.changed is not None:
            self.ran["seed"] = self.losses.streams.changed
        if deterministic() != self.ran["deterministic"]:
            self.ran["deterministic"] = "off"
        if isinstance(module, Fit) and (rate := measure.moved(trainer, self.ran["optimizer"]["lr"])) is not None:
            self.ran["optimizer"]["lr"] = rate

    def judge(self, entry: Mapping[str, Any], module: LightningModule) -> None:
        """Keep the weights when the rule calls them better; without a rule the last are kept."""
        rule = self.job.checkpoint
        value = _monitored(rule.monitor, entry["metrics"], "training.checkpoint.monitor") if rule else None
        if rule and value is None:
            return
        if rule and value is not None and not rule.better(value, self.chosen["value"] if self.chosen else None):
            return
        self.chosen = {"epoch": entry["epoch"], "value": value}
        state = self.ema.averaged() if self.ema is not None else module.state_dict()
        if self.ema is None and not measure.holds(module, state):
            self.faithful = False
        self.state = {name: item.detach().cpu().clone() for name, item in state.items()}

    def _stop(self, metrics: Mapping[str, float], trainer: Trainer) -> None:
        rule = self.job.stop
        value = _monitored(rule.monitor, metrics, "training.stop.monitor") if rule else None
        if rule is None or value is None:
            return
        if rule.better(value, self._stop_best):
            self._stop_best, self._bad_epochs = value, 0
            return
        self._bad_epochs += 1
        if self._bad_epochs >= max(1, self.job.patience):
            trainer.should_stop = True
            ended = trainer.current_epoch + 1 == self.job.epochs or trainer.global_step == self.job.max_steps
            self.stopped_early = not ended  # an end that would have come anyway is no early stop

    @override
    def state_dict(self) -> dict[str, Any]:
        """What the rules have seen and chosen so far."""
        return {name: getattr(self, name) for name in _KEPT}

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        for name in _KEPT:
            setattr(self, name, state_dict[name])

    def _progress(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The event's data, with the time left at the pace so far."""
        seconds = self.limits.spent
        done = entry["steps"] / self.job.max_steps if self.job.max_steps else entry["epoch"] / (self.job.epochs or 1)
        left = seconds / done - seconds if done > 0 else None
        watched = self.job.checkpoint.monitor if self.job.checkpoint else None
        return {
            "epoch": entry["epoch"],
            "epochs": self.job.epochs,
            "metrics": entry["metrics"],
            "watched": watched,
            "seconds_left": left,
        }


def deterministic() -> str:
    """What torch is told about algorithms now, as the language calls it: exact, tolerance or off."""
    if not torch.are_deterministic_algorithms_enabled():
        return "off"
    return "tolerance" if torch.is_deterministic_algorithms_warn_only_enabled() else "exact"


def _count(batches: float) -> int | None:
    """A number of batches; None where a loader does not know it."""
    return int(batches) if math.isfinite(batches) else None


def metrics_of(trainer: Trainer, parts: set[str]) -> dict[str, float]:
    """The metrics that the module logged, under the language's names, of the given parts (train, validation)."""
    found: dict[str, float] = {}
    for name, value in trainer.callback_metrics.items():
        known = canonical(name)
        if known is not None and known.split("/")[0] in parts:
            found[known] = float(value)
    return found


def _monitored(monitor: str, metrics: Mapping[str, float], place: str) -> float | None:
    """The value that a rule reads; None where it was not measured in this epoch.

    Raises:
        RunError: when the module does not log it at all, or it is not finite.
    """
    if monitor not in metrics:
        if monitor.startswith("validation/") and not any(name.startswith("validation/") for name in metrics):
            return None
        names = [name for name in metrics if name != "lr"]
        guess = nearest(monitor, names)
        remedy = f"did you mean '{guess}'" if guess else f"it logs {', '.join(names)}"
        raise RunError(f"the module does not log '{monitor}'", place, remedy)
    value = metrics[monitor]
    if not math.isfinite(value):
        raise RunError(f"{monitor} is not finite", place, "lower training.optimizer.lr or set training.clip")
    return value

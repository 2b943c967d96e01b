"""The LightningModule around shipped models and own torch modules: the spec's loss, optimizer and schedule.

Nothing is logged by step. Validation gathers outputs on the device and computes its metrics once an epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from lightning.pytorch import LightningModule
from msgspec import Struct
from torch import Tensor, nn

from stdspec.run.train import optim
from stdspec.run.train.loss import Loss
from stdspec.run.train.sharing import ALONE, Share

Batch = tuple[Tensor, Tensor]


def _classification(output: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Accuracy, balanced accuracy and macro-F1 from logits (n, classes), or (n, 1) for two classes."""
    classes = max(2, output.shape[1])
    predicted = output.argmax(1) if output.shape[1] > 1 else (output[:, 0] > 0).long()
    pair = nn.functional.one_hot(target * classes + predicted, classes * classes)  # a sum that is exact on every device
    confusion = pair.sum(0).reshape(classes, classes).double()
    hits, true, said = confusion.diag(), confusion.sum(1), confusion.sum(0)
    present = true > 0
    f1 = 2 * hits / (true + said).clamp(min=1)
    return {
        "accuracy": hits.sum() / true.sum(),
        "balanced_accuracy": (hits / true.clamp(min=1))[present].mean(),
        "macro_f1": f1[present | (said > 0)].mean(),
    }


def _regression(output: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Mean absolute error, root mean squared error and R2 of values (n, 1) or (n,)."""
    error = output.reshape(-1).double() - target
    spread = (target.double() - target.double().mean()).square().sum()
    square = error.square()
    return {
        "mae": error.abs().mean(),
        "rmse": square.mean().sqrt(),
        "r2": torch.where(spread > 0, 1 - square.sum() / spread, torch.zeros_like(spread)),
    }


METRICS: Final[dict[str, tuple[Callable[[Tensor, Tensor], dict[str, Tensor]], tuple[str, ...]]]] = {
    "classification": (_classification, ("accuracy", "balanced_accuracy", "macro_f1")),
    "regression": (_regression, ("mae", "rmse", "r2")),
}
"""Task to what computes its validation metrics and to their names."""


def produced(task: str) -> tuple[str, ...]:
    """What the rules of `training.checkpoint`, `stop` and `schedule` may monitor in a task."""
    return ("validation/loss", "train/loss", *(f"validation/{name}" for name in METRICS[task][1]))


class Recipe(Struct, frozen=True):
    """How the spec wants it trained.

    Attributes:
        task: classification or regression.
        loss: of raw outputs and target.
        optimizer: `training.optimizer`.
        schedule: `training.schedule`, or None.
        horizon: how long it lasts.
        fused: see `optim.optimizer`.
        weights: the epoch, counted from 0, to `loader.step_weights`; None where no step needs them.
        masses: the epoch to `TensorLoader.masses`; None for the batches of an own data module.
        share: of this process in the fit.
    """

    task: str
    loss: Loss
    optimizer: Mapping[str, Any]
    schedule: Mapping[str, Any] | None
    horizon: optim.Horizon
    fused: bool
    weights: Callable[[int], list[float] | None] | None
    masses: Callable[[int], list[list[float]]] | None = None
    share: Share = ALONE


class Fit(LightningModule):
    """Trains a module of raw outputs as the recipe says.

    Attributes:
        core: what is trained.
        recipe: how.
        train_loss: the mean loss of the last epoch, set by the callback that gathers it, so that rules can read it.
    """

    def __init__(self, core: nn.Module, recipe: Recipe) -> None:
        super().__init__()
        self.core = core
        self.recipe = recipe
        self.train_loss: float | None = None
        self._seen: list[Batch] = []
        self._weights: list[float] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Raw outputs of preprocessed inputs."""
        out: Tensor = self.core(x)
        return out

    def on_train_epoch_start(self) -> None:
        """Weigh the batches of the epoch."""
        self._weights = self.recipe.weights(self.current_epoch) if self.recipe.weights is not None else None

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor | dict[str, Tensor]:
        """The loss of one batch; with unequal batches in a step also the loss before it was weighted."""
        inputs, target = batch
        loss = self.recipe.loss(self.core(inputs), target)
        if self._weights is None:
            return loss
        return {"loss": loss * self._weights[batch_idx], "plain": loss.detach()}

    def on_validation_epoch_start(self) -> None:
        """Where processes share the fit, measure the model that is kept: each has statistics of its own rows."""
        self.recipe.share.alike(self.core.buffers())

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Keep outputs and target for the end of the epoch."""
        del batch_idx
        inputs, target = batch
        self._seen.append((self.core(inputs), target))

    def on_validation_epoch_end(self) -> None:
        """Log the loss over all validation rows and the task's metrics."""
        share = self.recipe.share
        output = share.gather(torch.cat([item.float() for item, _ in self._seen]))
        target = share.gather(torch.cat([item for _, item in self._seen]))
        self._seen.clear()
        metrics = METRICS[self.recipe.task][0](output, target)
        self._tell({"loss": self.recipe.loss(output, target), **metrics}, "validation")

    def on_train_epoch_end(self) -> None:
        """Log the mean training loss, for `plateau` and the loggers."""
        if self.train_loss is not None:
            self._tell({"loss": torch.tensor(self.train_loss)}, "train", steps=-1)

    def _tell(self, metrics: Mapping[str, Tensor], part: str, steps: int = 0) -> None:
        """Give finished values to rules and loggers. `self.log` would gather and reduce each, for a third of a ms.

        Args:
            metrics: quantity to value.
            part: train or validation.
            steps: added to Lightning's counter, which has gone on when an epoch ends.
        """
        named = {f"{part}/{name}": value for name, value in metrics.items()}
        connector, loop = self.trainer._logger_connector, self.trainer.fit_loop.epoch_loop
        connector._callback_metrics.update(named)
        if self.trainer.loggers:
            epoch = torch.tensor(self.trainer.current_epoch)
            connector.log_metrics({**named, "epoch": epoch}, step=loop._batches_that_stepped + steps)

    def configure_optimizers(self) -> Any:
        """The declared optimizer and schedule."""
        trained = [item for item in self.core.parameters() if item.requires_grad]
        optimizer = optim.optimizer(self.recipe.optimizer, trained, fused=self.recipe.fused)
        schedule = optim.schedule(self.recipe.schedule, optimizer, self.recipe.horizon)
        return optimizer if schedule is None else {"optimizer": optimizer, "lr_scheduler": schedule}

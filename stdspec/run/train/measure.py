"""Reads from the running objects what ran: precision, optimizer, pace, and whether the weights are the chosen ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn
from typing_extensions import override

from stdspec.run.train.optim import OPTIMIZERS

_NAMES: Final = {torch.float32: "32", torch.float16: "16", torch.bfloat16: "bf16", torch.float64: "64"}
_WEIGHTED: Final = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.LSTM, nn.GRU, nn.MultiheadAttention)


class Precision(Callback):
    """Reads the precision of the arithmetic from the first training step, on the device where it happens.

    The type of the weights and the type in which weighted layers compute: float32 and bfloat16 are ``bf16-mixed``.
    After the fit it would be too late: Lightning has moved the module to the CPU by then.

    Attributes:
        seen: the precision as the language names it; empty before the fit.
    """

    def __init__(self, module: nn.Module, sample: Tensor, *, hooks: bool) -> None:
        """Watch a module.

        Args:
            module: what is trained, called on inputs.
            sample: some preprocessed rows.
            hooks: whether hooks are seen in training; in a compiled forward pass they are not.
        """
        self.module, self.sample, self.hooks = module, sample, hooks
        self.seen = ""
        self._weights = torch.float32
        self._handles: list[Any] = []
        self._types: list[torch.dtype] = []

    @override
    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Try a forward pass in the context of training, then watch the first step."""
        parameters = [item for item in self.module.parameters() if item.is_floating_point()]
        self._weights = parameters[0].dtype if parameters else torch.float32
        self._watch()
        self._forward(trainer, pl_module.device)
        self._name()
        if self.hooks:
            self._types.clear()
        else:
            self._stop()

    @override
    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """What the first step computed in counts more than what the try said."""
        if self._handles:
            self._stop()
            self._name()

    @override
    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Watch no longer, where a training was resumed after its last step."""
        self._stop()

    @override
    def state_dict(self) -> dict[str, Any]:
        """What the first step computed in: a training that is resumed after its last step has none to look at."""
        return {"seen": self.seen}

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.seen = state_dict["seen"]

    @torch.no_grad()
    def _forward(self, trainer: Trainer, device: torch.device) -> None:
        plugin, training = trainer.precision_plugin, self.module.training
        self.module.eval()
        try:
            with plugin.forward_context():
                # the class's own forward: in a compiled one no hook is seen
                output = type(self.module).forward(self.module, plugin.convert_input(self.sample.to(device)))
        finally:
            self.module.train(training)
        if not self._types and isinstance(output, Tensor):
            self._types.append(output.dtype)

    def _watch(self) -> None:
        def look(layer: nn.Module, inputs: Any, output: Any) -> None:
            del layer, inputs
            first = output[0] if isinstance(output, tuple) else output
            self._types.append(first.dtype)

        self._handles = [
            layer.register_forward_hook(look) for layer in self.module.modules() if isinstance(layer, _WEIGHTED)
        ]

    def _stop(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _name(self) -> None:
        """The narrowest type seen names the precision: mixed means that some layers, not all, compute in it."""
        if self._types:
            computed = min(self._types, key=lambda item: torch.finfo(item).bits)
            kind = "true" if computed == self._weights else "mixed"
            self.seen = f"{_NAMES.get(computed, str(computed))}-{kind}"


SHORTEST: Final = 0.1
"""Seconds of training after its warm-up that a pace is told of at least."""


def throughput(rates: Sequence[tuple[int, float]], first: float | None) -> float | str:
    """Training rows a second; a text where the training was too short to tell.

    Args:
        rates: rows and seconds of each epoch. The first epoch is warm-up.
        first: the pace within the first epoch after a warm-up of its own; it counts where there is no other.
    """
    counted = rates[1:]
    seconds = sum(item for _, item in counted)
    if seconds >= SHORTEST:
        return round(sum(rows for rows, _ in counted) / seconds, 1)
    if first is not None and not counted:
        return round(first, 1)
    least = "1 s" if not counted else f"{SHORTEST:g} s"
    return f"not measured: the training took less than {least} after its warm-up"


_KINDS: Final = {found: name for name, (found, _) in OPTIMIZERS.items()}


def optimizer(trainer: Trainer) -> dict[str, Any] | None:
    """The kind and the rate of the optimizer that steps, before any schedule; None where there is none."""
    if not trainer.optimizers:
        return None
    first = trainer.optimizers[0]
    found = getattr(first, "optimizer", first)  # Lightning may have wrapped it
    group = found.param_groups[0]
    return {"kind": _KINDS.get(type(found), type(found).__name__), "lr": float(group.get("initial_lr", group["lr"]))}


def moved(trainer: Trainer, before: float) -> float | None:
    """The rate that somebody else than the schedule has set, or None.

    Args:
        trainer: at the end of an epoch.
        before: the rate of the optimizer where no schedule moves it.
    """
    now = float(trainer.optimizers[0].param_groups[0]["lr"])
    schedules = trainer.lr_scheduler_configs
    due = float(schedules[0].scheduler.get_last_lr()[0]) if schedules else before
    return None if now == due else now


def holds(module: nn.Module, chosen: Mapping[str, Tensor]) -> bool:
    """Whether the parameters of a module are the chosen weights, whatever its `state_dict` says of them."""
    return all(name in chosen and _equal(item, chosen[name]) for name, item in module.named_parameters())


def _equal(one: Tensor, other: Tensor) -> bool:
    if one.data_ptr() == other.data_ptr() and one.dtype == other.dtype:  # the very numbers: nothing to compare
        return True
    return one.shape == other.shape and torch.equal(one.detach().cpu().double(), other.detach().cpu().double())

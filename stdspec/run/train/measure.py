"""Reads from the running objects what ran: the precision of the arithmetic and the pace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn
from typing_extensions import override

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


def throughput(rates: Sequence[tuple[int, float]]) -> float | None:
    """Training rows a second; the first epoch is warm-up where there are more."""
    counted = rates[1:] or rates
    seconds = sum(item for _, item in counted)
    return sum(rows for rows, _ in counted) / seconds if seconds > 0 else None

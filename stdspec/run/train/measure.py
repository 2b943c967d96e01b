"""Reads from the running objects what ran: the precision of the arithmetic and the pace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from lightning.pytorch import Trainer
from torch import Tensor, nn

_NAMES: Final = {torch.float32: "32", torch.float16: "16", torch.bfloat16: "bf16", torch.float64: "64"}
_WEIGHTED: Final = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.LSTM, nn.GRU, nn.MultiheadAttention)


@torch.no_grad()
def precision(trainer: Trainer, module: nn.Module, sample: Tensor) -> str:
    """The precision as the language names it, from one forward pass in the context that training used.

    The type of the weights and the type in which a weighted layer computes: float32 and bfloat16 are ``bf16-mixed``.

    Args:
        trainer: after its fit.
        module: what was trained, called on inputs.
        sample: some preprocessed rows.
    """
    weights = next((item.dtype for item in module.parameters() if item.is_floating_point()), torch.float32)
    seen: list[torch.dtype] = []

    def look(layer: nn.Module, inputs: Any, output: Any) -> None:
        del layer, inputs
        first = output[0] if isinstance(output, tuple) else output
        seen.append(first.dtype)

    handles = [layer.register_forward_hook(look) for layer in module.modules() if isinstance(layer, _WEIGHTED)]
    training = module.training
    module.eval()
    try:
        plugin = trainer.precision_plugin
        with plugin.forward_context():
            device = next((item.device for item in module.parameters()), sample.device)
            # the class's own forward: in a compiled one no hook is seen
            look(module, None, type(module).forward(module, plugin.convert_input(sample.to(device))))
    finally:
        module.train(training)
        for handle in handles:
            handle.remove()
    computed = seen[0] if seen else weights
    kind = "true" if computed == weights else "mixed"
    return f"{_NAMES.get(computed, str(computed))}-{kind}"


def throughput(rates: Sequence[tuple[int, float]]) -> float | None:
    """Training rows a second; the first epoch is warm-up where there are more."""
    counted = rates[1:] or rates
    seconds = sum(item for _, item in counted)
    return sum(rows for rows, _ in counted) / seconds if seconds > 0 else None

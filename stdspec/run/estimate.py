"""Estimates the memory of training before it starts: from the module's tensors and one forward pass without data.

The pass runs on tensors that have a shape and no storage; what autograd would keep of it is counted, each storage once.
The peak is at the end of the forward pass: gradients of the step before are freed only when the backward pass begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import torch
from msgspec import Struct
from torch import Tensor, nn

_STATES: Final = {"adamw": 2, "adam": 2}
"""Optimizers to the tensors that they keep for each parameter; sgd keeps one, and only with momentum."""

_MIXED: Final = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}
"""Mixed precisions to the type in which the forward pass computes; weights and gradients stay in 32 bits."""


class Estimate(Struct, frozen=True):
    """Bytes on the device during a training step.

    Attributes:
        parameters: weights and buffers.
        gradients: of the weights that learn.
        optimizer: its state; None for an own LightningModule, which brings its own.
        average: the moving average of the weights.
        activations: what the forward pass of one batch keeps for the backward pass, and the batch; None where it
            cannot be told.
        why: why it cannot be told, or the empty string.
    """

    parameters: int
    gradients: int
    optimizer: int | None
    average: int
    activations: int | None
    why: str = ""

    @property
    def total(self) -> int:
        """The peak, as far as it is known."""
        return self.certain + self.gradients + self.average + (self.activations or 0)

    @property
    def certain(self) -> int:
        """Weights and optimizer state, without which no step can be made."""
        return self.parameters + (self.optimizer or 0)


def estimate(
    core: nn.Module,
    shape: tuple[int, ...],
    rows: int,
    training: Mapping[str, Any],
    precision: str,
    *,
    own: bool = False,
) -> Estimate:
    """The memory of a training step.

    Args:
        core: the module; its weights may be on the meta device, they are not used.
        shape: of one preprocessed row.
        rows: of a forward pass.
        training: `training` of the spec, for its optimizer and its moving average.
        precision: `compute.precision`.
        own: whether the module is a LightningModule that brings its own optimizer.
    """
    learning = [parameter for parameter in core.parameters() if parameter.requires_grad]
    weights = sum(_bytes(tensor) for tensor in [*core.parameters(), *core.buffers()])
    gradients = sum(map(_bytes, learning))
    activations, why = _activations(core, (rows, *shape), _MIXED.get(precision))
    return Estimate(
        parameters=weights,
        gradients=gradients,
        optimizer=None if own else gradients * _states(training.get("optimizer") or {"kind": "adamw"}),
        average=weights if training.get("ema") else 0,
        activations=activations,
        why=why,
    )


def _states(optimizer: Mapping[str, Any]) -> int:
    return _STATES.get(str(optimizer.get("kind")), 1 if optimizer.get("momentum") else 0)


def _activations(core: nn.Module, shape: tuple[int, ...], mixed: torch.dtype | None) -> tuple[int | None, str]:
    """The bytes that a forward pass keeps, with its input; None and why where the module needs real values."""
    try:
        with _no_storage(mixed) as device:
            state = {name: _empty(tensor, device) for name, tensor in _state(core)}
            batch = torch.empty(shape, device=device)
            with _kept([batch, *state.values()]) as kept, torch.random.fork_rng(devices=[]):
                output = _forward(core, state, batch, mixed)
            outputs = [output] if isinstance(output, Tensor) else []
            return sum(kept.values()) + sum(map(_bytes, [batch, *outputs])), ""
    except Exception as error:  # noqa: BLE001 - own code runs here, and what it says is passed on
        return None, f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _forward(core: nn.Module, state: Mapping[str, Tensor], batch: Tensor, mixed: torch.dtype | None) -> Any:
    training = core.training
    core.train()
    try:
        with torch.autocast("cpu", dtype=mixed, enabled=mixed is not None):
            return torch.func.functional_call(core, dict(state), (batch,))
    finally:
        core.train(training)


@contextmanager
def _no_storage(mixed: torch.dtype | None) -> Iterator[str]:
    """Gives the device on which tensors have no storage.

    Autocast knows nothing of the meta device, so that mixed precision needs tensors that only pretend to be on the
    CPU; these load much more code.
    """
    if mixed is None:
        yield "meta"
        return
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        yield "cpu"


@contextmanager
def _kept(apart: list[Tensor]) -> Iterator[dict[int, int]]:
    """Counts what autograd keeps inside the block: storage to its bytes. Those of `apart` are counted elsewhere."""
    seen: dict[int, int] = {}
    alive: list[Tensor] = []  # a storage that was freed could give its number to another
    known = {tensor.untyped_storage()._cdata for tensor in apart}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in known:
            seen[storage._cdata] = storage.nbytes()
            alive.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        yield seen


def _state(core: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from core.named_parameters()
    yield from core.named_buffers()


def _empty(tensor: Tensor, device: str) -> Tensor:
    return torch.empty(tensor.shape, dtype=tensor.dtype, device=device, requires_grad=tensor.requires_grad)


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()

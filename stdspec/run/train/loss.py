"""The losses a spec can name. Each takes the network's raw output and the target of a batch and gives their mean.

Class weights follow torch: the mean is weighted, so it is divided by the sum of the weights in the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from stdspec.errors import RunError
from stdspec.suggest import nearest

Loss = Callable[[Tensor, Tensor], Tensor]
Options = Mapping[str, Any]


def _cross_entropy(options: Options, weights: Tensor | None) -> Loss:
    smoothing = float(options.get("label_smoothing") or 0.0)

    def loss(output: Tensor, target: Tensor) -> Tensor:
        weight = None if weights is None else weights.to(output)
        return functional.cross_entropy(output, target, weight=weight, label_smoothing=smoothing)

    return loss


def _binary_cross_entropy(options: Options, weights: Tensor | None) -> Loss:
    del options

    def loss(output: Tensor, target: Tensor) -> Tensor:
        logits, wanted = output.reshape(-1), target.to(output.dtype)
        if weights is None:
            return functional.binary_cross_entropy_with_logits(logits, wanted)
        weight = weights.to(output)[target]
        each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        return (each * weight).sum() / weight.sum()

    return loss


def _of_values(function: Callable[..., Tensor], **options: Any) -> Loss:
    def loss(output: Tensor, target: Tensor) -> Tensor:
        return function(output.reshape(-1), target, **options)

    return loss


LOSSES: Final[dict[str, Callable[[Options, Tensor | None], Loss]]] = {
    "cross-entropy": _cross_entropy,
    "binary-cross-entropy": _binary_cross_entropy,
    "mse": lambda _options, _weights: _of_values(functional.mse_loss),
    "l1": lambda _options, _weights: _of_values(functional.l1_loss),
    "huber": lambda options, _weights: _of_values(functional.huber_loss, delta=float(options.get("delta", 1.0))),
}
"""`training.loss.kind` to what builds it from its options and the class weights."""

TASKS: Final[dict[str, tuple[str, ...]]] = {
    "classification": ("cross-entropy", "binary-cross-entropy"),
    "regression": ("mse", "l1", "huber"),
}
"""Task to the losses that it can have; the first is the usual one."""


def kind_of(options: Options, task: str, classes: int) -> str:
    """The loss's kind, once it is known to fit the task and the number of classes (0 for regression).

    Raises:
        RunError: when it does not fit, or when there is no such loss.
    """
    kind, place = str(options.get("kind")), "training.loss.kind"
    if kind not in LOSSES:
        guess = nearest(kind, LOSSES)
        raise RunError(
            f"there is no loss '{kind}'",
            place,
            f"did you mean '{guess}'" if guess else f"there are {', '.join(LOSSES)}",
        )
    if kind not in TASKS[task]:
        raise RunError(f"the loss {kind} does not fit {task}", place, f"choose {' or '.join(TASKS[task])}")
    if kind == "binary-cross-entropy" and classes != 2:
        raise RunError(
            f"binary-cross-entropy takes two classes and the data has {classes}", place, "choose cross-entropy"
        )
    return kind


def class_weights(given: Any, target: Tensor, classes: Sequence[str]) -> Tensor | None:
    """The weight of each class, shape (classes,): ``balanced`` gives n / (classes x rows of the class).

    Args:
        given: null, ``balanced``, a list in the order of the classes, or a mapping from class name to weight.
        target: the training target, shape (n,) of class indices.
        classes: the class names.

    Raises:
        RunError: when the weights do not fit the classes.
    """
    place = "training.loss.class_weights"
    if given in (None, "none"):
        return None
    if given == "balanced":
        count = torch.bincount(target.cpu(), minlength=len(classes)).double()
        return torch.where(
            count > 0, count.sum() / (len(classes) * count.clamp(min=1)), torch.zeros_like(count)
        ).float()
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in classes]
        if unknown:
            guess = nearest(str(unknown[0]), classes)
            remedy = f"did you mean '{guess}'" if guess else f"the classes are {', '.join(classes)}"
            raise RunError(f"there is no class '{unknown[0]}'", place, remedy)
        given = [given.get(name, 1.0) for name in classes]
    if not isinstance(given, Sequence) or len(given) != len(classes):
        raise RunError(f"the data has {len(classes)} classes ({', '.join(classes)})", place, "give one weight for each")
    return torch.tensor([float(weight) for weight in given])


def build(options: Options, kind: str, weights: Tensor | None) -> Loss:
    """The loss of a kind."""
    return LOSSES[kind](options, weights)

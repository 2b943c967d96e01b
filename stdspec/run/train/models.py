"""The shipped models. A builder gets its options and the shape of one preprocessed row, and gives a module of logits.

To add a model: one builder here, one line in `MODELS`, its schema branch and its file in `conf/model`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from torch import nn

from stdspec.errors import RunError
from stdspec.suggest import nearest

Options = Mapping[str, Any]
Builder = Callable[[Options, tuple[int, ...], int], nn.Module]

ACTIVATIONS: Final[dict[str, Callable[[], nn.Module]]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "leaky-relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "sigmoid": nn.Sigmoid,
}

_NORMS: Final[dict[str, Callable[[int], nn.Module]]] = {
    "batch": nn.BatchNorm2d,
    "group": lambda channels: nn.GroupNorm(math.gcd(8, channels), channels),
    "layer": lambda channels: nn.GroupNorm(1, channels),
}


def build(options: Options, shape: tuple[int, ...], outputs: int) -> nn.Module:
    """The module that `model.kind` names.

    Args:
        options: the `model` part of the spec.
        shape: of one preprocessed row, without the batch.
        outputs: how many numbers a row gives: classes, or 1.

    Raises:
        RunError: when there is no such kind or the data does not fit it.
    """
    kind = str(options.get("kind"))
    if kind not in MODELS:
        guess = nearest(kind, MODELS)
        remedy = f"did you mean '{guess}'" if guess else f"the kinds that train are {', '.join(MODELS)}"
        raise RunError(f"there is no model of kind '{kind}' to train", "model.kind", remedy)
    return MODELS[kind](options, shape, outputs)


def _activation(options: Options) -> nn.Module:
    name = str(options.get("activation", "relu"))
    if name not in ACTIVATIONS:
        guess = nearest(name, ACTIVATIONS)
        remedy = f"did you mean '{guess}'" if guess else f"there are {', '.join(ACTIVATIONS)}"
        raise RunError(f"there is no activation '{name}'", "model.activation", remedy)
    return ACTIVATIONS[name]()


def _dense(width: int, hidden: Sequence[int], outputs: int, options: Options) -> list[nn.Module]:
    """Fully connected layers from `width` to `outputs` numbers a row."""
    layers: list[nn.Module] = []
    dropout = float(options.get("dropout") or 0.0)
    for size in hidden:
        layers += [nn.Linear(width, size), _activation(options)]
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
        width = size
    return [*layers, nn.Linear(width, outputs)]


def _mlp(options: Options, shape: tuple[int, ...], outputs: int) -> nn.Module:
    """Fully connected layers; (n, …) is flattened to (n, d) first."""
    flatten = [nn.Flatten()] if len(shape) > 1 else []
    return nn.Sequential(*flatten, *_dense(math.prod(shape), options.get("hidden") or (), outputs, options))


def _cnn(options: Options, shape: tuple[int, ...], outputs: int) -> nn.Module:
    """Blocks of convolution, norm, activation, pooling, then fully connected layers: (n, c, h, w) to (n, outputs)."""
    if len(shape) != 3:
        raise RunError(
            "model.kind is cnn, which takes images, and a row of this data is no image",
            "model.kind",
            "choose model: mlp",
        )
    channels, height, width = shape
    kernel, pool = int(options.get("kernel", 3)), int(options.get("pool") or 1)
    norm = options.get("norm")
    layers: list[nn.Module] = []
    for size in options["channels"]:
        convolution = nn.Conv2d(channels, size, kernel, padding=kernel // 2, bias=norm in (None, "none"))
        layers += [convolution, *_norm(norm, size), _activation(options)]
        # an even kernel with this padding adds one pixel
        height, width = (side + 2 * (kernel // 2) - kernel + 1 for side in (height, width))
        if pool > 1:
            layers.append(nn.MaxPool2d(pool))
            height, width = height // pool, width // pool
        channels = size
        if min(height, width) < 1:
            raise RunError(
                f"the image of {shape[1]} x {shape[2]} pixels is pooled away before the last convolution",
                "model.channels",
                "use fewer blocks, or model.pool: 1",
            )
    return nn.Sequential(
        *layers, nn.Flatten(), *_dense(channels * height * width, options.get("hidden") or (), outputs, options)
    )


def _norm(name: Any, channels: int) -> list[nn.Module]:
    if name in (None, "none"):
        return []
    if name not in _NORMS:
        raise RunError(f"there is no norm '{name}'", "model.norm", f"there are {', '.join(_NORMS)} and null")
    return [_NORMS[name](channels)]


MODELS: Final[dict[str, Builder]] = {"mlp": _mlp, "cnn": _cnn}
"""`model.kind` to its builder."""

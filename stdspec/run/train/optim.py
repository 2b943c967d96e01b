"""Optimizers and learning-rate schedules by name.

A schedule is a pure function from the optimizer step to a factor of the declared rate, so that it can be checked by
hand; `plateau` alone depends on what was observed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import torch
from msgspec import Struct
from torch.nn import Parameter
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from stdspec.errors import RunError
from stdspec.suggest import nearest

Options = Mapping[str, Any]


class Horizon(Struct, frozen=True):
    """How long a training lasts.

    Attributes:
        steps: optimizer steps in all.
        steps_per_epoch: optimizer steps in one epoch.
    """

    steps: int
    steps_per_epoch: int


def _adam(options: Options) -> dict[str, Any]:
    chosen = {key: options[key] for key in ("eps", "weight_decay") if options.get(key) is not None}
    betas = options.get("betas")
    return chosen | ({"betas": (float(betas[0]), float(betas[1]))} if betas else {})


def _sgd(options: Options) -> dict[str, Any]:
    return {key: options[key] for key in ("momentum", "nesterov", "weight_decay") if options.get(key) is not None}


OPTIMIZERS: Final[dict[str, tuple[Callable[..., Optimizer], Callable[[Options], dict[str, Any]]]]] = {
    "adamw": (torch.optim.AdamW, _adam),
    "adam": (torch.optim.Adam, _adam),
    "sgd": (torch.optim.SGD, _sgd),
}
"""`training.optimizer.kind` to its class and to what reads its options."""


def may_fuse(precision: str, *, clip: bool) -> bool:
    """Whether one kernel may update all parameters.

    It may not scale the gradients of float16 by itself; and under bfloat16 Lightning takes it for one that does, and
    refuses to clip.

    Args:
        precision: of the fit.
        clip: whether gradients are clipped.
    """
    return precision != "16-mixed" and not (precision == "bf16-mixed" and clip)


def optimizer(options: Options, parameters: Iterable[Parameter], *, fused: bool) -> Optimizer:
    """The declared optimizer over some parameters.

    Args:
        options: `training.optimizer`.
        parameters: what it trains.
        fused: whether one kernel updates all parameters; see `may_fuse`.

    Raises:
        RunError: when there is no such optimizer.
    """
    kind = str(options.get("kind"))
    if kind not in OPTIMIZERS:
        guess = nearest(kind, OPTIMIZERS)
        remedy = f"did you mean '{guess}'" if guess else f"there are {', '.join(OPTIMIZERS)}"
        raise RunError(f"there is no optimizer '{kind}'", "training.optimizer.kind", remedy)
    make, read = OPTIMIZERS[kind]
    return make(_groups(options, parameters), lr=float(options["lr"]), fused=fused, **read(options))


def _groups(options: Options, parameters: Iterable[Parameter]) -> list[dict[str, Any]] | list[Parameter]:
    """The parameters by whether `weight_decay` acts on them; one list where it acts on all."""
    found = list(parameters)
    if options.get("weight_decay_on", "all") == "all":
        return found
    groups: list[dict[str, Any]] = [
        {"params": [item for item in found if item.ndim > 1]},
        {"params": [item for item in found if item.ndim < 2], "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def warmup_factor(step: int, steps: int) -> float:
    """The linear rise over the first `steps` steps: 1/steps, 2/steps, …, 1."""
    return min(1.0, (step + 1) / steps) if steps > 0 else 1.0


def _constant(options: Options, horizon: Horizon, step: int, warm: int) -> float:
    del options, horizon, step, warm
    return 1.0


def _cosine(options: Options, horizon: Horizon, step: int, warm: int) -> float:
    """Half a cosine from 1 to `floor` over the steps after the warm-up (Loshchilov and Hutter, 2017)."""
    floor = float(options.get("floor") or 0.0)
    share = min(1.0, max(0, step - warm) / max(1, horizon.steps - warm))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * share))


def _step(options: Options, horizon: Horizon, step: int, warm: int) -> float:
    del warm
    return float(options["factor"]) ** (step // horizon.steps_per_epoch // int(options["every"]))


def _one_cycle(options: Options, horizon: Horizon, step: int, warm: int) -> float:
    """Cosine up from 1/initial_divisor to 1 during the warm-up, then cosine down (Smith and Topin, 2019)."""
    start = 1 / float(options.get("initial_divisor", 25))
    end = start / float(options.get("final_divisor", 10000))
    if step < warm:
        low, high, share = start, 1.0, step / warm
    else:
        low, high, share = 1.0, end, min(1.0, (step - warm) / max(1, horizon.steps - 1 - warm))
    return high + (low - high) * 0.5 * (1 + math.cos(math.pi * share))


_SHAPES: Final[dict[str, Callable[[Options, Horizon, int, int], float]]] = {
    "constant": _constant,
    "cosine": _cosine,
    "step": _step,
    "one-cycle": _one_cycle,
}
SCHEDULES: Final = (*_SHAPES, "plateau")
"""The kinds of `training.schedule`."""


def factor(options: Options, horizon: Horizon, step: int) -> float:
    """The factor of the declared rate at an optimizer step, counted from 0.

    `warmup` is the share of all steps over which the rate rises first; `one-cycle` has its rise inside.
    """
    kind = str(options.get("kind"))
    warm = round(float(options.get("warmup") or 0.0) * horizon.steps)
    rise = 1.0 if kind == "one-cycle" else warmup_factor(step, warm)
    return rise * _SHAPES[kind](options, horizon, step, warm)


def schedule(options: Options | None, chosen: Optimizer, horizon: Horizon) -> dict[str, Any] | None:
    """The schedule as Lightning takes it; None for a constant rate without warm-up, which needs none.

    Raises:
        RunError: when there is no such schedule.
    """
    if options is None:
        return None
    kind = str(options.get("kind"))
    if kind not in SCHEDULES:
        guess = nearest(kind, SCHEDULES)
        remedy = f"did you mean '{guess}'" if guess else f"there are {', '.join(SCHEDULES)}"
        raise RunError(f"there is no schedule '{kind}'", "training.schedule.kind", remedy)
    if kind == "plateau":
        plateau = ReduceLROnPlateau(
            chosen, mode=options.get("mode", "min"), factor=float(options["factor"]), patience=int(options["patience"])
        )
        return {"scheduler": plateau, "interval": "epoch", "monitor": options["monitor"], "strict": True}
    if kind == "constant" and not options.get("warmup"):
        return None
    given = dict(options)
    return {"scheduler": LambdaLR(chosen, lambda step: factor(given, horizon, step)), "interval": "step"}

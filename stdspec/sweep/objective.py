"""What a sweep optimizes: the metric of the checkpoint rule, or one of the gate's; and which way is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from stdspec.compose.model import Composed
from stdspec.errors import InputError

_GATE: Final = "evaluation"
_WAYS: Final[Mapping[str, str]] = {"min": "minimize", "max": "maximize"}


class Objective(Struct, frozen=True):
    """One number of a run.

    Attributes:
        name: ``evaluation/auroc`` for the gate's estimate of a metric; else the monitor of the checkpoint rule, such as
            ``validation/loss``.
        way: ``minimize`` or ``maximize``, or None where the spec does not say which is better.
    """

    name: str
    way: str | None = None

    @property
    def on_test_data(self) -> bool:
        """Whether it is measured on the data that the gate judges."""
        return self.name.startswith(f"{_GATE}/")

    def of(self, observed: Mapping[str, Any]) -> float | None:
        """The number in the records of a run (the tree below ``run``); None where it is not there."""
        kind, _, metric = self.name.partition("/")
        if kind == _GATE:
            found = _at(observed, "evaluation", "metrics", metric, "estimate")
        else:
            rule = _at(observed, "training", "checkpoint") or {}
            found = rule.get("value") if rule.get("monitor") == self.name else None
        return float(found) if isinstance(found, int | float) else None


def chosen(name: str | None, directions: Sequence[str], composed: Composed) -> Objective | None:
    """The objective of a sweep; None where there is none.

    Args:
        name: as the command line says, or None for the monitor of the checkpoint rule, if the sweeper optimizes.
        directions: what the sweeper does with it; empty when it does not optimize.
        composed: a point.

    Raises:
        InputError: when the spec has no such metric, or the sweeper would look for the worst point.
    """
    if name is None and not directions:
        return None
    if len(directions) > 1:
        raise InputError("the sweeper optimizes several numbers, and a run gives one", "hydra.sweeper.direction")
    monitor = composed.get(("training", "checkpoint", "monitor"))
    name = name or (str(monitor) if monitor is not None else None)
    if name is None:
        raise InputError("the spec names no training.checkpoint.monitor", remedy="name a metric: --objective NAME")
    found = Objective(name, _way(name, monitor, composed))
    if directions and found.way is not None and directions[0] != found.way:
        fact = f"the sweep would {directions[0]} {name}, of which the spec says that it is better the other way"
        raise InputError(fact, remedy=f"add hydra.sweeper.direction={found.way}")
    return Objective(name, found.way or (directions[0] if directions else None))


def _way(name: str, monitor: Any, composed: Composed) -> str | None:
    kind, _, metric = name.partition("/")
    if kind != _GATE:
        if name != monitor:
            remedy = f"set training.checkpoint.monitor={name}, or take a metric of the gate: {_GATE}/NAME"
            raise InputError(f"no run tells {name}: the checkpoint rule watches {monitor}", "--objective", remedy)
        return _WAYS.get(str(composed.get(("training", "checkpoint", "mode"))))
    limits = composed.get(("evaluation", "metrics", metric)) or {}
    if not isinstance(limits, Mapping):
        return None
    return "maximize" if "at_least" in limits else "minimize" if "at_most" in limits else None


def _at(data: Mapping[str, Any], *keys: str) -> Any:
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found

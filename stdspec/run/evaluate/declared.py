"""From what `evaluation.metrics` says to metrics with everything decided: kind, average, positive class, side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stdspec.errors import RunError
from stdspec.run.evaluate.metrics import KINDS, Metric


def declared(config: Mapping[str, Any], classes: tuple[str, ...], task: str, positive: str | None) -> list[Metric]:
    """The metrics of `evaluation.metrics`, with everything decided.

    Args:
        config: name to what the spec says of it.
        classes: the class names in index order.
        task: the task of the training.
        positive: `data.target.positive`, the positive class where a metric names none.

    Raises:
        RunError: when a metric does not fit the task or lacks its positive class.
    """
    entries = {name: entry for name, entry in config.items() if entry is not None}  # null: decided not to use it
    return [_resolve(name, entry, classes, task, positive) for name, entry in entries.items()]


def _resolve(name: str, entry: Mapping[str, Any], classes: tuple[str, ...], task: str, positive: str | None) -> Metric:
    place = f"evaluation.metrics.{name}"
    kind = entry.get("kind") or name.replace("_", "-")
    if kind not in KINDS:
        raise RunError(f"there is no metric '{kind}'", place=place, remedy=f"kind is one of {', '.join(KINDS)}")
    if KINDS[kind].task != task:
        fitting = ", ".join(key for key, item in KINDS.items() if item.task == task)
        raise RunError(f"'{kind}' is no metric of {task}", place=place, remedy=f"choose one of {fitting}")
    named = entry.get("positive", positive)
    index = _class_index(named, classes, place) if task == "classification" and named is not None else None
    average = _average(kind, entry, classes, index, place)
    threshold = entry.get("threshold")
    if threshold is not None and (index is None or (average != "binary" and len(classes) != 2)):
        raise RunError("a threshold decides for one class", place=place, remedy="add average: binary and positive")
    sides = [side for side in ("at_least", "at_most") if entry.get(side) is not None]
    if len(sides) > 1:
        raise RunError("a metric has one gate, and this one has two", place=place, remedy="keep at_least or at_most")
    side = sides[0] if sides else None
    best = "at_least" if KINDS[kind].higher_is_better else "at_most"
    limit = float(entry[side]) if side else None
    return Metric(name, kind, average, index, None if threshold is None else float(threshold), limit, side or best)


def _average(
    kind: str, entry: Mapping[str, Any], classes: tuple[str, ...], positive: int | None, place: str
) -> str | None:
    allowed = KINDS[kind].averages
    if not allowed:
        return None
    fallback = "binary" if len(classes) == 2 and positive is not None and kind != "accuracy" else "macro"
    average = entry.get("average") or fallback
    if average not in allowed:
        raise RunError(f"'{average}' is no average", place=place, remedy=f"choose one of {', '.join(allowed)}")
    if average == "binary" and positive is None:
        raise RunError(
            "a binary average needs its positive class", place=place, remedy="add positive: and a class name"
        )
    return str(average)


def _class_index(name: Any, classes: tuple[str, ...], place: str) -> int:
    if str(name) not in classes:
        raise RunError(
            f"'{name}' is no class of the target", place=place, remedy=f"the classes are {', '.join(classes)}"
        )
    return classes.index(str(name))

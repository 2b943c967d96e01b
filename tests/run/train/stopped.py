"""Stops a training at its save points, begins it anew from each, and compares what comes out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch


def every(steps: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {"compute.resume": {"every": steps}, **changes}


def same(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """The places in which two checkpoints differ, times left out."""
    if place.endswith(("spent", "held", "held_on_device", "rates", "seconds")):
        return
    if isinstance(one, dict):
        if one.keys() != other.keys():
            yield f"{place}: {sorted(map(str, one))} is not {sorted(map(str, other))}"
            return
        for name in one:
            yield from same(one[name], other[name], f"{place}.{name}")
    elif isinstance(one, list | tuple):
        if len(one) != len(other):
            yield f"{place}: {one} is not {other}"
            return
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from same(a, b, f"{place}[{index}]")
    elif isinstance(one, torch.Tensor):
        if one.dtype != other.dtype or not torch.equal(one, other):
            yield place
    elif one != other and not (one != one and other != other):
        yield f"{place}: {one!r} is not {other!r}"


def outcome(ran: Any) -> dict[str, Any]:
    """All that a fit leaves, as bytes, and the records that must not vary."""
    found: dict[str, Any] = {path.name: path.read_bytes() for path in sorted(ran.out.iterdir())}
    found["records"] = {path: item.as_json() for path, item in ran.records.items() if not item.varies}
    return found


def stopped_anywhere(train: Any, folder: Path, changes: Mapping[str, Any], take: slice, **more: Any) -> int:
    """Run once, and once from each of the save points of that run; tells from how many."""
    folder.mkdir()
    whole = train(changes, progress=folder, **more)
    points = sorted(folder.glob("*.ckpt"))
    last = torch.load(points[-1], weights_only=True)
    assert outcome(train(changes, **more)) == outcome(whole), "saving must not change the bits"
    for point in points[take]:
        again = folder.parent / f"again-{point.stem}"
        again.mkdir()
        shutil.copy(point, again)
        shutil.copy(point.with_name(point.name + ".digest"), again)
        ran = train(changes, progress=again, **more)
        said = [event.data for event in ran.events if event.kind == "resumed"]
        assert len(said) == 1, point.stem
        assert outcome(ran) == outcome(whole), point.stem
        end = sorted(again.glob("*.ckpt"))[-1]
        assert list(same(last, torch.load(end, weights_only=True))) == [], point.stem
        shutil.rmtree(again)
    return len(points[take])

"""Says before a fit whether its memory is there: the limit of the spec, the memory of the shape, that of the device.

A fit is refused only where it is certain to fail: weights and optimizer state alone do not fit. Else it is warned of.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import torch
from msgspec import Struct
from torch import nn

from stdspec.errors import RunError
from stdspec.plan.model import Node
from stdspec.run.context import Context, Event
from stdspec.run.estimate import Estimate, estimate
from stdspec.run.measure import resident
from stdspec.run.train import models
from stdspec.run.train.job import Job
from stdspec.run.train.material import Material
from stdspec.run.train.units import BYTES, amount

_CGROUP: Final = Path("/sys/fs/cgroup/memory.max")


class Room(Struct, frozen=True):
    """Memory that there is.

    Attributes:
        size: bytes.
        what: what grants it, with a verb, for a message.
        place: the config path that says so; empty for the machine.
        firm: whether more cannot be had by any means, such as swap.
    """

    size: int
    what: str
    place: str
    firm: bool


def check(node: Node, job: Job, data: Material, context: Context, own: nn.Module | None = None) -> None:
    """Warn of a fit that needs more memory than there is; refuse one that cannot make a step.

    Args:
        node: the train node.
        job: what is asked.
        data: what is learnt from.
        context: takes the warning.
        own: the module, for own code; what is shipped is built anew without weights, before any memory is taken.

    Raises:
        RunError: when weights and optimizer state alone do not fit.
    """
    if own is None and "_target_" in node.config["model"]:
        return
    found = of(node.config, job, data, own)
    cuda = job.accelerator == "cuda"
    rooms = list(of_device(context.plan.spec) if cuda else of_machine(context.plan.spec))
    refuse(found, rooms)
    for text in warnings(found, rooms, taken=0 if cuda else resident()):
        context.report(Event("warning", node.id, {"text": text}))


def of(config: Mapping[str, Any], job: Job, data: Material, own: nn.Module | None = None) -> Estimate:
    """The memory of a fit; what is shipped is built without weights."""
    core = own
    if core is None:
        with torch.device("meta"):
            core = models.build(config["model"], data.inner, max(1, len(data.classes)))
    rows = data.batch or job.rows
    brings = own is not None and hasattr(own, "configure_optimizers")
    return estimate(core, data.inner, rows, job.training, job.precision, own=brings)


def of_machine(spec: Mapping[str, Any]) -> Iterator[Room]:
    """The main memory that a spec and this machine grant."""
    compute = spec.get("compute") or {}
    for path, text in (
        ("compute.limits.memory", (compute.get("limits") or {}).get("memory")),
        ("compute.memory", compute.get("memory")),
    ):
        if text is not None:
            with suppress(ValueError):  # what is written otherwise is a finding of lint
                yield Room(int(amount(str(text), BYTES)), f"{path} allows {text}", path, firm=True)
    there = _memory()
    if there is not None:
        yield Room(there, f"this machine has {shown(there)}", "", firm=False)


def of_device(spec: Mapping[str, Any]) -> Iterator[Room]:
    """The memory of the accelerator that a spec's shape has, and that of the CUDA device in use."""
    text = ((spec.get("compute") or {}).get("gpu") or {}).get("memory")
    if text is not None:
        with suppress(ValueError):  # what is written otherwise is a finding of lint
            yield Room(
                int(amount(str(text), BYTES)), f"each accelerator of the shape has {text}", "compute.gpu", firm=True
            )
    size = int(torch.cuda.get_device_properties(0).total_memory)
    yield Room(size, f"the device has {shown(size)}", "compute.accelerator", firm=True)


def refuse(found: Estimate, rooms: list[Room]) -> None:
    """Refuse what cannot make a step.

    Raises:
        RunError: when weights and optimizer state alone do not fit into a room that is firm.
    """
    for room in rooms:
        if room.firm and found.certain > room.size:
            raise RunError(
                f"weights and optimizer state alone take {shown(found.certain)}, and {room.what}",
                room.place,
                "choose a smaller model or an optimizer with less state, or grant more",
            )


def warnings(found: Estimate, rooms: list[Room], *, taken: int) -> Iterator[str]:
    """What is to be warned of.

    Args:
        found: the estimate.
        rooms: the memory that there is.
        taken: bytes that the process holds already.
    """
    for room in rooms:
        if found.total + taken > room.size:
            held = f" and {shown(taken)} are taken already" if taken else ""
            text = f"a training step takes about {shown(found.total)}{held}, but {room.what}"
            yield f"{text}; choose a smaller micro batch or model, or grant more"


def shown(size: int) -> str:
    """Bytes for people: ``512 B``, ``1.5 GiB``."""
    number, unit = float(size), "B"
    for unit in BYTES:
        if number < 1024 or unit == "TiB":
            break
        number /= 1024
    return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"


def _memory() -> int | None:
    """The memory of this machine, or what its control group leaves of it; None where neither is told."""
    found = []
    with suppress(ValueError, OSError, AttributeError):  # not on every system
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):  # no control group, or "max"
        found.append(int(_CGROUP.read_text(encoding="ascii")))
    return min(found, default=None)

"""What executing a node cost: wall time, peak memory, and energy where the machine tells.

Energy comes from the kernel's RAPL counters (microjoules, wrapping at `max_energy_range_uj`); where they cannot be
read the reason is kept, because "not measured" must not look like zero.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from stdspec.evidence import Record

_RAPL: Final = Path("/sys/class/powercap")


@dataclass(slots=True)
class Cost:
    """What one node took.

    Attributes:
        seconds: wall time.
        peak_memory: bytes, the process's high-water mark or the device's where that is larger.
        joules: energy of all CPU packages, or None.
        why: why there is no energy figure; the empty string when there is one.
    """

    seconds: float = 0.0
    peak_memory: int = 0
    joules: float | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The cost as plain data."""
        return asdict(self)


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure the block; the figures are there when it has ended."""
    cost = Cost()
    before, started = _counters(), time.perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - started
        cost.peak_memory = max(_resident(), _on_device())
        cost.joules = _spent(before, _counters())
        if cost.joules is None:
            cost.why = "this machine offers no readable energy counter"


def records(costs: Iterable[Cost], price: Mapping[str, Any] | None) -> list[Record]:
    """The cost of a whole run as evidence.

    Args:
        costs: one for each node, also of those taken from the store: what the result cost when it was made.
        price: `compute.cost`, ``{"currency", "per_hour"}``, or None where no price is stated.
    """
    every = list(costs)
    seconds = sum(cost.seconds for cost in every)
    out = [
        Record("run.compute.seconds", round(seconds, 3), unit="seconds", varies=True),
        Record(
            "run.compute.peak_memory", max((cost.peak_memory for cost in every), default=0), unit="bytes", varies=True
        ),
    ]
    known = [cost.joules for cost in every if cost.joules is not None]
    if every and len(known) == len(every):
        out.append(Record("run.compute.energy", round(sum(known), 3), unit="joules", varies=True))
    else:
        why = next((cost.why for cost in every if cost.why), "nothing ran")
        out.append(Record("run.compute.energy", f"not measured: {why}", varies=True))
    if price and price.get("per_hour") is not None:
        amount = round(seconds / 3600 * float(price["per_hour"]), 6)
        out.append(Record("run.compute.cost", {"amount": amount, "currency": price.get("currency")}, varies=True))
    return out


def _resident() -> int:
    """The high-water mark of this process's memory; Linux counts it in KiB, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _on_device() -> int:
    torch = sys.modules.get("torch")
    return int(torch.cuda.max_memory_allocated()) if torch is not None and torch.cuda.is_initialized() else 0


def _counters() -> dict[str, tuple[int, int]]:
    """Package name to (microjoules so far, range of the counter)."""
    found: dict[str, tuple[int, int]] = {}
    for zone in sorted(_RAPL.glob("intel-rapl:?")) if _RAPL.is_dir() else ():
        try:
            found[zone.name] = (int((zone / "energy_uj").read_text()), int((zone / "max_energy_range_uj").read_text()))
        except (OSError, ValueError):
            continue
    return found


def _spent(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> float | None:
    if not before or before.keys() != after.keys():
        return None
    total = sum((after[zone][0] - start) % limit for zone, (start, limit) in before.items())
    return total / 1e6

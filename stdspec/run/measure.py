"""What executing a node cost: wall time, peak memory of host and device, and energy where the machine tells."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from stdspec.evidence import Record
from stdspec.run import energy
from stdspec.run.energy import Energy
from stdspec.run.train.units import BYTES, amount

_FORGET_PEAK: Final = Path("/proc/self/clear_refs")


@dataclass(slots=True)
class Cost:
    """What one node took.

    Attributes:
        seconds: wall time.
        earlier: wall time of the parts before an interruption from which the node went on.
        peak_memory: bytes of main memory, the most that was held while the node ran.
        device_memory: bytes on the accelerator, the most that was held; None where none was used.
        earlier_memory: bytes of main memory, the most that those parts held as far as it was kept.
        earlier_device_memory: the same on the accelerator.
        energy: joules by source, or a text that says why there is no figure; see `Energy.end`.
    """

    seconds: float = 0.0
    earlier: float = 0.0
    peak_memory: int = 0
    device_memory: int | None = None
    earlier_memory: int = 0
    earlier_device_memory: int = 0
    energy: dict[str, float | str] = field(default_factory=dict)

    @property
    def whole(self) -> float:
        """Seconds of all parts."""
        return self.earlier + self.seconds

    def as_json(self) -> dict[str, Any]:
        """The cost as plain data."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Cost:
        """The cost that `as_json` wrote; what another version wrote besides is left out."""
        known = {item.name for item in fields(Cost)}
        return Cost(**{name: value for name, value in data.items() if name in known})


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure the block; the figures are there when it has ended."""
    cost, counted, started = Cost(), Energy(), time.perf_counter()
    _forget_peaks()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - started
        cost.peak_memory = max(cost.peak_memory, cost.earlier_memory, resident())
        cost.device_memory = max(on_device(), cost.earlier_device_memory) or None
        cost.energy = counted.end()


def records(costs: Iterable[Cost], compute: Mapping[str, Any]) -> list[Record]:
    """The cost of a whole run as evidence.

    Args:
        costs: one for each node, also of those taken from the store: what the result cost when it was made.
        compute: `compute` of the spec, for its price and its limit of memory, where they are stated.
    """
    price, limit = compute.get("cost"), (compute.get("limits") or {}).get("memory")
    every = list(costs)
    seconds = sum(cost.whole for cost in every)
    host = max((cost.peak_memory for cost in every), default=0)
    held = [cost.device_memory for cost in every if cost.device_memory is not None]
    parts = _energies(every)
    spent = energy.total(parts)
    out = [
        Record("run.compute.seconds", round(seconds, 3), unit="seconds", varies=True),
        Record("run.compute.peak_memory", host, unit="bytes", varies=True),
        Record(
            "run.compute.peak_device_memory",
            max(held) if held else "not measured: no accelerator was used",
            unit="bytes" if held else None,
            varies=True,
        ),
        Record(
            "run.compute.energy",
            spent if isinstance(spent, str) else round(spent, 3),
            unit=None if isinstance(spent, str) else "joules",
            varies=True,
        ),
        Record("run.compute.energy_of", parts, varies=True),
    ]
    if limit is not None:
        free = 1 - host / amount(str(limit), BYTES)
        out.append(Record("run.compute.memory_headroom", round(free, 4), varies=True))
    if price and price.get("per_hour") is not None:
        paid = round(seconds / 3600 * float(price["per_hour"]), 6)
        out.append(Record("run.compute.cost", {"amount": paid, "currency": price.get("currency")}, varies=True))
    return out


def _energies(costs: Sequence[Cost]) -> dict[str, float | str]:
    """Joules by source over all nodes; a text where one of them was not measured."""
    found: dict[str, float | str] = {}
    for name in ("cpu", "accelerator"):
        values = [cost.energy[name] for cost in costs if name in cost.energy]
        texts = [value for value in values if isinstance(value, str)]
        if any(cost.earlier for cost in costs):
            texts.append("not measured: a node was interrupted, and nobody counted what it took until then")
        if values:
            found[name] = texts[0] if texts else round(sum(float(value) for value in values), 3)
    return found


def resident() -> int:
    """The most main memory that this process has held, in bytes, since a node began where the system can tell.

    Linux counts it in KiB, macOS in bytes.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _forget_peaks() -> None:
    """Let the peaks begin anew, so that those of a node are not those of the node before."""
    with suppress(OSError):  # not on every system; the peak is then the process's
        _FORGET_PEAK.write_text("5", encoding="ascii")
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.reset_peak_memory_stats()


def on_device() -> int:
    """The most memory of an accelerator that this process has held, in bytes; 0 where none is used."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return 0
    return int(torch.cuda.max_memory_allocated())

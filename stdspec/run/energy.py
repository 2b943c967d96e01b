"""The energy that a block took, from the counters of the machine: RAPL for its CPUs, NVML for its accelerators.

A counter counts the whole machine, not a process. RAPL's wrap: 262 kJ, which many of them hold, are 15 minutes at
300 W, so they are looked at every minute. What cannot be read says why, because "not measured" must not look like zero.
"""

from __future__ import annotations

import errno
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from stdspec.run import device, nvml

RAPL: Final = Path("/sys/class/powercap")
EVERY: Final = 60.0
"""Seconds between two looks."""

Reading = tuple[int, int]
"""Microjoules so far, and where the counter wraps."""


class Energy:
    """Counts from its making to its end."""

    def __init__(self) -> None:
        self._packages, self._why = packages()
        self._spent = dict.fromkeys(self._packages, 0)
        self._boards, self._why_none = nvml.boards() if device.devices().cuda else ([], "")
        self._begun = {board.uuid: board.joules() for board in self._boards}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stdspec-energy", daemon=True)
        if self._packages:
            self._thread.start()

    def end(self) -> dict[str, float | str]:
        """Joules by source, ``cpu`` and, where one was used, ``accelerator``; a text says why there is no figure."""
        self._ended.set()
        if self._packages:
            self._thread.join()  # two looks at once would count a part twice
        out: dict[str, float | str] = {"cpu": self._of_packages()}
        used = devices_used()
        if used:
            out["accelerator"] = self._of_boards(used)
        return out

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self._look()

    def _look(self) -> None:
        now, _ = packages()
        for name, (value, limit) in now.items():
            if name in self._packages:
                self._spent[name] += (value - self._packages[name][0]) % limit
        self._packages = now

    def _of_packages(self) -> float | str:
        if not self._spent:
            return f"not measured: {self._why}"
        self._look()
        if self._spent.keys() != self._packages.keys():
            return "not measured: a counter of the CPUs went away"
        return sum(self._spent.values()) / 1e6

    def _of_boards(self, used: set[str]) -> float | str:
        ended = {board.uuid: board.joules() for board in self._boards if board.uuid in used}
        pairs = [(self._begun[uuid], joules) for uuid, joules in ended.items()]
        total = [after - before for before, after in pairs if before is not None and after is not None]
        if not used or len(total) != len(used):
            return f"not measured: {self._why_none or 'the accelerator does not count it'}"
        return sum(total)


def total(parts: Mapping[str, float | str]) -> float | str:
    """Joules of all that was measured; a text where what did the work was not.

    Where an accelerator was used, its figure is needed and that of the CPUs is added when there is one.
    """
    main = parts.get("accelerator", parts.get("cpu", "not measured: nothing ran"))
    if isinstance(main, str):
        return main
    return sum(value for value in parts.values() if not isinstance(value, str))


def packages(read: Callable[[Path], str] = Path.read_text) -> tuple[dict[str, Reading], str]:
    """Name to reading of every CPU package; and why there is none, or the empty string."""
    found: dict[str, Reading] = {}
    why = "this machine offers no energy counter of its CPUs"
    for zone in sorted(RAPL.glob("intel-rapl:?")) if RAPL.is_dir() else ():
        try:
            found[zone.name] = int(read(zone / "energy_uj")), int(read(zone / "max_energy_range_uj"))
        except OSError as error:
            denied = error.errno in (errno.EACCES, errno.EPERM)
            why = "the energy counter of the CPUs is for root alone" if denied else why
        except ValueError:
            continue
    return found, "" if found else why


def devices_used() -> set[str]:
    """The UUIDs of the CUDA devices on which this process has held memory, as the driver writes them."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return set()
    held = [index for index in range(torch.cuda.device_count()) if torch.cuda.max_memory_allocated(index)]
    return {f"GPU-{torch.cuda.get_device_properties(index).uuid}" for index in held}

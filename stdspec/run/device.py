"""Which devices this machine has, found without importing torch, so that a run from the store stays light."""

from __future__ import annotations

import ctypes
import importlib.util
import math
import os
import platform
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.plan.keys import Machine

_CPU_LEVELS: Final = (("avx512f", "avx512"), ("avx2", "avx2"), ("asimd", "asimd"))
"""CPU flags, widest first: kernels are chosen by them, so they change the bits of a result."""


class Devices(Struct, frozen=True):
    """The accelerators that torch could use here.

    Attributes:
        cuda: the names of the CUDA devices, in order.
        reason: why there is none, in words; the empty string when there is one.
    """

    cuda: tuple[str, ...]
    reason: str


@cache
def devices() -> Devices:
    """What the CUDA driver says, provided that the installed torch was built for CUDA."""
    spec = importlib.util.find_spec("torch")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        return Devices((), "torch is not installed")
    if not any(found for folder in folders for found in (Path(folder) / "lib").glob("*torch_cuda*")):
        return Devices((), "the installed torch was built without CUDA")
    names = _cuda_names()
    return Devices(names, "" if names else "the driver reports no CUDA device")


def machine(accelerator: str) -> Machine:
    """The machine as keys see it, for `compute.accelerator` auto, cpu or cuda."""
    names = devices().cuda if accelerator != "cpu" else ()
    return Machine(f"cuda {names[0]}" if names else f"cpu {platform.machine()} {_cpu_level()}", threads())


def threads() -> int:
    """Threads of one operation: `OMP_NUM_THREADS`, else the physical cores that this process may use."""
    text = os.environ.get("OMP_NUM_THREADS", "")
    if text.isdigit() and int(text) > 0:
        return int(text)
    quota = _quota()
    return max(1, min(_cores(), quota) if quota else _cores())


def cores() -> int:
    """The logical cores that this process may use: on a CPU each can be a device of its own."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def said(accelerator: str, count: int) -> str:
    """The devices of a machine in words, for ``cpu`` or ``cuda``."""
    plural = "s" if count != 1 else ""
    if accelerator == "cuda":
        return f"{count} CUDA device{plural}"
    return f"no GPU, and its CPU has {count} core{plural}, each of which can be one device"


def cpus() -> int:
    """The logical CPUs that this process may use."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, _quota() or allowed)


def _cores() -> int:
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return len(
        {_read(Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")) or str(cpu) for cpu in allowed}
    )


def _quota() -> int | None:
    """The whole cores that the control group grants, or None where it sets no limit."""
    quota, _, period = _read(Path("/sys/fs/cgroup/cpu.max")).partition(" ")
    return math.ceil(int(quota) / int(period)) if quota.isdigit() and period.isdigit() else None


def _cpu_level() -> str:
    forced = os.environ.get("ATEN_CPU_CAPABILITY")
    if forced:
        return forced
    lines = _read(Path("/proc/cpuinfo")).splitlines()
    flags = next((set(line.split()) for line in lines if line.startswith(("flags", "Features"))), set[str]())
    return next((level for flag, level in _CPU_LEVELS if flag in flags), "baseline")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _cuda_names() -> tuple[str, ...]:
    """The device names that the CUDA driver library reports; empty when it is absent or finds none."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden is not None and hidden.strip() in ("", "-1"):
        return ()
    try:
        cuda = ctypes.CDLL("nvcuda.dll" if os.name == "nt" else "libcuda.so.1")
    except OSError:
        return ()
    count = ctypes.c_int()
    if cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count)):
        return ()
    names = []
    for index in range(count.value):
        handle, text = ctypes.c_int(), ctypes.create_string_buffer(128)
        if cuda.cuDeviceGet(ctypes.byref(handle), index) == 0 and cuda.cuDeviceGetName(text, 128, handle) == 0:
            names.append(text.value.decode("utf-8", "replace"))
    return tuple(names)

"""Refuses before any work what this machine cannot do: devices it lacks, a batch that does not divide, a full disk.

Lint judges the spec alone and elsewhere; only here is the machine known, and what ``auto`` means on it.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from stdspec.capability import gaps
from stdspec.compose import verify
from stdspec.compose.model import Composed
from stdspec.errors import Bug, RunError
from stdspec.paths import ConfigPath, shown
from stdspec.run import device, faults
from stdspec.run.store import Store

Place = Callable[[ConfigPath], str]

_SPARE: Final = 16 * 2**20
"""Bytes that a run folder takes at least: less free space than this is refused at once."""


def ask_hydra(
    composed: Composed, config_dir: str, config_name: str, folder: Path, version_base: str | None = None
) -> None:
    """Hold a composition against Hydra's own: what runs must be what Hydra says is written.

    Args:
        composed: the composition.
        config_dir: the folder of its configs.
        config_name: its primary config.
        folder: the store, which remembers what Hydra agreed to.
        version_base: the version of Hydra whose rules hold.

    Raises:
        Bug: when they differ.
    """
    asked = (config_dir, config_name, composed.overrides, composed.value, version_base)
    fact, store = verify.question(*asked), Store(folder)
    if fact is not None and store.knows(fact):
        return
    difference = verify.against_hydra(*asked)
    if difference is not None:
        raise Bug(f"stdspec composes otherwise than Hydra: {difference}", composed.name, "please report this spec")
    if fact is not None:
        with suppress(OSError):  # a store that cannot be written is refused in plain words before the first node
            store.learn(fact)


def check(spec: Mapping[str, Any], place: Place, folders: list[Path]) -> None:
    """Refuse a run that cannot end well here.

    Args:
        spec: the resolved spec.
        place: tells where the value at a config path was written.
        folders: the folders that the run writes to.

    Raises:
        RunError: with the place and what to do.
    """
    devices = _check_devices(spec, place)
    for gap in gaps(spec):
        raise RunError(gap.fact, place(gap.path), gap.remedy)
    if (spec.get("training") or {}).get("kind") != "none":
        _check_batch(spec, place, devices)
    for folder in folders:
        _check_folder(folder)


def _check_devices(spec: Mapping[str, Any], place: Place) -> int:
    """The number of devices on one node that the run will use."""
    compute = spec.get("compute") or {}
    accelerator, asked = compute.get("accelerator") or "auto", compute.get("devices", "auto")
    found = device.devices()
    if accelerator == "cuda" and not found.cuda:
        raise RunError(
            f"the spec asks for CUDA, but {found.reason}",
            place(("compute", "accelerator")),
            "set compute.accelerator=auto or cpu, or run where a GPU is",
        )
    on_cuda = accelerator != "cpu" and bool(found.cuda)
    there = len(found.cuda) if on_cuda else device.cores()
    if isinstance(asked, bool) or not isinstance(asked, int):
        return 1  # what auto means
    if asked > there:
        has = device.said("cuda" if on_cuda else "cpu", there)
        raise RunError(
            f"the spec asks for {asked} devices, but this machine has {has}",
            place(("compute", "devices")),
            f"set compute.devices={there} or auto",
        )
    return asked


def _check_batch(spec: Mapping[str, Any], place: Place, devices: int) -> None:
    """Global batch = devices × nodes × micro batch × accumulation, with a whole accumulation."""
    batch = (spec.get("training") or {}).get("batch") or {}
    whole, micro = batch.get("global"), batch.get("micro")
    nodes = (spec.get("compute") or {}).get("nodes") or 1
    if not isinstance(whole, int):
        return
    step = devices * nodes * (micro if isinstance(micro, int) else 1)
    if step < 1 or whole % step:
        parts = f"{devices} device{'s' if devices > 1 else ''} × {nodes} node{'s' if nodes > 1 else ''}"
        parts += f" × micro batch {micro}" if isinstance(micro, int) else ""
        raise RunError(
            f"the global batch {whole} is no multiple of {parts} = {step}",
            place(("training", "batch", "global")),
            f"choose a multiple of {step}",
        )


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written to, or has too little space, before hours of work end in it."""
    with faults.plain(folder):
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(folder))
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"0" * 4096)
                probe.flush()
                os.fsync(probe.fileno())
        except FileNotFoundError:  # how a file system of the kernel's own, such as /proc, refuses
            raise RunError("no file can be made there", shown(folder), "choose another folder") from None
    free = shutil.disk_usage(folder).free
    if free < _SPARE:
        raise RunError(
            f"only {free / 2**20:.0f} MiB are free there, and a run needs {_SPARE // 2**20} MiB at least",
            shown(folder),
            "free some space or choose another folder",
        )

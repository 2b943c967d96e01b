"""How busy a training keeps the machine, and at what pace a training of one epoch goes; its warm-up is left out.

A thread looks four times a second, so that no step waits for it. What was too short to be measured says so.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psutil
import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from msgspec import Struct
from typing_extensions import override

from stdspec.evidence import Record
from stdspec.run import device, energy, nvml
from stdspec.run.measure import Cost

EVERY: Final = 0.25
"""Seconds between two looks."""

WARM_STEPS: Final = 10
WARM_SECONDS: Final = 1.0
"""The warm-up lasts for both: kernels are chosen and compiled, memory is taken, caches and workers fill."""

SHORTEST: Final = 2.0
"""Seconds after the warm-up that a share is told of at least: a few looks, and 200 ticks of the system's clock."""


class Mark(Struct, frozen=True):
    """Where a training stood: seconds of a clock, seconds of validation, of the CPUs' time, and optimizer steps."""

    at: float
    validated: float
    cpu: float
    steps: int


class Usage(Callback):
    """Looks at the machine while a training runs.

    Attributes:
        cost: of the node; told of the main memory that the training and its loading processes held together.
        resumed: the steps that were taken before.
    """

    def __init__(self, cost: Cost) -> None:
        self.cost = cost
        self.resumed = 0
        self._process = psutil.Process()
        self._ended = threading.Event()
        self._began = time.monotonic()
        self._validated = self._since = 0.0
        self._warm: Mark | None = None
        self._end: Mark | None = None
        self._epoch: Mark | None = None
        self._busy: list[float] = []
        self._boards: list[nvml.Board] = []
        self._why = ""

    @contextmanager
    def watching(self, trainer: Trainer) -> Iterator[None]:
        """Look while the block runs."""
        thread = threading.Thread(target=self._watch, args=(trainer,), name="stdspec-usage", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
            self._end = self._mark(trainer)

    @override
    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the time, and find the device that is trained on."""
        self._began = time.monotonic()
        if pl_module.device.type == "cuda":
            uuid = f"GPU-{torch.cuda.get_device_properties(pl_module.device).uuid}"
            found, self._why = nvml.boards()
            self._boards = [board for board in found if board.uuid == uuid]

    @override
    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Validation is no training: it does not count for the pace."""
        self._since = time.monotonic()

    @override
    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Count the time that it took."""
        self._validated += time.monotonic() - self._since

    @override
    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note where the first epoch ended."""
        self._epoch = self._epoch or self._mark(trainer)

    def pace(self, rows: int, epoch: int = 0) -> float | None:
        """Training rows a second in the first epoch, after the warm-up; None where that was less than a second.

        Args:
            rows: of an optimizer step.
            epoch: the rows of the first epoch, whose last step has only what is left of them; 0 where nobody knows.
        """
        if self._warm is None or self._epoch is None:
            return None
        seconds = self._epoch.at - self._warm.at - (self._epoch.validated - self._warm.validated)
        lacking = -epoch % rows if rows else 0
        ran = (self._epoch.steps - self._warm.steps) * rows - lacking
        return ran / seconds if seconds >= WARM_SECONDS else None

    def records(self) -> list[Record]:
        """The mean share of the CPUs and, where one was used, of the accelerator that was busy, from 0 to 1."""
        cpus = device.cpus()
        if self._warm is None or self._end is None or self._end.at - self._warm.at < SHORTEST:
            short = f"not measured: the training took less than {SHORTEST:g} s after its warm-up"
            found: dict[str, Any] = {"cpu": short}
            on_cuda = bool(energy.devices_used())
            return self._named(found | ({"accelerator": short} if on_cuda else {}))
        seconds = self._end.at - self._warm.at
        found = {"cpu": round((self._end.cpu - self._warm.cpu) / seconds / cpus, 4)}
        if self._busy:
            found["accelerator"] = round(sum(self._busy) / len(self._busy), 4)
        elif energy.devices_used():
            found["accelerator"] = f"not measured: {self._why or 'the driver does not tell how busy it is'}"
        return self._named(found)

    def _named(self, found: dict[str, Any]) -> list[Record]:
        return [Record(f"run.compute.utilisation.{name}", value, varies=True) for name, value in found.items()]

    def _watch(self, trainer: Trainer) -> None:
        while not self._ended.wait(EVERY):
            self._weigh()
            if self._warm is None:
                taken = trainer.global_step - self.resumed
                if taken >= WARM_STEPS and time.monotonic() - self._began >= WARM_SECONDS:
                    self._warm = self._mark(trainer)
                continue
            busy = [share for board in self._boards if (share := board.busy()) is not None]
            if busy:
                self._busy.append(sum(busy) / len(busy))

    def _mark(self, trainer: Trainer) -> Mark:
        return Mark(time.monotonic(), self._validated, self._cpu(), trainer.global_step)

    def _cpu(self) -> float:
        """Seconds that the CPUs have worked for this process and for those that load its data, also ended ones."""
        own = self._process.cpu_times()
        seconds = own.user + own.system + own.children_user + own.children_system
        for child in multiprocessing.active_children():
            with suppress(psutil.Error):  # it ended just now
                times = psutil.Process(child.pid).cpu_times()
                seconds += times.user + times.system
        return float(seconds)

    def _weigh(self) -> None:
        """What this process and those that load its data hold together; shared pages count once where that is told."""
        children = multiprocessing.active_children()
        if not children:
            return
        with suppress(psutil.Error, AttributeError):  # it ended just now; no system but Linux divides shared pages
            processes = [self._process, *(psutil.Process(child.pid) for child in children)]
            held = sum(item.memory_full_info().pss for item in processes)
            self.cost.peak_memory = max(self.cost.peak_memory, held)

"""What a run cost: energy from counters that wrap, are for root alone or are not there, peaks, price, headroom."""

from __future__ import annotations

import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest

from stdspec.evidence import tree
from stdspec.run import device, energy, measure, nvml
from stdspec.run.device import Devices
from stdspec.run.energy import Energy
from stdspec.run.measure import Cost


@pytest.fixture
def rapl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two CPU packages of 1,000 µJ before they wrap."""
    for name in ("intel-rapl:0", "intel-rapl:1"):
        zone = tmp_path / name
        zone.mkdir()
        (zone / "energy_uj").write_text("900\n")
        (zone / "max_energy_range_uj").write_text("1000\n")
    monkeypatch.setattr(energy, "RAPL", tmp_path)
    monkeypatch.setattr(device, "devices", lambda: Devices((), "none"))
    return tmp_path


def spend(rapl: Path, value: int, *zones: int) -> None:
    for zone in zones:
        (rapl / f"intel-rapl:{zone}" / "energy_uj").write_text(str(value))


def test_energy_counts_on_past_every_wrap_that_was_looked_at(rapl: Path) -> None:
    counted = Energy()
    spend(rapl, 100, 0)  # 200 µJ, over the wrap
    counted._look()
    spend(rapl, 50, 0, 1)  # 950 µJ and 150 µJ
    assert counted.end() == {"cpu": pytest.approx(1300e-6)}


def test_a_thread_looks_between(rapl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(energy, "EVERY", 0.005)
    seen = []
    look = Energy._look
    monkeypatch.setattr(Energy, "_look", lambda self: (seen.append(1), look(self))[1])
    counted = Energy()
    deadline = time.monotonic() + 5
    while not seen and time.monotonic() < deadline:
        time.sleep(0.005)
    counted.end()
    assert seen


def test_a_counter_for_root_alone_says_so(rapl: Path) -> None:
    def denied(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    assert energy.packages(denied) == ({}, "the energy counter of the CPUs is for root alone")


def test_no_counter_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(energy, "RAPL", tmp_path / "absent")
    monkeypatch.setattr(device, "devices", lambda: Devices((), "none"))
    assert Energy().end() == {"cpu": "not measured: this machine offers no energy counter of its CPUs"}


class NVMLError(Exception):
    """What the driver raises."""


def joules(driver: Any, handle: int) -> int:
    if handle:
        raise NVMLError("Not Supported")
    return int(driver.millijoules)


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A driver with two boards, the second of which does not count its energy."""
    found = types.SimpleNamespace(millijoules=1000, NVMLError=NVMLError)
    found.nvmlInit = lambda: None
    found.nvmlDeviceGetCount = lambda: 2
    found.nvmlDeviceGetHandleByIndex = lambda index: index
    found.nvmlDeviceGetUUID = lambda handle: f"GPU-{handle}"
    found.nvmlDeviceGetTotalEnergyConsumption = lambda handle: joules(found, handle)
    found.nvmlDeviceGetUtilizationRates = lambda handle: types.SimpleNamespace(gpu=75)
    monkeypatch.setitem(sys.modules, "pynvml", found)
    monkeypatch.setattr(device, "devices", lambda: Devices(("a", "b"), ""))
    return found


def test_the_energy_of_the_accelerators_in_use_is_counted(driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Energy()
    driver.millijoules += 5000
    monkeypatch.setattr(energy, "devices_used", lambda: {"GPU-0"})
    assert counted.end()["accelerator"] == pytest.approx(5.0)
    monkeypatch.setattr(energy, "devices_used", lambda: {"GPU-0", "GPU-1"})
    assert counted.end()["accelerator"] == "not measured: the accelerator does not count it"
    assert [board.busy() for board in nvml.boards()[0]] == [0.75, 0.75]


def test_without_the_package_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert nvml.boards() == ([], nvml.MISSING)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ({"cpu": 2.0, "accelerator": 3.0}, 5.0),
        ({"cpu": "not measured: a", "accelerator": 3.0}, 3.0),
        ({"cpu": 2.0, "accelerator": "not measured: b"}, "not measured: b"),
        ({"cpu": 2.0}, 2.0),
        ({}, "not measured: nothing ran"),
    ],
)
def test_the_total_needs_the_figure_of_what_did_the_work(parts: dict[str, Any], whole: Any) -> None:
    assert energy.total(parts) == whole


def costs(*every: Cost, **compute: Any) -> dict[str, Any]:
    return tree(measure.records(every, compute))["run"]["compute"]


def test_a_run_costs_the_sum_of_its_nodes_and_holds_the_most_of_any() -> None:
    found = costs(
        Cost(seconds=1800, peak_memory=2**30, energy={"cpu": 10.0}),
        Cost(
            seconds=600, earlier=1200, peak_memory=3 * 2**30, device_memory=7, energy={"cpu": 1.0, "accelerator": 4.0}
        ),
        cost={"currency": "EUR", "per_hour": 2.0},
        limits={"memory": "4GiB"},
    )
    assert found["seconds"] == 3600
    assert found["peak_memory"] == 3 * 2**30
    assert found["peak_device_memory"] == 7
    assert found["memory_headroom"] == 0.25
    assert found["cost"] == {"amount": 2.0, "currency": "EUR"}
    assert found["energy"].startswith("not measured: a node was interrupted")


def test_what_was_not_used_is_not_measured() -> None:
    found = costs(Cost(seconds=1.0, energy={"cpu": 2.5}))
    assert found["energy"] == 2.5
    assert found["energy_of"] == {"cpu": 2.5}
    assert found["peak_device_memory"] == "not measured: no accelerator was used"
    assert "cost" not in found
    assert "memory_headroom" not in found


def test_a_cost_that_another_version_kept_can_be_read() -> None:
    kept = Cost.from_json({"seconds": 2.0, "peak_memory": 5, "joules": None, "why": "no counter"})
    assert (kept.whole, kept.peak_memory, kept.energy) == (2.0, 5, {})
    assert Cost.from_json(kept.as_json()) == kept


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux forgets a peak")
def test_the_peak_of_a_node_is_not_that_of_the_node_before() -> None:
    with measure.measured() as large:
        held = bytearray(200 * 2**20)
        held[::4096] = b"x" * len(held[::4096])
        del held
    with measure.measured() as small:
        pass
    assert large.peak_memory - small.peak_memory > 150 * 2**20
    assert small.seconds < large.seconds

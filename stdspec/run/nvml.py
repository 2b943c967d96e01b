"""What the driver of NVIDIA accelerators tells of them: how busy they are and what energy they have taken.

It needs the package `nvidia-ml-py`, which is no part of torch; without it, or without the driver, the reason is said.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

MISSING: Final = "the package nvidia-ml-py is not installed"


class Board(Struct, frozen=True):
    """One accelerator.

    Attributes:
        uuid: as the driver writes it, ``GPU-…``.
        handle: the driver's.
    """

    uuid: str
    handle: Any

    def joules(self) -> float | None:
        """The energy since the driver was loaded; None where the board does not count it."""
        found = _asked("nvmlDeviceGetTotalEnergyConsumption", self.handle)
        return None if found is None else found / 1e3

    def busy(self) -> float | None:
        """The share of the driver's last sampling period in which a kernel ran; None where it is not told."""
        found = _asked("nvmlDeviceGetUtilizationRates", self.handle)
        return None if found is None else found.gpu / 100


def boards() -> tuple[list[Board], str]:
    """Every accelerator that the driver knows; and why there is none, or the empty string."""
    try:
        import pynvml
    except ModuleNotFoundError:
        return [], MISSING
    try:
        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return [Board(_text(pynvml.nvmlDeviceGetUUID(handle)), handle) for handle in handles], ""
    except pynvml.NVMLError as error:
        return [], f"the driver says: {error}"


def _asked(function: str, handle: Any) -> Any:
    """The driver's answer, or None where the board cannot tell, as one that is divided cannot."""
    import pynvml

    try:
        return getattr(pynvml, function)(handle)
    except pynvml.NVMLError:
        return None


def _text(found: str | bytes) -> str:
    return found.decode() if isinstance(found, bytes) else found

"""How a spec is run: what a command line may say besides the spec."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from msgspec import Struct


class How(Struct, frozen=True):
    """How a spec is run.

    Attributes:
        store: the folder of the store; None for the one in force.
        folder: the run folder; None for its own among the outputs.
        debug: two batches, in this process; nothing is kept in the store.
        force: run every node, or those of these ids, whatever the store holds.
    """

    store: str | None = None
    folder: str | None = None
    debug: bool = False
    force: bool | Collection[str] = False


AS_USUAL: Final = How()

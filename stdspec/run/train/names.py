"""The language's names for what modules log: ``val_loss`` and ``val/loss`` are ``validation/loss``."""

from __future__ import annotations

import re
from typing import Final

_PARTS: Final = {
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "train": "train",
    "training": "train",
}
_FORM: Final = re.compile(rf"({'|'.join(sorted(_PARTS, key=len, reverse=True))})[/_.\- ](.+)", re.IGNORECASE)


def canonical(logged: str) -> str | None:
    """``part/quantity`` for a logged name; None when it names no part or holds the value of a single step.

    Lightning itself appends ``_step`` and ``_epoch`` to what is logged both ways.
    """
    found = _FORM.fullmatch(logged)
    if found is None or logged.endswith("_step"):
        return None
    quantity = re.sub(r"[^a-z0-9]+", "_", found[2].lower().removesuffix("_epoch")).strip("_")
    return f"{_PARTS[found[1].lower()]}/{quantity}" if quantity else None

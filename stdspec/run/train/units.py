"""Reads the values that carry their unit: durations and amounts of memory."""

from __future__ import annotations

import re
from typing import Final

SECONDS: Final = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
BYTES: Final = {"B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}
_FORM: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z]+)")


def amount(text: str, table: dict[str, float]) -> float:
    """The number that a text such as ``10min`` or ``4GiB`` stands for, in the table's base unit.

    Raises:
        ValueError: when the text has another form or another unit.
    """
    found = _FORM.fullmatch(text)
    if found is None or found[2] not in table:
        raise ValueError(f"'{text}' is not a number and one of {', '.join(table)}")
    return float(found[1]) * table[found[2]]

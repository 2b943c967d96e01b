"""Today, and nothing else about time, so that a verdict that depends on a date can be repeated.

`STDSPEC_TODAY=2026-12-01` sets it.
"""

from __future__ import annotations

import datetime
import os

from stdspec.errors import InputError


def today() -> datetime.date:
    """The current date in UTC, or the one that `STDSPEC_TODAY` names.

    Raises:
        InputError: when `STDSPEC_TODAY` is not an ISO date.
    """
    text = os.environ.get("STDSPEC_TODAY")
    if text is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"STDSPEC_TODAY is '{text}', which is not a date", remedy="write it as 2026-12-31") from None

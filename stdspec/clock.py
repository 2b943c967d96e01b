"""Today, and which days there are, so that a verdict that depends on a date can be repeated.

`STDSPEC_TODAY=2026-12-01` sets it.
"""

from __future__ import annotations

import datetime
import os
import re

from stdspec.errors import InputError


def no_such_day(text: str) -> str | None:
    """Why a text that is written as a day is none: ``2026-02-30``, for that month has 28 days; None for other texts."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if found is None:
        return None
    import calendar  # hardly any file holds a day that does not exist

    year, month, day = map(int, found.groups())
    if year == 0:
        return "years begin with 0001"
    if not 1 <= month <= 12:
        return "a year has the months 01 to 12"
    last = calendar.monthrange(year, month)[1]
    return None if 1 <= day <= last else f"that month has the days 01 to {last}"


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

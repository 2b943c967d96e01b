"""Tries a node again whose fault may pass by itself: a network that was away, a file system that was busy.

`compute.limits.retries` says how often. A mistake of the user's never passes, and memory that ran out would run out
again after the same hours, so neither is tried again.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

_T = TypeVar("_T")

PASSING: Final = frozenset(
    getattr(errno, name)
    for name in (
        *("EAGAIN", "EBUSY", "EINTR", "EIO", "EREMOTEIO", "ESTALE", "ETIMEDOUT"),
        *("ENETDOWN", "ENETRESET", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH"),
    )
    if hasattr(errno, name)  # not every system has each
)
"""What the system says of a network, or of a file system behind one, that may answer the next time."""

_STATUS: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""What a server of HTTP says when it may answer the next time."""

FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0


def tried(make: Callable[[], _T], retries: int, tell: Callable[[str], None]) -> _T:
    """What `make` gives, called again after a fault that may pass.

    Args:
        make: raises where it fails.
        retries: how often it is called again at most.
        tell: takes a sentence for each time.
    """
    for number in range(1, retries + 1):
        try:
            return make()
        except Exception as error:
            said = may_pass(error)
            if said is None:
                raise
            wait = min(FIRST_WAIT * 2 ** (number - 1), _LONGEST_WAIT)
            tell(
                f"it failed for a reason that may pass ({said}); it is tried again in {wait:g} s, {number} of {retries}"
            )
            time.sleep(wait)
    return make()


def may_pass(error: BaseException) -> str | None:
    """What may pass in an error or in what led to it, in words; None where nothing may."""
    for item in _chain(error):
        if isinstance(item, ConnectionError | TimeoutError) or _code(item) in PASSING or _status(item) in _STATUS:
            text = str(item).strip().splitlines()
            return f"{type(item).__name__}: {text[0]}" if text else type(item).__name__
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _code(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _status(error: BaseException) -> int | None:
    """The status of HTTP, where the exception of a client library carries one."""
    found = getattr(error, "code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return found if isinstance(found, int) else None

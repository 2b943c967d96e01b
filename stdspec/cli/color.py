"""Whether a command may use colour: the one place that decides, for every command and both streams.

An option of the command wins, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then what the stream is.
"""

from __future__ import annotations

import os
import sys
from typing import Final, TextIO

CHOICES: Final = ("auto", "always", "never")


def colored(choice: str = "auto", stream: TextIO | None = None) -> bool:
    """Whether what is written may hold escape codes for colour.

    Args:
        choice: one of CHOICES, as the user said it.
        stream: where it is written; standard output when None.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if _forced("FORCE_COLOR") or _forced("CLICOLOR_FORCE"):
        return True
    if os.environ.get("TERM") == "dumb" or os.environ.get("CLICOLOR") == "0":
        return False
    return (sys.stdout if stream is None else stream).isatty()


def _forced(name: str) -> bool:
    return os.environ.get(name, "0").lower() not in ("", "0", "false")

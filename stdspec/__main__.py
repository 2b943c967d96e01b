"""``stdspec`` and ``python -m stdspec``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Final

QUICK: Final = "lint"
"""The command that hooks and editors start again and again; it leaves nothing behind that would have to be closed."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    gc.disable()  # importing makes no garbage, and looking for some takes a thirtieth of a short lint
    from stdspec.cli.main import run

    gc.enable()
    arguments = sys.argv[1:]
    status = run(arguments)
    if arguments[:1] == [QUICK]:
        _leave(status)
    sys.exit(status)


def _leave(status: int) -> None:
    """End the process without taking every object of it apart first, which takes a twentieth of a short lint.

    What asked to be called at the end is called. Returns where Python has to end as usual: other threads still run, or
    what was written cannot be delivered, which Python then says.
    """
    import threading

    if threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(status)


if __name__ == "__main__":
    main()

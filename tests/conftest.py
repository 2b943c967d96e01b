"""What holds for every test: generated examples are the same in every run, so that a green commit stays green.

`STDSPEC_RANDOM=1` has Hypothesis look for new ones; `make soak` and `make fuzz` do so by themselves. A suite that a
shell started in the background inherits that interrupts are ignored; the tests of interrupts need them heard. What a
test records as its `summary` is printed at the end, also where another process ran it.
"""

import os
import signal
from typing import Any

from hypothesis import settings

settings.register_profile("same", derandomize=True)
if "STDSPEC_RANDOM" not in os.environ:
    settings.load_profile("same")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have counted."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in report.user_properties:
                if name == "summary":
                    terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")

"""What interrupts do to the processes of a sweep: the first one asks, the second one waits for nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stdspec.run.stop import Terminated
from stdspec.sweep.interrupt import handed_on, kind
from stdspec.sweep.point import STOP, running

DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, lambda *_: open("asked", "w").close())
started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open("grandchild", "w") as file:
    print(started.pid, file=file)
while True:
    time.sleep(0.05)
"""


@pytest.mark.skipif(os.name == "nt", reason="sessions are of POSIX")
def test_a_second_interrupt_leaves_no_process_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DEAF]
    with (  # noqa: PT012 - the signals come from within the block
        pytest.raises(Terminated),
        handed_on(tmp_path),
        running(tmp_path, command, None, str(tmp_path)) as process,
    ):
        wait_for(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text().endswith("\n"))
        os.kill(os.getpid(), signal.SIGTERM)
        wait_for((tmp_path / "asked").exists)
        assert process.poll() is None
        os.kill(os.getpid(), signal.SIGTERM)
        process.wait(timeout=10)
    assert (tmp_path / STOP).exists()
    assert kind(tmp_path) is Terminated
    assert process.poll() == -signal.SIGKILL
    grandchild = (tmp_path / "grandchild").read_text().strip()
    wait_for(lambda: ended(grandchild))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def ended(pid: str) -> bool:
    """Whether a process is gone, or waits only for somebody to take note of its end."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False).stdout
    return not state.strip() or state.startswith("Z")


def wait_for(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.025)
    raise AssertionError("it does not come true")

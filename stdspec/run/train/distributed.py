"""One fit on several devices of one machine: the train node starts a process for each further one, and ends them.

The others are told everything on their standard input. When it closes, because the node has ended or was killed, they
end as well, so that none outlives it.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, Protocol

import msgspec
import torch
import torch.distributed as dist

from stdspec.errors import RunError, StdspecError
from stdspec.plan.model import Node
from stdspec.run import device, measure
from stdspec.run.context import Context
from stdspec.run.train import group
from stdspec.run.train.follower import Fault, Task, arrived, peak
from stdspec.run.train.job import Job
from stdspec.run.train.sharing import ALONE, Share

ENTRY: Final = "stdspec.run.train.rank"
_MOST: Final = 8000  # bytes of a traceback that are kept
_GRACE: Final = 10.0  # seconds in which a process may end by itself


class Team(Protocol):
    """The processes of a fit, as one of them sees it.

    Attributes:
        share: its own part.
    """

    share: Share

    def join(self) -> None:
        """Wait until every process is there; after that they wait for each other at each step."""


class Alone:
    """The one process of a fit on one device."""

    def __init__(self) -> None:
        self.share = ALONE

    def join(self) -> None:
        """There is nobody to meet."""


class Ranks:
    """The other processes of a fit, as the first one sees them."""

    def __init__(self, task: Task) -> None:
        self.task, self.share = task, task.share
        more = range(task.share.world - 1)
        self._said, self._errors = ([tempfile.TemporaryFile() for _ in more] for _ in range(2))  # noqa: SIM115
        self._others = [self._start(rank) for rank in range(1, task.share.world)]
        self._over = False

    def _start(self, rank: int) -> subprocess.Popen[bytes]:
        environment = os.environ | {"OMP_NUM_THREADS": str(self.task.threads)}
        said, errors = self._said[rank - 1], self._errors[rank - 1]
        command = [sys.executable, "-P", "-m", ENTRY]  # -P: modules are where the task says, not in the working folder
        other = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, stdin=subprocess.PIPE, stdout=said, stderr=errors, env=environment
        )
        assert other.stdin is not None
        told = msgspec.structs.replace(self.task, share=Share(rank, self.share.world))
        with suppress(BrokenPipeError):  # that it has ended already is seen when it is waited for
            pickle.dump(told, other.stdin)
            other.stdin.flush()
        return other

    def join(self) -> None:
        """Wait until every process is there, then meet them.

        Raises:
            RunError: when one has ended.
        """
        waited = [arrived(self.task, rank) for rank in range(1, self.share.world)]
        while not all(place.exists() for place in waited):
            if self._ended():
                raise self.fault()
            time.sleep(0.02)
        group.meet(Path(self.task.meeting), self.task.backend, self.share)
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """End the waiting for a process that has ended: not every backend notices."""
        while not self._over:
            if self._ended():
                time.sleep(_GRACE / 5)
                if not self._over and dist.is_initialized():
                    dist.distributed_c10d._abort_process_group()
                return
            time.sleep(0.2)

    def _ended(self) -> bool:
        return any(other.poll() for other in self._others)

    def lost(self) -> bool:
        """Whether another process has ended; one that is about to is waited for."""
        until = time.monotonic() + _GRACE / 2
        while not self._ended() and time.monotonic() < until:
            time.sleep(0.02)
        return self._ended()

    def fault(self) -> RunError:
        """Why another process has ended: what one says of the spec, then one that was killed, then any."""
        gone = [(status, rank) for rank, other in enumerate(self._others, 1) if (status := other.poll())]
        for _, rank in gone:
            if (said := self._last_word(rank)) is not None:
                return said
        status, rank = min(gone)  # a signal is negative
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"failed{self._complaint(rank)}"
        return RunError(
            f"the process of device {rank + 1} of {self.share.world} {how}, and the others cannot train on without it",
            "compute.devices",
            "run the same command again, which goes on from the last step that was saved",
        )

    def _last_word(self, rank: int) -> RunError | None:
        said = self._said[rank - 1]
        said.seek(0)
        with suppress(msgspec.DecodeError):
            found = msgspec.json.decode(said.read(), type=Fault)
            return RunError(found.message, found.place, found.remedy)
        return None

    def _complaint(self, rank: int) -> str:
        """The last line of what a process has written where errors go, which is the error that has ended it."""
        lines = _written(self._errors[rank - 1]).strip().splitlines()
        return f" with {lines[-1].rstrip('.')}" if lines else ""

    def words(self) -> str:
        """What the others have written where errors go, for the log."""
        found = []
        for rank, errors in enumerate(self._errors, 1):
            found.append(f"the process of device {rank + 1} of {self.share.world} wrote:\n{_written(errors)}")
        return "\n".join(found)

    def end(self, *, well: bool) -> None:
        """End every process, and the meeting."""
        self._over = True
        until = time.monotonic() + (_GRACE if well else 0.0)
        for other in self._others:
            with suppress(subprocess.TimeoutExpired):
                other.wait(max(0.0, until - time.monotonic()))
            other.kill()
            other.wait()
            assert other.stdin is not None
            with suppress(BrokenPipeError):
                other.stdin.close()
        for file in (*self._said, *self._errors):
            file.close()
        group.part()

    def held(self) -> int:
        """The most memory that the others have held, added up, in bytes; of those that have come to their end."""
        found = [peak(self.task, rank) for rank in range(1, self.share.world)]
        return sum(int(place.read_text(encoding="ascii")) for place in found if place.exists())


@contextmanager
def led(node: Node, inputs: Mapping[str, Path], context: Context, job: Job) -> Iterator[Team]:
    """Within the block, the other processes of a fit are there, if it needs any.

    Raises:
        RunError: when one of them ends, with what it says.
    """
    if job.devices == 1:
        yield Alone()
        return
    threads = torch.get_num_threads()
    with tempfile.TemporaryDirectory(prefix="stdspec-") as meeting:
        each = max(1, device.threads() // job.devices)
        ranks = Ranks(_task(node, inputs, context, job, Path(meeting), each))
        well = False
        torch.set_num_threads(each)
        try:
            yield ranks
            well = True
        except StdspecError:
            raise
        except Exception as error:
            lost = ranks.lost()
            error.add_note(ranks.words())
            if lost and isinstance(error, RuntimeError):  # so does torch call that another process is gone
                raise ranks.fault() from error
            raise
        finally:
            torch.set_num_threads(threads)
            ranks.end(well=well)
        context.cost.peak_memory = max(context.cost.peak_memory, measure.resident() + ranks.held())


def _task(node: Node, inputs: Mapping[str, Path], context: Context, job: Job, meeting: Path, threads: int) -> Task:
    return Task(
        plan=context.plan.as_json(),
        node=node.as_json(),
        inputs={name: str(folder) for name, folder in inputs.items()},
        settings=context.settings,
        debug=context.debug,
        progress=str(context.progress) if context.progress is not None else None,
        share=Share(0, job.devices),
        meeting=str(meeting),
        backend=group.BACKENDS[job.accelerator],
        threads=threads,
        paths=[path for path in sys.path if path],
    )


def _written(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read()[-_MOST:].decode("utf-8", "replace")

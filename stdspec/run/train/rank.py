"""``python -m stdspec.run.train.rank``: the process of one further device of a fit; `distributed` starts and ends it.

It trains as the first process does, but reports nothing and writes nothing: the first one does that for all.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import msgspec

from stdspec.errors import StdspecError


def main() -> int:
    """Take part in a fit; the exit status is returned, and a fault of the spec is said on standard output."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the first process hears them and ends this one
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # own code may print; the first process prints the same
    from stdspec.plan.model import Node, Plan
    from stdspec.run import environment
    from stdspec.run.context import Context
    from stdspec.run.train import follower, group, node

    task = follower.told(sys.stdin.buffer)
    sys.path[:] = task.paths
    environment.fix_threads(task.threads)
    progress = Path(task.progress) if task.progress is not None else None
    context = Context(
        Plan.from_json(task.plan), task.settings, lambda _: None, debug=task.debug, logs=None, progress=progress
    )
    inputs = {name: Path(folder) for name, folder in task.inputs.items()}
    try:
        team = follower.Follower(task)
        node.follow(Node.from_json(task.node), inputs, context, team)
        team.leave()
    except StdspecError as error:
        answer.write(msgspec.json.encode(follower.Fault(error.message, error.place, error.remedy)))
        answer.flush()
        return error.exit_code
    finally:
        group.part()
    return 0


if __name__ == "__main__":
    sys.exit(main())

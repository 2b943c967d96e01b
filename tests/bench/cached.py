"""CPU time of `stdspec run` where every node is in the store, against a program of Hydra's that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from timing import Row, cpu_of, medians, wall_of

ROUNDS = 15
RUN = [sys.executable, "-m", "stdspec", "run", "+experiment=digits", "training.epochs=1", "--store", "store"]
NOTHING = """\
import hydra


@hydra.main(version_base="1.3", config_path=None)
def main(config):
    pass


main()
"""


def rows() -> list[Row]:
    """The shipped digits experiment, run once to fill the store: by CPU time, and by the clock on the wall."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nothing.py").write_text(NOTHING, encoding="utf-8")
        (folder / "stdspec.toml").touch()
        first = subprocess.run(RUN, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
        if not (folder / "outputs" / "latest" / "report.json").is_file():
            sys.exit(f"the run that fills the store failed: {first.stderr}")
        found = []
        for what, measure in (("CPU", cpu_of), ("wall", wall_of)):
            runs = {
                "ours": partial(measure, RUN, folder),
                "theirs": partial(measure, [sys.executable, "nothing.py"], folder),
            }
            timed = medians(runs, ROUNDS)
            row = Row(
                f"a run from the store, {what}", timed["ours"], "an empty @hydra.main", timed["theirs"], "s", "≤ 1.5"
            )
            found.append(row)
        return found

"""Kills runs of every shipped experiment at random moments, some hundreds of times, and says what came of it.

``python tests/run/kill/soak.py --kills 300 --jobs 2`` exits with 1 when anything differs from the run nobody killed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kill import harness
from kill.cases import CASES


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill runs and see whether they end as if nobody had.")
    parser.add_argument("--kills", type=int, default=300, help="over all experiments; 300 by default")
    parser.add_argument("--jobs", type=int, default=2, help="experiments at a time")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; from the clock by default")
    parser.add_argument("--only", action="append", choices=tuple(CASES), help="this experiment alone")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 2**32
    names = given.only or list(CASES)
    each = -(-given.kills // len(names))
    print(f"seed {seed}, {each} kills for each of {', '.join(names)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stdspec-soak-") as folder, ThreadPoolExecutor(given.jobs) as pool:
        tallies = pool.map(lambda name: one(name, Path(folder) / name, each, seed), names)
        total = harness.Tally()
        for tally in tallies:
            total.add(tally)
    print(f"in all: {total}")
    return 1 if total.differences else 0


def one(name: str, folder: Path, kills: int, seed: int) -> harness.Tally:
    """The kills of one experiment, on a zygote of its own."""
    started = time.monotonic()
    with harness.zygote() as process:
        tally = harness.many(process, folder, CASES[name], kills, random.Random(f"{seed} {name}"))
    print(f"{name}: {tally}; {time.monotonic() - started:.0f} s", flush=True)
    for text in tally.differences:
        print(f"  {text}", flush=True)
    return tally


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: ratios against named rivals, as a Markdown table. Prints numbers and never fails on time alone.

`python tests/bench/main.py [lint] [faults] [compose] [cached] [latency] [training]` runs some of them; without a word,
all.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

# One thread: what is compared is work, not how many cores happen to be free.
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

PARTS = ("lint", "faults", "compose", "cached", "latency", "training")


def main(chosen: list[str]) -> None:
    from timing import HEAD

    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"there is no benchmark '{unknown[0]}'; there are {', '.join(PARTS)}")
    tools = ", ".join(f"{name} {version(name)}" for name in ("torch", "lightning", "onnxruntime"))
    print(f"Python {platform.python_version()}, {tools}; {os.cpu_count()} CPUs, one thread; medians.\n")
    print(HEAD)
    for name in chosen or PARTS:
        for row in importlib.import_module(name).rows():
            print(row.markdown(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

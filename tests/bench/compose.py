"""CPU time of a composition against Hydra's on the same trees, how it grows, its memory, and linting a thousand specs.

`python tests/bench/compose.py` prints the table; every measurement has a process of its own.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import trees
from timing import HEAD, Row, cpu_of, medians

ROUNDS = 3
MANY = 10_000
THOUSAND = 1_000
FEW = 100
HYDRA_SAMPLE = 25


def rows() -> list[Row]:
    """Every measurement over generated trees."""
    with tempfile.TemporaryDirectory() as folder:
        tree, thousand, specs = (Path(folder, name) for name in ("tree", "thousand", "specs"))
        trees.write(tree, MANY)
        trees.write(thousand, THOUSAND)
        trees.write_specs(specs, THOUSAND)
        first = _median("stdspec", thousand, THOUSAND)
        few, many = _median("stdspec", tree, FEW), _median("stdspec", tree, MANY)
        hydra = _median("hydra", thousand, HYDRA_SAMPLE)
        return [
            Row("compose one of 1,000, CPU", first["each"], "Hydra", hydra["each"], "ms", "≤ 0.02"),
            Row("compose one of 10,000, CPU", many["each"], "one of 100", few["each"], "ms", "about 1"),
            Row("peak memory of 1,000", first["memory"], "budget", 300, "MB", "≤ 1"),
            Row("peak memory of 10,000", many["memory"], "budget", 300, "MB", "≤ 1"),
            _lint("lint 1,000 experiments of a Hydra project, CPU", thousand),
            _lint("lint 1,000 specs, CPU", specs),
        ]


def _median(who: str, tree: Path, count: int) -> dict[str, float]:
    found = [_measured(who, tree, count) for _ in range(ROUNDS)]
    return {name: statistics.median(item[name] for item in found) for name in found[0]}


def _measured(who: str, tree: Path, count: int) -> dict[str, float]:
    command = [sys.executable, __file__, who, str(tree), str(count)]
    measured: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return measured


def _lint(what: str, folder: Path) -> Row:
    stdspec = shutil.which("stdspec", path=str(Path(sys.executable).parent)) or "stdspec"
    run = partial(cpu_of, [stdspec, "lint", "--no-cache", "--fail-on", "never", str(folder)], folder)
    return Row(what, medians({"stdspec": run}, ROUNDS)["stdspec"], "budget", 4.0, "s", "≤ 1")


def _stdspec(tree: Path) -> Any:
    from stdspec.compose import compose

    return partial(compose, str(tree), "config")


def _hydra(tree: Path) -> Any:
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    initialize_config_dir(str(tree), version_base="1.3")
    return lambda overrides: OmegaConf.to_container(compose("config", overrides), resolve=False)


def _measure(who: str, tree: Path, count: int) -> dict[str, float]:
    """CPU milliseconds of one composition, imports left out, and the peak memory of the process in megabytes."""
    run = {"stdspec": _stdspec, "hydra": _hydra}[who](tree)
    begin = time.process_time()
    for number in range(count):
        run([f"+experiment=e{number}"])
    spent = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"each": spent / count * 1000, "memory": peak}


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(HEAD)
        for row in rows():
            print(row.markdown(), flush=True)

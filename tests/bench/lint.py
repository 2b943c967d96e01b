"""CPU time of `stdspec lint`, from a cold start, against linters that know less: the same file, the same folder.

And against itself: with a cache in which one file is another by now, and with a second process.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import yaml
from timing import Row, cpu_of, medians, wall_of
from trees import write_specs

from stdspec import pipeline, resources
from stdspec.settings import load as load_settings

ROUNDS = 9
ROUNDS_OF_MANY = 3
FLAT, EXPERIMENTS = 1000, 1000
TOOLS = Path(sys.executable).parent
LINT = [str(TOOLS / "stdspec"), "lint"]


def rows() -> list[Row]:
    """One file, the whole shipped `conf/`, and many files; a rival that is not installed is left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_one_and_shipped(folder), *_flat(folder / "flat"), *_experiments(folder / "specs")]


def _one_and_shipped(folder: Path) -> list[Row]:
    spec = folder / "spec.yaml"
    spec.write_text(_spec(0), encoding="utf-8")
    conf = str(resources.conf())
    one = {
        "stdspec": [*LINT, str(spec)],
        "yamllint": [str(TOOLS / "yamllint"), str(spec)],
        "check-jsonschema": _check_jsonschema(str(spec)),
    }
    many = {
        "stdspec": [*LINT, conf],
        "yamllint": [str(TOOLS / "yamllint"), conf],
    }
    lines = f"{len(spec.read_text(encoding='utf-8').splitlines())} lines"
    return [
        *_against(f"lint one file, {lines}", one, folder, {"yamllint": "≤ 1.5", "check-jsonschema": "≤ 0.5"}),
        *_against("lint the shipped conf/", many, folder, {"yamllint": "ours under 1 s"}),
    ]


def _spec(number: int) -> str:
    """The shipped digits experiment in one file that needs no composition, with a name and a seed of its own."""
    composed = pipeline.compose(str(resources.conf()), "config", ["+experiment=digits"], load_settings())
    return yaml.safe_dump({**composed.resolved, "name": f"digits-{number}", "seed": number}, sort_keys=False)


def _check_jsonschema(*files: str) -> list[str]:
    schema = resources.schemas() / "spec.schema.json"
    return [str(TOOLS / "check-jsonschema"), "--schemafile", str(schema), *files]


def _against(
    what: str, commands: dict[str, list[str]], cwd: Path, budgets: dict[str, str], rounds: int = ROUNDS
) -> list[Row]:
    there = {name: command for name, command in commands.items() if shutil.which(command[0])}
    runs: dict[str, Callable[[], float]] = {name: partial(cpu_of, command, cwd) for name, command in there.items()}
    found = medians(runs, rounds)
    return [
        Row(f"{what}, CPU", found["stdspec"], name, found[name], "s", budgets[name])
        for name in found
        if name != "stdspec"
    ]


def _flat(folder: Path) -> list[Row]:
    """Many files that need no composition: what a checker of schemas can read, too. No cache helps."""
    folder.mkdir()
    (folder / "stdspec.toml").touch()
    for number in range(FLAT):
        (folder / f"s{number}.yaml").write_text(_spec(number), encoding="utf-8")
    commands = {
        "stdspec": [*LINT, "--no-cache", "."],
        "check-jsonschema": _check_jsonschema(*(f"s{number}.yaml" for number in range(FLAT))),
    }
    return _against(f"lint {FLAT:,} flat files", commands, folder, {"check-jsonschema": "≤ 0.12"}, 1)


def _experiments(folder: Path) -> list[Row]:
    """Many experiments of one project: all anew, with one of them changed since, and in one process or two."""
    write_specs(folder, EXPERIMENTS)
    leaf, changes = folder / "experiment" / "e7.yaml", count()
    caches = {"STDSPEC_CACHE": str(folder.parent / "cache")}
    alone, both = [*LINT, "--jobs", "1", "."], [*LINT, "--jobs", "2", "."]

    def anew(measure: Callable[..., float], command: list[str]) -> float:
        shutil.rmtree(caches["STDSPEC_CACHE"], ignore_errors=True)
        return measure(command, folder, caches)

    def changed() -> float:
        leaf.write_text(f"{leaf.read_text(encoding='utf-8')}# {next(changes)}\n", encoding="utf-8")
        return cpu_of(alone, folder, caches)

    cpu = {"cold": partial(anew, cpu_of, alone), "warm": changed, "two": partial(anew, cpu_of, both)}
    wall = {"one": partial(anew, wall_of, alone), "two": partial(anew, wall_of, both)}
    seconds, waited = medians(cpu, ROUNDS_OF_MANY), medians(wall, ROUNDS_OF_MANY)
    what = f"lint {EXPERIMENTS:,} experiments"
    return [
        Row(f"{what}, CPU", seconds["cold"], "its budget", 4.0, "s", "≤ 1.0"),
        Row(f"{what}, one changed, CPU", seconds["warm"], "all anew", seconds["cold"], "s", "≤ 0.10"),
        Row(f"{what} in two processes, CPU", seconds["two"], "in one", seconds["cold"], "s", "≤ 1.1"),
        Row(f"{what} in two processes, wall", waited["two"], "in one", waited["one"], "s", "< 1"),
    ]

"""CPU time of `stdspec lint`, from a cold start, against linters that know less: the same file, the same folder."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml
from timing import Row, cpu_of, medians

from stdspec import pipeline, resources
from stdspec.settings import load as load_settings

ROUNDS = 9


def rows() -> list[Row]:
    """One file and the whole shipped `conf/`; a rival that is not installed is left out."""
    tools = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "spec.yaml")
        composed = pipeline.compose(str(resources.conf()), "config", ["+experiment=digits"], load_settings())
        spec.write_text(yaml.safe_dump(dict(composed.resolved), sort_keys=False))
        schema = resources.schemas() / "spec.schema.json"
        conf = str(resources.conf())
        one = {
            "stdspec": [str(tools / "stdspec"), "lint", str(spec)],
            "yamllint": [str(tools / "yamllint"), str(spec)],
            "check-jsonschema": [str(tools / "check-jsonschema"), "--schemafile", str(schema), str(spec)],
        }
        many = {
            "stdspec": [str(tools / "stdspec"), "lint", conf],
            "yamllint": [str(tools / "yamllint"), conf],
        }
        lines = f"{len(spec.read_text().splitlines())} lines"
        return [
            *_against(f"lint one file, {lines}", one, Path(folder), {"yamllint": "≤ 1.5", "check-jsonschema": "≤ 0.5"}),
            *_against("lint the shipped conf/", many, Path(folder), {"yamllint": "ours under 1 s"}),
        ]


def _against(what: str, commands: dict[str, list[str]], cwd: Path, budgets: dict[str, str]) -> list[Row]:
    there = {name: command for name, command in commands.items() if shutil.which(command[0])}
    runs: dict[str, Callable[[], float]] = {name: partial(cpu_of, command, cwd) for name, command in there.items()}
    found = medians(runs, ROUNDS)
    return [
        Row(f"{what}, CPU", found["stdspec"], name, found[name], "s", budgets[name])
        for name in found
        if name != "stdspec"
    ]

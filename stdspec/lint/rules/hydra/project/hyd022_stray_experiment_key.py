"""HYD022: a key that only one experiment has, a typing slip away from a key of everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import ConfigPath, dotted, select
from stdspec.source.edits import respelt
from stdspec.suggest import distance

_SHORT = 4


def check(project: Project) -> Iterator[Spot]:
    """Keys that an experiment adds to a mapping of other files, and that no other file has."""
    for entry, composed in project.compositions:
        if not entry.overrides:
            continue
        for path, chain in composed.origins.items():
            key = path[-1] if path else 0
            if len(chain) > 1 or chain[0].span.file != entry.file or not isinstance(key, str) or len(key) < _SHORT:
                continue
            meant = _meant(composed, path, key, entry.file)
            if meant is not None and project.keys[key] == {entry.file}:
                message = f"no other config has '{dotted(path)}'; did you mean '{meant}'?"
                yield Spot(chain[0].key, message, dotted(path), fix=respelt(chain[0].key, key, meant))


def _meant(composed: Composed, path: ConfigPath, key: str, file: str) -> str | None:
    """The key beside it that was probably meant: one that other files set and this experiment does not."""
    beside = select(composed.value, path[:-1])
    bound = 1 if len(key) < 2 * _SHORT else 2
    for name in beside if isinstance(beside, dict) else ():
        chain = composed.origins.get((*path[:-1], name), ())
        theirs = chain and all(origin.span.file != file for origin in chain)
        if theirs and _letters(name) != _letters(key) and distance(key, str(name), bound) <= bound:
            return str(name)
    return None


def _letters(key: object) -> str:
    """The key without what numbers its like: `layer1` and `layer2` are no slips of each other, nor are plurals."""
    return re.sub(r"[0-9]+", "#", str(key)).removesuffix("s")


RULE = ProjectRule(
    code="HYD022",
    slug="stray-experiment-key",
    summary="An experiment adds a key that no other config has, a slip away from one that exists",
    why="A file may add keys that nothing reads. A misspelt one leaves the value it was meant to change as it was, and "
    "the experiment runs with the wrong setting.",
    check=check,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "optimizer: {learning_rate: 1}",
                "conf/experiment/e.yaml": "# @package _global_\noptimizer: {learning_rate: 2, warmup: 3}",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "net: {layer1: 1}",
                "conf/experiment/e.yaml": "# @package _global_\nnet: {layer2: 2}",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "optimizer: {learning_rate: 1}",
                "conf/experiment/e.yaml": "# @package _global_\noptimizer:\n  learnig_rate: 2\n",
            },
            "conf/experiment/e.yaml:3",
            "no other config has 'optimizer.learnig_rate'; did you mean 'learning_rate'?",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "trainer: {epochs: 1}",
                "conf/experiment/e.yaml": "# @package _global_\ntrianer:\n  epochs: 2\n",
            },
            "conf/experiment/e.yaml:2",
            "no other config has 'trianer'; did you mean 'trainer'?",
        ),
    ),
    fixable="unsafe",
)

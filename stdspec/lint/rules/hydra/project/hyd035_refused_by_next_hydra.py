"""HYD035: what Hydra 1.3 takes in a config file and Hydra 1.4 refuses, apart from `..` in choices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdspec.compose.defaults_list import Item
from stdspec.finding import Severity
from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import ConfigPath, select

_COMPUTED: Final = re.compile(r"\$\{(?!\s*defaults\.\d)\s*(?:\.|[^{}]*:|[^{}]*\$\{)")
_CHDIR: Final[ConfigPath] = ("hydra", "job", "chdir")
_MODE: Final[ConfigPath] = ("hydra", "mode")


def check(project: Project) -> Iterator[Spot]:
    """Backslashes, keywords that exclude each other and resolvers in defaults lists, and two settings of `hydra:`."""
    for file in project.files:
        for item in file.defaults:
            fault = _fault(item)
            if fault is not None and item.span is not None:
                yield Spot(item.span, fault)
        yield from _of_hydra(file)


def _fault(item: Item) -> str | None:
    """What Hydra 1.4 has against an item of a defaults list."""
    options = item.value if isinstance(item.value, tuple) else (item.value or item.path or "",)
    texts = (str(item.group or ""), *options)
    if any("\\" in text for text in texts):
        return "Hydra 1.4 refuses a backslash in a defaults list; write / between folders"
    if item.optional and item.override:
        return "Hydra 1.4 refuses optional and override together; write override alone, for the group is there"
    if any(_COMPUTED.search(text) for text in texts):
        return (
            "Hydra 1.4 fills in nothing but the choice of a group here; write ${group}, or choose on the command line"
        )
    return None


def _of_hydra(file: File) -> Iterator[Spot]:
    chdir, mode = file.mark(_CHDIR), file.mark(_MODE)
    if chdir is not None and _value(file, _CHDIR) is None:
        yield Spot(chdir.value, "Hydra 1.4 refuses null for hydra.job.chdir; write false", "hydra.job.chdir")
    if mode is not None and file.group and _value(file, _MODE) is not None:
        message = "Hydra 1.4 reads hydra.mode from the primary config alone; set it there, or use --multirun"
        yield Spot(mode.value, message, "hydra.mode")


def _value(file: File, path: ConfigPath) -> object:
    return select(file.document.value, path[len(file.package or ()) :])


RULE = ProjectRule(
    code="HYD035",
    slug="refused-by-next-hydra",
    summary="Hydra 1.3 takes what is written here, and Hydra 1.4 refuses it",
    why="An upgrade should not be the day on which configs stop composing. All of this can be written so that both "
    "versions take it: `/` for folders, `override` without `optional`, a choice instead of a resolver such as "
    "`oc.env` in a defaults list, `hydra.mode` in the primary config.",
    check=check,
    severity=Severity.INFO,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, net: '${db}', optional local: b, _self_]\n"
                "hydra: {mode: MULTIRUN, job: {chdir: false}}",
                "conf/db/a.yaml": "x: ${oc.env:HOME}",
                "conf/net/a.yaml": "x: 1",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db@one: a, net: '${db@one}', _self_]",
                "conf/db/a.yaml": "hydra: {mode: 3}",
                "conf/net/a.yaml": "mode: 2",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- db: a\n- _self_\n- optional override db: b\n",
                "conf/db/a.yaml": "x: 1",
                "conf/db/b.yaml": "x: 2",
            },
            "conf/config.yaml:4",
            "Hydra 1.4 refuses optional and override together; write override alone, for the group is there",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- db: ${oc.env:DB,a}\n- _self_\n", "conf/db/a.yaml": "x: 1"},
            "conf/config.yaml:2",
            "Hydra 1.4 fills in nothing but the choice of a group here; write ${group}, or choose on the command line",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- optional db: sub\\a\n- _self_\n", "conf/db/a.yaml": "x: 1"},
            "conf/config.yaml:2",
            "Hydra 1.4 refuses a backslash in a defaults list; write / between folders",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1\nhydra:\n  job:\n    chdir: null\n"},
            "conf/config.yaml:4",
            "Hydra 1.4 refuses null for hydra.job.chdir; write false",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/sweep/wide.yaml": "# @package _global_\nhydra:\n  mode: MULTIRUN\n"},
            "conf/sweep/wide.yaml:3",
            "Hydra 1.4 reads hydra.mode from the primary config alone; set it there, or use --multirun",
        ),
    ),
)

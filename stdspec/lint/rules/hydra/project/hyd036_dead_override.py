"""HYD036: an override that does nothing, since the primary config overrides the same group."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.defaults_list import Item
from stdspec.compose.entries import Entry
from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Overrides in files at the top of a composition, of groups that its primary config overrides otherwise."""
    for entry, composed in project.compositions:
        primary = project.by_path.get(f"{entry.config_dir}/{entry.config_name}.yaml")
        first = dict(_overrides(primary)) if primary else {}
        for path in composed.files if first else ():
            file = project.by_path.get(path)
            if file is None or file is primary or file.package != ():
                continue
            for key, item in _overrides(file):
                other = first.get(key)
                if other is not None and other.value != item.value and item.span is not None:
                    yield Spot(item.span, _message(entry, file, key[0]))


def _overrides(file: File) -> Iterator[tuple[tuple[str, str | None], Item]]:
    """The overrides of a file by group and package, backwards: of two alike the first in the list is the last here."""
    for item in reversed(file.defaults):
        if item.override:
            yield (file.group_of(item), item.package), item


def _message(entry: Entry, file: File, group: str) -> str:
    until = " until Hydra 1.4" if file.path == entry.file and entry.overrides[0].startswith("+") else ""
    return f"{entry.config_name}.yaml overrides {group} as well, and wins{until}; remove one of the two"


RULE = ProjectRule(
    code="HYD036",
    slug="dead-override",
    summary="An override does nothing, since the primary config overrides the same group",
    why="Of two overrides of a group the one nearer to the primary config wins, so that what an experiment chooses is "
    "silently not taken. Where the experiment is added by `+experiment=x`, Hydra 1.4 turns this round. Let the primary "
    "config select the option plainly, `- db: b`, and leave `override` to those who change it.",
    check=check,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: b, _self_]",
                "conf/db/b.yaml": "x: 1",
                "conf/db/c.yaml": "x: 2",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults: [override /db: c]",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_, override db: c]",
                "conf/db/a.yaml": "x: 1",
                "conf/db/c.yaml": "x: 2",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults: [override /db: c]",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_, override db: b]",
                "conf/db/a.yaml": "x: 1",
                "conf/db/b.yaml": "x: 2",
                "conf/db/c.yaml": "x: 3",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override /db: c\n",
            },
            "conf/experiment/e.yaml:3",
            "config.yaml overrides db as well, and wins until Hydra 1.4; remove one of the two",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [debug: on_cpu, _self_, override hydra/job_logging: none]",
                "conf/debug/on_cpu.yaml": "# @package _global_\ndefaults:\n- override /hydra/job_logging: stdout\n",
            },
            "conf/debug/on_cpu.yaml:3",
            "config.yaml overrides hydra/job_logging as well, and wins; remove one of the two",
        ),
    ),
)

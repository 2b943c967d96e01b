"""HYD023: a mapping that a plain value replaces, or the reverse."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import dotted


def check(project: Project) -> Iterator[Spot]:
    """Values that replace a whole mapping, and mappings that replace a value. Null and false switch off, and may.

    A mapping over a value is only noted: nothing gets lost by it, and many programs take a number or a schedule.
    """
    for path, new, old in project.beaten:
        if isinstance(new.value, dict) and _plain(old.value):
            message = f"{dotted(path)} is a mapping here and a plain value below it; write one kind"
            yield Spot(new.key, message, dotted(path), note=True)
        elif _plain(new.value) and isinstance(old.value, dict) and old.value:
            message = f"this value replaces the whole mapping {dotted(path)}; set a key of it, or null to switch it off"
            yield Spot(new.span, message, dotted(path))


def _plain(value: object) -> bool:
    """A number, or a text that stands for itself."""
    if isinstance(value, str):
        return bool(value) and "${" not in value and value != "???"
    return value is True or (isinstance(value, int | float) and not isinstance(value, bool))


RULE = ProjectRule(
    code="HYD023",
    slug="changed-kind",
    summary="A plain value replaces a mapping, or a mapping a plain value",
    why="What reads the config expects one kind. A text over a mapping drops all its keys without a word, often "
    "because a group's option was meant: `override /optimizer: adam` and not `optimizer: adam`.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "defaults: [db: a, _self_]\ndb: {x: 2}", "conf/db/a.yaml": "x: 1"}),
        ProjectCase({"conf/config.yaml": "defaults: [db: a, _self_]\ndb: null", "conf/db/a.yaml": "x: 1"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "defaults: [db: a, _self_]\ndb: mysql", "conf/db/a.yaml": "x: 1"},
            "conf/config.yaml:2",
            "this value replaces the whole mapping db; set a key of it, or null to switch it off",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "size: 3",
                "conf/experiment/e.yaml": "# @package _global_\nsize: {width: 3}",
            },
            "conf/experiment/e.yaml:2",
            "size is a mapping here and a plain value below it; write one kind",
        ),
    ),
)

"""HYD019: an `override` that stands before a selection in its defaults list."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.finding import Severity
from stdspec.lint.defaults_edits import moved_behind
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Overrides that a selection follows; `_self_` may follow one."""
    for file in project.with_defaults():
        last = max(
            (n for n, item in enumerate(file.defaults) if not item.override and item.path != "_self_"), default=-1
        )
        early = [item for item in file.defaults[: last + 1] if item.override and item.span is not None]
        if early and early[-1].span is not None:
            indices = [index for index, item in enumerate(file.defaults[: last + 1]) if item in early]
            message = f"'override {early[-1].group}' stands before a selection; move overrides to the end of the list"
            yield Spot(early[-1].span, message, fix=moved_behind(file, indices, last))


RULE = ProjectRule(
    code="HYD019",
    slug="early-override",
    summary="An `override` stands before a selection in its defaults list",
    why="Overrides belong at the end of a defaults list, so that every group exists before its choice is changed. "
    "Hydra refuses any other order.",
    check=check,
    severity=Severity.ERROR,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_, override db: b]",
                "conf/db/a.yaml": "x: 1",
                "conf/db/b.yaml": "x: 2",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, override db: b, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/db/b.yaml": "x: 2",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- override db: b\n- db: a\n",
                "conf/db/a.yaml": "x: 1",
                "conf/db/b.yaml": "x: 2",
            },
            "conf/config.yaml:2",
            "'override db' stands before a selection; move overrides to the end of the list",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/log/a.yaml": "x: 2",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override /db: a\n- /log: a\n",
            },
            "conf/experiment/e.yaml:3",
            "'override /db' stands before a selection; move overrides to the end of the list",
        ),
    ),
    fixable="safe",
)

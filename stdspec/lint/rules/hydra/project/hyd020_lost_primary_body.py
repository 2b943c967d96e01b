"""HYD020: a primary config whose own values are lost as soon as a group is added to it."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.defaults_edits import self_before
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Primary configs with values of their own and nothing but overrides in the defaults list."""
    for file in project.with_defaults():
        items = file.defaults
        if file.path in project.primaries and items and all(item.override for item in items) and file.body:
            span = file.document.marks["defaults",].key
            message = (
                "with +group=option on the command line Hydra drops the values of this file; add _self_ to the list"
            )
            yield Spot(span, message, "defaults", fix=self_before(file, 0))


RULE = ProjectRule(
    code="HYD020",
    slug="lost-primary-body",
    summary="The values of a primary config are lost as soon as a group is added",
    why="Hydra puts `_self_` at the end of a defaults list that selects something. A list of overrides alone gets "
    "none, and with `+experiment=x` the file's own values silently do not take part.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "defaults: [_self_, override hydra/job_logging: none]\na: 1"}),
        ProjectCase({"conf/config.yaml": "defaults: [db: a]\na: 1", "conf/db/a.yaml": "x: 1"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "a: 1\ndefaults:\n- override hydra/job_logging: none\n"},
            "conf/config.yaml:2",
            "with +group=option on the command line Hydra drops the values of this file; add _self_ to the list",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- override hydra/hydra_logging: none\nb: 1\n",
                "conf/experiment/e.yaml": "# @package _global_\na: 2",
            },
            "conf/config.yaml:1",
            "with +group=option on the command line Hydra drops the values of this file; add _self_ to the list",
        ),
    ),
    fixable="safe",
)

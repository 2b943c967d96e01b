"""HYD018: a defaults list that overrides the same group twice."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Overrides of a group and package that the same list has overridden before."""
    for file in project.with_defaults():
        seen: dict[tuple[str, str | None], object] = {}
        for item in file.defaults:
            if not item.override or item.span is None:
                continue
            key = (file.group_of(item), item.package)
            if key in seen:
                yield Spot(
                    item.span,
                    f"{key[0]} is overridden twice in this list, and {seen[key]} wins until Hydra 1.4; keep one",
                )
            else:
                seen[key] = item.value


RULE = ProjectRule(
    code="HYD018",
    slug="repeated-override",
    summary="A defaults list overrides the same group twice",
    why="The first of two overrides wins, against the habit that later lines win. The second is dead and says nothing "
    "about it. In Hydra 1.4 it is the other way round, so that an upgrade changes the experiment without a word.",
    check=check,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [model: a, _self_]",
                "conf/model/a.yaml": "x: 1",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults: [override /model: a]",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [model@one: a, model@two: a, _self_]",
                "conf/model/a.yaml": "x: 1",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults: [override /model@one: a, override "
                "/model@two: a]",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [model: a, _self_]",
                "conf/model/a.yaml": "x: 1",
                "conf/model/b.yaml": "x: 2",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override /model: a\n"
                "- override /model: b\n",
            },
            "conf/experiment/e.yaml:4",
            "model is overridden twice in this list, and a wins until Hydra 1.4; keep one",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- model: a\n- _self_\n- override model: b\n- override model: a\n",
                "conf/model/a.yaml": "x: 1",
                "conf/model/b.yaml": "x: 2",
            },
            "conf/config.yaml:5",
            "model is overridden twice in this list, and b wins until Hydra 1.4; keep one",
        ),
    ),
)

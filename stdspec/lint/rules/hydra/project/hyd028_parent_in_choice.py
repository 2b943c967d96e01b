"""HYD028: a choice that climbs out of its group with `..`."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Options and paths of defaults lists with a part `..`."""
    for file in project.with_defaults():
        for item in file.defaults:
            options = item.value if isinstance(item.value, tuple) else (item.value or item.path or "",)
            climbing = next((text for text in (item.group or "", *options) if ".." in text.split("/")), None)
            if climbing is not None and item.span is not None:
                fact = f"'{climbing}' climbs out of its group, which Hydra 1.4 refuses"
                yield Spot(item.span, f"{fact}; name the group from the root")


RULE = ProjectRule(
    code="HYD028",
    slug="parent-in-choice",
    summary="A choice climbs out of its group with `..`",
    why="Hydra 1.3 follows `..` in a choice, out of the group and out of the config folder, past what anybody reviews. "
    "Later versions refuse it. An absolute group such as `/model` says the same and stays inside.",
    check=check,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "defaults: [/net/b]",
                "conf/net/b.yaml": "x: 1",
            }
        ),
        ProjectCase({"conf/config.yaml": "defaults: [db: a..b]", "conf/db/a..b.yaml": "x: 1"}),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- db: ../net/b\n- _self_\n",
                "conf/db/a.yaml": "x: 1",
                "conf/net/b.yaml": "x: 1",
            },
            "conf/config.yaml:2",
            "'../net/b' climbs out of its group, which Hydra 1.4 refuses; name the group from the root",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "defaults:\n- ../net: b\n",
                "conf/net/b.yaml": "x: 1",
            },
            "conf/db/a.yaml:2",
            "'../net' climbs out of its group, which Hydra 1.4 refuses; name the group from the root",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "defaults:\n- ../net/b\n",
                "conf/net/b.yaml": "x: 1",
            },
            "conf/db/a.yaml:2",
            "'../net/b' climbs out of its group, which Hydra 1.4 refuses; name the group from the root",
        ),
    ),
)

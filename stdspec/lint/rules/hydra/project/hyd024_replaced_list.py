"""HYD024: a list of several parts that a single other part replaces."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.finding import Severity
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import dotted

_SEVERAL = 2


def check(project: Project) -> Iterator[Spot]:
    """Lists with one new mapping that take the place of lists of mappings which have it not."""
    for path, new, old in project.beaten:
        one, many = new.value, old.value
        if not (isinstance(one, list) and isinstance(many, list) and len(one) == 1 and len(many) >= _SEVERAL):
            continue
        if all(isinstance(item, dict) for item in (*one, *many)) and one[0] not in many:
            message = f"this list replaces the {len(many)} items of {dotted(path)}; repeat those that are to stay"
            yield Spot(new.span, message, dotted(path))


RULE = ProjectRule(
    code="HYD024",
    slug="replaced-list",
    summary="A list with one part replaces a list of several others",
    why="Hydra merges mappings and replaces lists. One callback or transform written to be added is then the only one "
    "left. Repeat the others, or keep such things in a mapping with a name each.",
    check=check,
    severity=Severity.INFO,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "steps: [{a: 1}, {b: 2}]",
                "conf/experiment/e.yaml": "# @package _global_\nsteps: [{a: 1}, {b: 2}, {c: 3}]",
            }
        ),
        ProjectCase({"conf/config.yaml": "sizes: [1, 2]", "conf/experiment/e.yaml": "# @package _global_\nsizes: [3]"}),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "steps: [{a: 1}, {b: 2}]",
                "conf/experiment/e.yaml": "# @package _global_\nsteps: [{c: 3}]",
            },
            "conf/experiment/e.yaml:2",
            "this list replaces the 2 items of steps; repeat those that are to stay",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [t: a, _self_]\nt:\n  ops: [{crop: 1}]",
                "conf/t/a.yaml": "ops: [{flip: 1}, {turn: 2}, {blur: 3}]",
            },
            "conf/config.yaml:3",
            "this list replaces the 3 items of t.ops; repeat those that are to stay",
        ),
    ),
)

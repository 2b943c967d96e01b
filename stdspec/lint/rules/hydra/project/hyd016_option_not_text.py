"""HYD016: an option of a defaults list that YAML reads as a number or a truth value."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.finding import Severity
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.source.edits import quoted


def check(project: Project) -> Iterator[Spot]:
    """Options that are numbers or truth values."""
    for file in project.with_defaults():
        for index, item in enumerate(file.entries):
            for key, value in item.items() if isinstance(item, dict) and len(item) == 1 else ():
                if isinstance(value, bool | int | float):
                    kind = "a truth value" if isinstance(value, bool) else "a number"
                    fix = quoted(file.document.marks["defaults", index, key].value)
                    yield Spot(file.span(index), f"the option of {key} is read as {kind}; quote it", fix=fix)


RULE = ProjectRule(
    code="HYD016",
    slug="option-not-text",
    summary="An option of a defaults list is read as a number or a truth value",
    why="An option is the name of a file. `resnet: 50` or `debug: on` is no text for YAML, and Hydra refuses the whole "
    "composition. Quote it: `resnet: '50'`.",
    check=check,
    severity=Severity.ERROR,
    good=(
        ProjectCase({"conf/config.yaml": "defaults: [net: '50', _self_]", "conf/net/50.yaml": "x: 1"}),
        ProjectCase({"conf/config.yaml": "defaults: [net: null, _self_]", "conf/net/50.yaml": "x: 1"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- net: 50\n- _self_\n", "conf/net/50.yaml": "x: 1"},
            "conf/config.yaml:2",
            "the option of net is read as a number; quote it",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- _self_\n- debug: on\n", "conf/debug/on.yaml": "x: 1"},
            "conf/config.yaml:3",
            "the option of debug is read as a truth value; quote it",
        ),
    ),
    fixable="safe",
)

"""HYD025: a config file whose name Hydra does not look for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stdspec.finding import Span
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Files that end in `.yml` in a group that has YAML files, or that a defaults list selects from."""
    groups = {(file.root, file.group) for file in project.files if file.root and file.group}
    groups |= {
        (file.root, file.group_of(item)) for file in project.with_defaults() for item in file.defaults if item.group
    }
    for root, group in sorted(groups):
        for path in sorted(Path(root, group).glob("*.yml")) if root else ():
            if not path.name.startswith(".") and not path.with_suffix(".yaml").exists():
                span = Span(str(path), 1, 1, 1, 1)
                yield Spot(span, f"Hydra does not find {path.name}; name it {path.stem}.yaml")


RULE = ProjectRule(
    code="HYD025",
    slug="unread-file",
    summary="A config file ends in `.yml`, and Hydra looks for `.yaml`",
    why="Hydra finds options by their names with `.yaml` alone. A file that ends in `.yml` among them cannot be "
    "selected, and its content is never read.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "a: 1", "conf/db/a.yaml": "x: 1"}),
        ProjectCase({"conf/config.yaml": "a: 1", "conf/compose.yml": "services: {}", "workflows/ci.yml": "on: push"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/db/a.yaml": "x: 1", "conf/db/b.yml": "x: 2"},
            "conf/db/b.yml:1",
            "Hydra does not find b.yml; name it b.yaml",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults: [net: small, _self_]", "conf/net/small.yml": "x: 2"},
            "conf/net/small.yml:1",
            "Hydra does not find small.yml; name it small.yaml",
        ),
    ),
)

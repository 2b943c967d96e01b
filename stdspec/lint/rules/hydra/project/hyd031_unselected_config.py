"""HYD031: a group, or a config beside the groups, that nothing in the project selects."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.entries import PRIMARY
from stdspec.finding import Severity
from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Groups that no defaults list, experiment or program names, the topmost alone, and configs that none of them does.

    Nothing is said where no code is seen, or where it registers configs, for then others may name any.
    """
    candidates = list(_candidates(project))
    if not candidates or project.may_register:
        return
    words = project.programs().words
    for file, top in candidates:
        if not top and file.name not in words:
            message = "only --config-name reaches this config; name it in a defaults list or a program, or remove it"
            yield Spot(file.start, message)
        elif top and top not in words:
            message = f"only +{top}=… selects from this group; add '{top}: null' to a defaults list to show it"
            yield Spot(file.start, message)


def _candidates(project: Project) -> Iterator[tuple[File, str]]:
    """Files that no composition reads and no config names, the first of each group, with its topmost folder."""
    roots = project.grouped_roots & {entry.config_dir for entry, _ in project.compositions}
    reached = project.composed_files | project.primaries
    named = {root: _named(project, root) for root in roots}
    seen: set[tuple[str, str]] = set()
    for file in project.files:
        if file.root not in roots or file.path in reached:
            continue
        top = file.group.split("/")[0]
        names = named[file.root]
        if not top and file.name not in names and not file.entries:
            yield file, ""
        elif top and (file.root, top) not in seen:
            seen.add((file.root, top))
            if not _is_named(top, names) and not _stands_alone(project, file.root, top):
                yield file, top


def _named(project: Project, root: str) -> set[str]:
    """Every group and config of a root that a defaults list of its files or an entry point names."""
    found = {"hydra"}
    for file in project.with_defaults():
        for item in file.defaults if file.root == root else ():
            group = file.group_of(item)
            options = item.value if isinstance(item.value, tuple) else (item.value or item.path or "",)
            found |= {group, *(option.strip("/") for option in options)}
            found |= {"/".join((group, option)).rpartition("/")[0] for option in options}
    for entry, _ in project.compositions:
        found |= {text.lstrip("+").partition("=")[0] for text in entry.overrides if entry.config_dir == root}
    return found


def _is_named(group: str, names: set[str]) -> bool:
    return any(name == group or name.startswith(f"{group}/") for name in names)


def _stands_alone(project: Project, root: str, group: str) -> bool:
    """Whether its configs are entry points: all go to the top, over the primary, or one is a primary by its name."""
    folder = f"{root}/{group}/"
    if any(file.path.startswith(f"{folder}{PRIMARY}") for file in project.files):
        return True
    return all(
        file.document.header.get("package") == "_global_" for file in project.files if file.path.startswith(folder)
    )


RULE = ProjectRule(
    code="HYD031",
    slug="unselected-config",
    summary="Nothing in the project selects a group, or a config beside the groups",
    why="A group that no defaults list names is reached by `+group=option` alone, which the configs do not tell: "
    "`--help` does not tell what is chosen, and a rename breaks it unseen. `group: null` in the defaults list of the "
    "primary config says that it is there to be chosen. A config that nothing names may be a leftover.",
    check=check,
    severity=Severity.INFO,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, debug: null, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/debug/on.yaml": "x: 1",
                "conf/ablation/one.yaml": "# @package _global_\ndb: {x: 2}",
                "main.py": "import hydra\n",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/extra/b.yaml": "x: 1",
                "conf/serve.yaml": "x: 1",
                "main.py": "from hydra import compose\ncompose('serve', overrides=['+extra=b'])\n",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/cache/disk.yaml": "x: 1",
                "conf/cache/memory.yaml": "x: 2",
                "main.py": "import hydra\n",
            },
            "conf/cache/disk.yaml:1",
            "only +cache=… selects from this group; add 'cache: null' to a defaults list to show it",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/old.yaml": "x: 1",
                "main.py": "import hydra\n",
            },
            "conf/old.yaml:1",
            "only --config-name reaches this config; name it in a defaults list or a program, or remove it",
        ),
    ),
)

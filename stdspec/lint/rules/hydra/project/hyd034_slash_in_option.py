"""HYD034: an option of a defaults list with a folder in it, whose values Hydra 1.4 puts elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.defaults_list import Item
from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.source import edits


def check(project: Project) -> Iterator[Spot]:
    """Options `folder/name`, unless the config says itself where it goes and looks for nothing beside it."""
    selected = {
        f"{file.root}/{file.group_of(item)}/{item.value}".rpartition("/")[0]
        for file in project.with_defaults()
        for item in file.defaults
        if not item.override and isinstance(item.value, str)
    }
    for file in project.with_defaults():
        for item in file.defaults:
            option = item.value
            if item.span is None or not isinstance(option, str) or not _has_folder(option):
                continue
            whole, _, name = f"{file.group_of(item)}/{option}".rpartition("/")
            if item.override and f"{file.root}/{whole}" not in selected:
                fact = f"Hydra 1.4 looks for a choice of the group {whole} to override"
                yield Spot(item.span, f"{fact}; move {name} up a folder, or select and override '{whole}@…'")
            elif item.override or _changes(project, file, item, option):
                written = _instead(item, option)
                alike = not _is_relative(_selected(project, file, item, option))
                fix = edits.replaced(item.span, _as_written(item, option), written) if alike else ()
                yield Spot(item.span, f"Hydra 1.4 takes this for the group {whole}; write '{written}'", fix=fix)


def _instead(item: Item, option: str) -> str:
    """The same selection for both versions: with the folder in the group, and the package that it had."""
    group, _, name = f"{item.group}/{option}".rpartition("/")
    package = item.package or str(item.group).strip("/").replace("/", ".")
    return f"{_words(item)}{group}@{package}: {name}"


def _as_written(item: Item, option: str) -> str:
    """The selection as people write it: without quotes, with one space each."""
    return f"{_words(item)}{item.group}{f'@{item.package}' if item.package else ''}: {option}"


def _words(item: Item) -> str:
    return "".join(f"{word} " for word, said in (("optional", item.optional), ("override", item.override)) if said)


def _has_folder(option: str) -> bool:
    return "/" in option.strip("/") and "${" not in option and ".." not in option.split("/")


def _changes(project: Project, file: File, item: Item, option: str) -> bool:
    """Whether the values of the selected config go elsewhere, or its own defaults list finds other configs."""
    found = _selected(project, file, item, option)
    if found is None:
        return False
    return (item.package is None and "package" not in found.document.header) or _is_relative(found)


def _selected(project: Project, file: File, item: Item, option: str) -> File | None:
    return project.by_path.get(f"{file.root}/{file.group_of(item)}/{option}.yaml")


def _is_relative(selected: File | None) -> bool:
    """Whether a config selects others by where it lies, so that another group for it means others."""
    items = selected.defaults if selected is not None else ()
    return any(not str(below.group or below.path).startswith(("/", "_self_")) for below in items)


RULE = ProjectRule(
    code="HYD034",
    slug="slash-in-option",
    summary="An option has a folder in it, and Hydra 1.4 puts its values elsewhere",
    why="Hydra 1.3 takes `db: sub/mysql` for an option of `db` and puts its values there. Hydra 1.4 takes it for the "
    "option `mysql` of the group `db/sub`: the values go to `db.sub`, its own defaults list is read from that folder, "
    "and `db=…` on the command line no longer replaces it. `db/sub@db: mysql` means the same in both.",
    check=check,
    good=(
        ProjectCase(
            {"conf/config.yaml": "defaults: [db/sub@db: mysql, _self_]", "conf/db/sub/mysql.yaml": "x: 1"},
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [experiment: nets/small, _self_]",
                "conf/experiment/nets/small.yaml": "# @package _global_\ndefaults: [_self_]\nx: 1",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- db: sub/mysql\n- _self_\n", "conf/db/sub/mysql.yaml": "x: 1"},
            "conf/config.yaml:2",
            "Hydra 1.4 takes this for the group db/sub; write 'db/sub@db: mysql'",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, _self_]",
                "conf/db/a.yaml": "x: 1",
                "conf/db/sub/b.yaml": "x: 2",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override /db: sub/b\n",
            },
            "conf/experiment/e.yaml:3",
            "Hydra 1.4 looks for a choice of the group db/sub to override; move b up a folder, or select and override "
            "'db/sub@…'",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db/sub@db: a, _self_]",
                "conf/db/sub/a.yaml": "x: 1",
                "conf/db/sub/b.yaml": "x: 2",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override /db: sub/b\n",
            },
            "conf/experiment/e.yaml:3",
            "Hydra 1.4 takes this for the group db/sub; write 'override /db/sub@db: b'",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- /db@store: sub/b\n- _self_\n",
                "conf/db/base.yaml": "y: 1",
                "conf/db/sub/b.yaml": "defaults: [base]\nx: 2",
            },
            "conf/config.yaml:2",
            "Hydra 1.4 takes this for the group db/sub; write '/db/sub@store: b'",
        ),
    ),
    fixable="unsafe",
)

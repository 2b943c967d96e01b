"""HYD029: an item of a defaults list that selects what is not there."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.defaults_list import Item
from stdspec.finding import Severity
from stdspec.lint.config_file import File, has_group, has_option, options_of
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import MISSING, select
from stdspec.source.edits import respelt, respelt_within
from stdspec.suggest import distance, nearest

_SEARCH_PATH = ("hydra", "searchpath")


def check(project: Project) -> Iterator[Spot]:
    """Options that their group has not, and groups that exist only at the root; nothing under a search path."""
    if any(select(file.document.value, _SEARCH_PATH) is not MISSING for file in project.files if file.root):
        return
    for file in project.with_defaults():
        for item in file.defaults:
            group = file.group_of(item)
            if file.root and not item.optional and not group.startswith("hydra"):
                yield from (
                    _of_path(project, file, item, group) if item.group is None else _of_item(project, file, item, group)
                )


def _of_path(project: Project, file: File, item: Item, group: str) -> Iterator[Spot]:
    """A config selected without a group; one like no other may be registered in code."""
    name = (item.path or "").rpartition("/")[2]
    if item.span is None or name == "_self_" or "${" in name or has_option(file, group, name):
        return
    meant = nearest(name, (option for option in options_of(file, group) if not _is(file, group, option)))
    if meant is not None and distance(name, "_self_", 2) > 2:
        message = f"there is no config '{item.path}'; did you mean {meant}?"
        fix = respelt(item.span, item.path, str(item.path).removesuffix(name) + meant)
        yield Spot(item.span, message, note=project.programs().registers, fix=fix)


def _is(file: File, group: str, option: str) -> bool:
    return file.path == "/".join(part for part in (file.root, group, f"{option}.yaml") if part)


def _of_item(project: Project, file: File, item: Item, group: str) -> Iterator[Spot]:
    if item.span is None:
        return
    written = str(item.group)
    if not has_group(file.root, group):
        if not written.startswith("/") and file.group and has_group(file.root, written):
            at = item.group_span or item.span
            fix = respelt_within(at, written, f"/{written}") if item.override or not _chosen(project, written) else ()
            yield Spot(at, f"there is no group '{group}' below {file.group}; write /{written}", fix=fix)
        return
    options = options_of(file, group)
    for option in item.value if isinstance(item.value, tuple) else (item.value,):
        if option is None or option in ("???", "_self_") or "${" in option or not options:
            continue
        if not has_option(file, group, option):
            meant = nearest(option, options)
            remedy = f"did you mean {meant}?" if meant else f"its options are {', '.join(options[:8])}"
            note = project.programs().registers or not (meant or project.programs().seen)
            at = item.option_span or item.span
            fix = respelt(at, option, meant)
            yield Spot(at, f"the group {group} has no option '{option}'; {remedy}", note=note, fix=fix)


def _chosen(project: Project, group: str) -> bool:
    """Whether any defaults list chooses from a group, so that another choice would have to override that one."""
    items = ((file.group_of(item), item) for file in project.with_defaults() for item in file.defaults)
    return any(at == group and item.group is not None and not item.override for at, item in items)


RULE = ProjectRule(
    code="HYD029",
    slug="broken-default",
    summary="A defaults list selects what is not there",
    why="Hydra refuses a composition that selects an option which no file holds. In a file that no entry point selects "
    "today the fault waits for the first who does. Inside a group, a group is looked for below it unless it begins "
    "with `/`.",
    check=check,
    severity=Severity.ERROR,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [net: small, optional local: mine, _self_]",
                "conf/net/small.yaml": "x: 1",
                "conf/debug/on.yaml": "defaults: [/net: small]",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [net: '${size}_net', size: small, _self_]",
                "conf/net/small_net.yaml": "x: 1",
                "conf/size/small.yaml": "x: 1",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [net: small, _self_]",
                "conf/net/small.yaml": "x: 1",
                "conf/debug/on.yaml": "defaults:\n- /net: smal\n",
            },
            "conf/debug/on.yaml:2",
            "the group net has no option 'smal'; did you mean small?",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [net: small, _self_]",
                "conf/net/small.yaml": "x: 1",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override net: small\n",
            },
            "conf/experiment/e.yaml:3",
            "there is no group 'experiment/net' below experiment; write /net",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [_self_, debug: null]",
                "conf/debug/default.yaml": "x: 1",
                "conf/debug/fast.yaml": "defaults:\n- defualt\n- _self_\n",
            },
            "conf/debug/fast.yaml:2",
            "there is no config 'defualt'; did you mean default?",
        ),
    ),
    fixable="unsafe",
)

"""HYD032: a group or an option whose name cannot be written where it has to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot

_GROUP: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_/\-\\+.$%*@?|: ]+")
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:0|[1-9](?:_?\d)*)(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?|[+-]?(?:inf|nan)",
    re.IGNORECASE,
)
_WORDS: Final = frozenset(("true", "false", "null"))


def check(project: Project) -> Iterator[Spot]:
    """Folders that are no names of groups, once each, and options that an override takes only in quotes."""
    told: set[tuple[str, str]] = set()
    for file in project.files:
        if file.root not in project.grouped_roots:
            continue
        bad = next((part for part in file.group.split("/") if file.group and not _GROUP.fullmatch(part)), None)
        if bad is None:
            yield from _of_option(file)
        elif (file.root, file.group) not in told:
            told.add((file.root, file.group))
            message = (
                f"no override can name the group '{file.group}'; rename {bad} to a word of letters, digits, _ and -"
            )
            yield Spot(file.start, message)


def _of_option(file: File) -> Iterator[Spot]:
    name = file.name
    if not file.group:
        if "@" in name:
            yield Spot(file.start, f"a defaults list reads '{name}' as a config and a package; rename it without @")
        return
    if '"' in name and "'" in name:
        yield Spot(file.start, f"no override can name the option {name}; rename it without quotes")
        return
    reason = _reason(name)
    if reason is not None:
        quoted = f"""'{file.group}="{name}"'""" if '"' not in name else f"""{file.group}='{name}'"""
        message = f"on the command line {file.group}={name} {reason}; rename it, or write {quoted}"
        yield Spot(file.start, message, note=True)


def _reason(name: str) -> str | None:
    """What is wrong with an option in an override without quotes."""
    if name.lower() in _WORDS or _NUMBER.fullmatch(name):
        return "is no text"
    if "," in name:
        return "is read as several options"
    return None if _PLAIN.fullmatch(name) and name == name.strip() else "is refused"


RULE = ProjectRule(
    code="HYD032",
    slug="unwritable-name",
    summary="The name of a group or an option cannot be written where it has to be",
    why="Groups and options are named in defaults lists and on the command line, and both have a grammar: a space "
    "separates keywords, `@` a package, `,` the options of a sweep, and `50` is a number. Hydra finds such a file and "
    "refuses or misreads those who ask for it.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "defaults: [net: res-50, _self_]", "conf/net/res-50.yaml": "x: 1"}),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [net: small.v2, _self_]",
                "conf/net/small.v2.yaml": "",
                "docs/a b/c.yaml": "x: 1",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [net: a, _self_]",
                "conf/net/a.yaml": "x: 1",
                "conf/my nets/b.yaml": "x: 1",
            },
            "conf/my nets/b.yaml:1",
            "no override can name the group 'my nets'; rename my nets to a word of letters, digits, _ and -",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults: [net: '50', _self_]", "conf/net/50.yaml": "x: 1"},
            "conf/net/50.yaml:1",
            "on the command line net=50 is no text; rename it, or write 'net=\"50\"'",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults: [net: a, _self_]", "conf/net/a.yaml": "x: 1", "conf/net/b,c.yaml": "x: 1"},
            "conf/net/b,c.yaml:1",
            "on the command line net=b,c is read as several options; rename it, or write 'net=\"b,c\"'",
        ),
    ),
)

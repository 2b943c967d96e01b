"""HYD015: a word of a defaults list that is nearly `override`, `optional` or `_self_`."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import is_file
from stdspec.source.edits import replaced
from stdspec.suggest import distance

_KEYWORDS = ("override", "optional")


def check(project: Project) -> Iterator[Spot]:
    """Keywords before a group that do not exist, and bare items one or two slips away from `_self_`."""
    for file in project.with_defaults():
        for index, item in enumerate(file.entries):
            if isinstance(item, dict):
                for key in item:
                    yield from _words(file, index, str(key))
            elif isinstance(item, str) and _is_self(item) and not _exists(file, item):
                fix = replaced(file.span(index), item, "_self_") if "@" not in item else ()
                yield Spot(file.span(index), f"'{item}' is no config here; did you mean _self_?", fix=fix)


def _words(file: File, index: int, key: str) -> Iterator[Spot]:
    *words, group = key.split(" ")
    for word in words:
        if word and word not in _KEYWORDS:
            near = next((known for known in _KEYWORDS if distance(word.lower(), known, 3) <= 3), None)
            remedy = f"did you mean {near}?" if near else f"write '{group}' alone, or override or optional before it"
            mark = file.document.marks["defaults", index, key]
            fix = replaced(mark.key, key, key.replace(f"{word} ", f"{near} ", 1)) if near else ()
            yield Spot(file.span(index), f"Hydra knows no '{word}' before a group; {remedy}", fix=fix)


def _is_self(item: str) -> bool:
    return item != "_self_" and (item in ("self", "_self", "self_", "__self__") or distance(item, "_self_", 2) <= 2)


def _exists(file: File, item: str) -> bool:
    return is_file(f"{file.root}/{file.group}/{item}.yaml")


RULE = ProjectRule(
    code="HYD015",
    slug="misspelt-default-keyword",
    summary="A word of a defaults list is nearly a keyword",
    why="Hydra passes over a word it does not know before a group: `overide /model: x` then selects a second model "
    "instead of changing the first. Hydra 1.4 refuses it. A misspelt `_self_` is looked for as a config file.",
    check=check,
    good=(
        ProjectCase(
            {"conf/config.yaml": "defaults: [model: a, optional local: b, _self_]", "conf/model/a.yaml": "x: 1"}
        ),
        ProjectCase({"conf/config.yaml": "defaults: [_shelf_]", "conf/_shelf_.yaml": "x: 1"}),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- model: a\n- _slef_\n",
                "conf/model/a.yaml": "x: 1",
            },
            "conf/config.yaml:3",
            "'_slef_' is no config here; did you mean _self_?",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- _self_\n- model: a\n",
                "conf/model/a.yaml": "x: 1",
                "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- overide /model: a\n",
            },
            "conf/experiment/e.yaml:3",
            "Hydra knows no 'overide' before a group; did you mean override?",
        ),
    ),
    fixable="safe",
)

"""HYD037: a form of defaults list that Hydra has not taken since version base 1.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdspec.lint.config_file import File
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.source.edits import Edits, replaced

_INDEXED: Final = re.compile(r"\$\{\s*defaults\.\d+\.([^{}]*?)\s*\}")
_CHOSEN: Final = frozenset(
    ("output", "launcher", "sweeper", "help", "hydra_help", "hydra_logging", "job_logging", "callbacks", "env")
)
"""The groups below `hydra` from which Hydra has chosen already."""


def check(project: Project) -> Iterator[Spot]:
    """`optional: true` beside a group, a choice looked up by its number, and Hydra's groups without `override`."""
    for file in project.with_defaults():
        for index, item in enumerate(file.entries):
            fault = _fault(file, item)
            if fault is not None:
                yield Spot(file.span(index), fault, fix=_fix(file, index, item))


def _fault(file: File, item: object) -> str | None:
    if isinstance(item, str):
        return _of_text(item)
    if not isinstance(item, dict) or not item:
        return None
    group, option = next((str(key), value) for key, value in (*item.items(), ("", None)) if key != "optional")
    if len(item) > 1 and "optional" in item:
        return f"Hydra takes no 'optional' beside a group since 1.2; write 'optional {group}: {option}'"
    above, _, name = group.removeprefix("/").rpartition("/")
    absolute = group.startswith("/") or not file.group
    if above == "hydra" and absolute and name in _CHOSEN and not file.group.startswith("hydra"):
        return f"Hydra has chosen from {above}/{name} already; write 'override {group}: {option}'"
    return _of_text(option) if isinstance(option, str) else None


def _fix(file: File, index: int, item: object) -> Edits:
    """The new form, where the item is one text or one `group: option` in one line."""
    span = file.span(index)
    if isinstance(item, str):
        return replaced(span, item, _INDEXED.sub(r"${\1}", item))
    if not isinstance(item, dict) or len(item) != 1:
        return ()
    ((group, option),) = item.items()
    mark = file.document.marks["defaults", index, group]
    if isinstance(option, str) and _of_text(option):
        return replaced(mark.value, option, _INDEXED.sub(r"${\1}", option))
    return replaced(mark.key, str(group), f"override {group}")


def _of_text(option: str) -> str | None:
    found = _INDEXED.search(option)
    return f"Hydra counts no items of a defaults list since 1.2; write ${{{found[1]}}}" if found else None


RULE = ProjectRule(
    code="HYD037",
    slug="removed-form",
    summary="A defaults list is written in a form that Hydra has not taken since version base 1.2",
    why="Programs with `version_base='1.1'`, or none, still compose such lists and warn. With a later one Hydra "
    "refuses them, and Hydra 1.4 has no 1.1 any more. The new forms mean the same in every version from 1.1 on.",
    check=check,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [optional db: a, net: '${db}', override hydra/job_logging: none]",
                "conf/db/a.yaml": "x: 1",
                "conf/net/a.yaml": "x: 1",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [hydra: ours, hydra/job_logging@log: none, _self_]",
                "conf/hydra/ours.yaml": "run: {dir: out}",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- db: a\n  optional: true\n- _self_\n",
                "conf/db/a.yaml": "x: 1",
            },
            "conf/config.yaml:2",
            "Hydra takes no 'optional' beside a group since 1.2; write 'optional db: a'",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults:\n- db: a\n- net: ${defaults.0.db}\n- _self_\n",
                "conf/db/a.yaml": "x: 1",
                "conf/net/a.yaml": "x: 1",
            },
            "conf/config.yaml:3",
            "Hydra counts no items of a defaults list since 1.2; write ${db}",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- _self_\n- hydra/job_logging: none\na: 1\n"},
            "conf/config.yaml:3",
            "Hydra has chosen from hydra/job_logging already; write 'override hydra/job_logging: none'",
        ),
    ),
    fixable="safe",
)

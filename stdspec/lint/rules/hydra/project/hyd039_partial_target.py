"""HYD039: `functools.partial` as a `_target_`, for which Hydra has a key of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.finding import Severity
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import dotted, select

_PARTIAL: Final = "functools.partial"


def check(project: Project) -> Iterator[Spot]:
    """Every `_target_` that is `functools.partial`."""
    for file in project.files:
        for path, mark in file.document.marks.items() if _PARTIAL in file.document.text else ():
            if path and path[-1] == "_target_" and select(file.document.value, path) == _PARTIAL:
                message = "Hydra 1.5 refuses functools.partial here; name the function itself and add _partial_: true"
                yield Spot(mark.value, message, dotted(path))


RULE = ProjectRule(
    code="HYD039",
    slug="partial-target",
    summary="A `_target_` is functools.partial",
    why="Hydra 1.4 warns of `_target_: functools.partial`, and 1.5 is to refuse it. `_partial_: true` beside the "
    "function's own `_target_` does the same since Hydra 1.1.1, and lets its arguments be checked.",
    check=check,
    severity=Severity.INFO,
    good=(
        ProjectCase({"conf/config.yaml": "loss: {_target_: acme.loss, _partial_: true}"}),
        ProjectCase({"conf/config.yaml": "note: functools.partial\ntarget: functools.partial"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "loss:\n  _target_: functools.partial\n  _args_: ['${f}']\nf: 1\n"},
            "conf/config.yaml:2",
            "Hydra 1.5 refuses functools.partial here; name the function itself and add _partial_: true",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/opt/a.yaml": "steps:\n- _target_: functools.partial\n"},
            "conf/opt/a.yaml:2",
            "Hydra 1.5 refuses functools.partial here; name the function itself and add _partial_: true",
        ),
    ),
)

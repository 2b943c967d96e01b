"""HYD026: a secret that stands in a config file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.lint.secret_shape import NAME_SIGNS, NAMES, SIGNS, within
from stdspec.paths import dotted


def check(project: Project) -> Iterator[Spot]:
    """Texts with the shape of a secret, and values under a key that names one. What they say is not repeated."""
    for file in project.files:
        if not _may_hold_one(file.document.text.lower()):
            continue
        for path, _, _ in within((), file.document.value):
            if path in file.document.marks:
                message = f"{dotted(path)} holds a secret in plain text; revoke it, and read it with ${{oc.env:NAME}}"
                yield Spot(file.document.marks[path].value, message, dotted(path))


def _may_hold_one(text: str) -> bool:
    """Whether a look at each value is worth its time; most files are passed over. An escape may hide a shape."""
    named = any(sign in text for sign in NAME_SIGNS) and _named().search(text)
    return bool(named) or "\\" in text or any(sign in text for sign in SIGNS)


@cache
def _named() -> re.Pattern[str]:
    """The name of a secret as a key, or as a variable that has a default."""
    return re.compile(rf"{NAMES}[\"']?\s*[:,]")


RULE = ProjectRule(
    code="HYD026",
    slug="plain-secret",
    summary="A secret stands in a config file",
    why="Config files are committed, and Hydra writes the composed config into every output folder. A secret in one is "
    "public. Read it from the environment, and revoke what was written down.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "db: {user: me, password: '${oc.env:DB_PASSWORD}'}"}),
        ProjectCase({"conf/config.yaml": "db: {password: ???, url: 'https://example.org', token: '[MASK]'}"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "db:\n  password: hunter2\n"},
            "conf/config.yaml:2",
            "db.password holds a secret in plain text; revoke it, and read it with ${oc.env:NAME}",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/db/a.yaml": "url: postgres://bob:hunter2@db/claims"},
            "conf/db/a.yaml:1",
            "url holds a secret in plain text; revoke it, and read it with ${oc.env:NAME}",
        ),
    ),
)

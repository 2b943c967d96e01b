"""HYD026: a secret that stands in a config file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import ConfigPath, dotted

_SHAPES: Final = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{40,}|\bhf_[A-Za-z0-9]{30,}"
    r"|\bsk-[A-Za-z0-9_-]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|://[^/\s:@$<]+:[^/\s:@$<]+@"
)
_NAMES: Final = re.compile(
    r"(?:^|[_-])(?:password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token)$", re.IGNORECASE
)
_WORDS: Final = ("passw", "secret", "api", "access", "auth_token", "auth-token", "authtoken")
_NAMED: Final = re.compile(r"(?:passwd|password|secret|api[_-]?key|access[_-]?key|auth[_-]?token)[\"']?\s*:")
_SHAPED: Final = (
    "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "hf_", "sk-", "xox", "private", "://", "\\",
)  # fmt: skip
"""What stands in every text with such a shape, or in which an escape may hide one."""

_PLACEHOLDER: Final = re.compile(
    r"^(?:<.*>|\?\?\?|x+|\*+|\.+|none|null|todo|str|string|text|varchar|change.?me|your[ _-].*|\$.*)$", re.IGNORECASE
)


def check(project: Project) -> Iterator[Spot]:
    """Texts with the shape of a secret, and texts under a key that names one. What they say is not repeated."""
    for file in project.files:
        if not _may_hold_one(file.document.text.lower()):
            continue
        for path, value in _texts(file.document.value, ()):
            key = str(path[-1]) if path else ""
            named = _NAMES.search(key) and "${" not in value and not _PLACEHOLDER.match(value) and value
            if (named or _SHAPES.search(value)) and path in file.document.marks:
                message = f"{dotted(path)} holds a secret in plain text; revoke it, and read it with ${{oc.env:NAME}}"
                yield Spot(file.document.marks[path].value, message, dotted(path))


def _may_hold_one(text: str) -> bool:
    """Whether a look at each value is worth its time; most files are passed over."""
    named = any(word in text for word in _WORDS) and _NAMED.search(text)
    return bool(named) or any(part in text for part in _SHAPED)


def _texts(value: object, path: ConfigPath) -> Iterator[tuple[ConfigPath, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _texts(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts(child, (*path, index))
    elif isinstance(value, str):
        yield path, value


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

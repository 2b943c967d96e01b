"""What a secret looks like: the one table by which rules find secrets and commands hide them.

A text is a secret by its shape (a key of a cloud, a password in an address) wherever it stands, and any text or number
is one under a key that names a secret, or as the default of a variable that does. References and placeholders are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

from msgspec import Struct

from stdspec.paths import ConfigPath

_BEGIN: Final = "-----BEGIN [A-Z ]*PRIVATE KEY-----"

_SHAPES: Final = (
    ("aws", "an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("github", "a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{40,}"),
    ("huggingface", "a Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("api", "an API key", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("slack", "a Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    ("private", "a private key", rf"{_BEGIN}(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)"),
    ("address", "a password in an address", r"://[^/\s:@<]+:(?P<word>[^/\s:@$<]+)@"),
)
"""The name of a group, what it is in words, and its pattern. Of an address the password alone is the secret."""

SIGNS: Final = (
    "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "hf_", "sk-", "xox", "private", "://",
)  # fmt: skip
"""In lower case, what stands in every text that has one of the shapes."""

NAMES: Final = (
    r"(?:password|passwd|passphrase|secret|credentials?|api[_-]?key|access[_-]?key|secret[_-]?key|auth[_-]?token"
    r"|access[_-]?token)"
)
"""How the names of secrets end, in any case."""

NAME_SIGNS: Final = (
    "passw", "passphrase", "secret", "credential", "api", "access", "auth_token", "auth-token", "authtoken",
)  # fmt: skip
"""In lower case, what stands in every such name."""

PLAIN: Final = "a secret in plain text"
_BY_NAME: Final[ConfigPath] = ("compute", "secrets")
"""Where every key names a secret."""
_SHORTEST_NUMBER: Final = 1000
"""A smaller number under the name of a secret is a count or a switch."""


class Secret(Struct, frozen=True):
    """A secret in a value: what it is, for people, and the part of the text that nobody may see."""

    kind: str
    text: str


def secrets(path: ConfigPath, value: Any) -> tuple[Secret, ...]:
    """What is secret in one scalar at a config path; for most values nothing."""
    if isinstance(value, str):
        found = _shaped(value)
        if found or not value:
            return found
        if "${" in value:
            return _defaults(value, named=_is_named(path)) if "," in value else ()
        return (Secret(PLAIN, value),) if _is_named(path) and not _placeholder().match(value) else ()
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) < _SHORTEST_NUMBER:
        return ()
    return (Secret(PLAIN, str(value)),) if _is_named(path) else ()


def within(path: ConfigPath, value: Any) -> Iterator[tuple[ConfigPath, Any, tuple[Secret, ...]]]:
    """Every scalar with a secret in it, at or below a path, with its own path, in document order."""
    left = [(path, value)]
    while left:
        here, item = left.pop()
        if isinstance(item, dict):
            known = here == _BY_NAME
            left.extend(
                ((*here, key), child) for key, child in reversed(item.items()) if known or not _is_none(key, child)
            )
        elif isinstance(item, list):
            left.extend(((*here, index), item[index]) for index in range(len(item) - 1, -1, -1))
        elif found := secrets(here, item):
            yield here, item, found


def _is_none(key: Any, value: Any) -> bool:
    """Whether a scalar is no secret for sure, as most are: neither by its shape nor by its key."""
    if isinstance(value, str):
        return isinstance(key, str) and "${" not in value and not _shaped(value) and not _names_one(key)
    return value is None or value is True or value is False


def in_text(text: str) -> tuple[Secret, ...]:
    """What is secret by its shape in any text."""
    return _shaped(text)


def holds_secret(line: str) -> bool:
    """Whether a line of a file holds a secret, as far as can be told without reading the file as YAML."""
    lowered = line.lower()
    if any(sign in lowered for sign in SIGNS) and _shaped(line):
        return True
    written = _written().finditer(line) if any(sign in lowered for sign in NAME_SIGNS) else ()
    return any(secrets((found["key"],), found["value"].strip()) for found in written)


def _is_named(path: ConfigPath) -> bool:
    """Whether a key names a secret: the last one, or the key of the list in which a value stands."""
    if path[:-1] == _BY_NAME:
        return True
    for key in reversed(path):
        if not isinstance(key, int):
            return _names_one(str(key))
    return False


@lru_cache(maxsize=4096)
def _names_one(key: str) -> bool:
    """Whether a key names a secret. Specs of one project hold mostly the same keys, and the same texts."""
    return _names().search(key) is not None


@lru_cache(maxsize=4096)
def _shaped(text: str) -> tuple[Secret, ...]:
    found = []
    for match in _shape().finditer(text):
        secret = match["word"] or match[0]
        if not match["word"] or not _placeholder().match(secret):
            found.append(Secret(_KINDS[match.lastgroup or ""], secret))
    return tuple(found)


def _defaults(text: str, *, named: bool) -> tuple[Secret, ...]:
    """The defaults of variables in a reference, where the key or the variable names a secret."""
    found = ((match["name"], match["default"].strip().strip("'\"")) for match in _default().finditer(text))
    return tuple(
        Secret(PLAIN, default)
        for name, default in found
        if (named or _names_one(name)) and default and not _placeholder().match(default)
    )


_KINDS: Final = {name: kind for name, kind, _ in _SHAPES}


@cache
def _shape() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, _, pattern in _SHAPES))


@cache
def _names() -> re.Pattern[str]:
    return re.compile(f"(?:^|[_-]){NAMES}$", re.IGNORECASE)


@cache
def _written() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<key>(?<![A-Za-z0-9]){NAMES})[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"'#,}}\]{{\[][^\"',}}\]]*)",
        re.IGNORECASE,
    )


@cache
def _default() -> re.Pattern[str]:
    return re.compile(r"\$\{\s*oc\.env\s*:(?P<name>[^,${}]*),(?P<default>[^${}]*)\}")


@cache
def _placeholder() -> re.Pattern[str]:
    """What stands where a secret will be, and the name of a file that holds one."""
    words = r"none|null|todo|str|string|text|varchar|change.?me|your[ _-].*"
    signs = r"<.*>|\?\?\?|x+|\*+|\.+|.{0,2}…|\$\(.*\)|(?-i:\$[A-Z_][A-Z0-9_]*)"
    files = r".*\.(?:json|pem|crt|key|txt|env|ini|cfg|toml|ya?ml)"
    return re.compile(rf"(?:{words}|{signs}|{files})\Z", re.IGNORECASE)

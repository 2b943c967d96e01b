"""What counts as a secret, and what does not: one table for the rules and for the commands that hide them."""

from __future__ import annotations

from typing import Any

import pytest

from stdspec.lint.secret_shape import holds_secret, secrets, within
from stdspec.paths import ConfigPath


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("a",), "AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"),
        (("a",), "key=ghp_" + "a" * 36, "ghp_" + "a" * 36),
        (("a",), "postgres://bob:hunter2@db/claims", "hunter2"),
        (("a",), "postgres://${user}:hunter2@db/claims", "hunter2"),
        (("db", "password"), "hunter2", "hunter2"),
        (("db", "password"), "$ecret", "$ecret"),
        (("db", "DB_PASSWORD"), 47110815, "47110815"),
        (("client-secret",), "x1", "x1"),
        (("api_key", 0), "one", "one"),
        (("compute", "secrets", "TOKEN"), "abc", "abc"),
        (("a",), "${oc.env:DB_PASSWORD,'hunter2'}", "hunter2"),
        (("password",), "${oc.env:ANY, hunter2}", "hunter2"),
    ],
)
def test_a_secret_is_known(path: ConfigPath, value: Any, text: str) -> None:
    assert [one.text for one in secrets(path, value)] == [text]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("token",), "[MASK]"),
        (("db", "password"), "${oc.env:DB_PASSWORD}"),
        (("db", "password"), "${oc.env:DB_PASSWORD,null}"),
        (("db", "password"), "${oc.env:DB_PASSWORD,???}"),
        (("a",), "${oc.env:HOME,/root}"),
        (("db", "password"), "???"),
        (("db", "password"), "<yours>"),
        (("db", "password"), "$DB_PASSWORD"),
        (("db", "password"), "hu…"),
        (("db", "password"), ""),
        (("db", "password"), None),
        (("db", "password"), True),
        (("use_secret",), 1),
        (("credentials",), "key.json"),
        (("password_file",), "x"),
        (("a",), "https://example.org/a.csv"),
        (("a",), "postgres://<user>:<password>@db"),
        (("compute", "secrets", "TOKEN", "from"), "env"),
    ],
)
def test_what_is_none_is_left_alone(path: ConfigPath, value: Any) -> None:
    assert secrets(path, value) == ()


def test_secrets_are_found_in_order_at_any_depth() -> None:
    found = within((), {"a": [{"password": "one"}, "x"], "b": {"api_key": ["two", "three"]}})
    assert [(path, value) for path, value, _ in found] == [
        (("a", 0, "password"), "one"),
        (("b", "api_key", 0), "two"),
        (("b", "api_key", 1), "three"),
    ]


@pytest.mark.parametrize(
    ("line", "held"),
    [
        ("db: {password: hunter2, x: [}", True),
        ('  "api_key": "abc', True),
        ("# DB_PASSWORD=hunter2", True),
        ("k: AKIAABCDEFGHIJKLMNOP [", True),
        ("password: ${oc.env:X}", False),
        ("password: ???", False),
        ("secrets: {TOKEN: {from: env}}", False),
        ("epochs: 3", False),
    ],
)
def test_the_line_of_a_file_that_cannot_be_read(line: str, held: bool) -> None:
    assert holds_secret(line) is held

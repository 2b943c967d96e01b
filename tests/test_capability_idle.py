"""What is declared and not acted on is said, and only when somebody declared it."""

from __future__ import annotations

from typing import Any

import pytest

from stdspec.capability import STATED, idle
from stdspec.compose import compose_with_origins
from stdspec.paths import dotted
from stdspec.resources import conf
from stdspec.validate import schemas


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"compute": {"limits": {"retries": 2, "ttl": "1h", "memory": None}}}, ["ttl"]),
        ({"compute": {"limits": {"retries": 0}}}, []),
        ({"compute": {"limits": None, "targets": {"utilisation": None}, "secrets": {}}}, []),
        ({"deployment": {"serving": {"protocol": "http", "replicas": None}}}, ["serving"]),
        ({"compute": "text", "deployment": []}, []),
        ({}, []),
    ],
)
def test_what_is_declared_is_named(spec: dict[str, Any], said: list[str]) -> None:
    assert [str(path[-1]) for path in idle(spec)] == said


def test_the_table_names_keys_of_the_language() -> None:
    for path in STATED:
        assert f'"{path[-1]}"' in str(schemas.load(str(path[0]))).replace("'", '"'), dotted(path)


def test_base_alone_declares_nothing_that_is_not_acted_on() -> None:
    composed = compose_with_origins(str(conf()), None, ["+stdspec=base"])
    assert [dotted(path) for path in idle(composed.resolved)] == []

"""The fast validator agrees with the reference implementation, on what ships and on what is broken in every way."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from stdspec.paths import ConfigPath, dotted, select
from stdspec.validate import schemas

from .cases import EXPERIMENTS, release, shipped

BASE = "https://schemas.test/"  # urllib joins relative addresses only to schemes that it knows
WRONG = [None, True, -1, 0.5, 10**9, "", "no such thing", "4GiB", [], ["a"], {}, {"kind": "none"}, {"_target_": "a.B"}]


@cache
def judge() -> jsonschema.Draft202012Validator:
    resources = [(f"{BASE}{name}.schema.json", Resource.from_contents(schemas.load(name))) for name in schemas.names()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft202012Validator({"$ref": f"{BASE}spec.schema.json"}, registry=registry)


def mutations(spec: dict[str, Any], chance: random.Random, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Copies of a spec with one thing wrong or odd: a value replaced, a key taken away, a key too many."""
    paths = [path for path in places(spec) if path]
    for _ in range(count):
        broken = copy.deepcopy(spec)
        path = chance.choice(paths)
        parent, last = select(broken, path[:-1]), path[-1]
        act = chance.choice(["replace", "replace", "replace", "remove", "add"])
        if act == "replace":
            parent[last] = copy.deepcopy(chance.choice(WRONG))
        elif act == "remove":
            del parent[last]
        elif isinstance(parent, dict):
            parent[chance.choice(["epcohs", "kind", "x y", "lr"])] = copy.deepcopy(chance.choice(WRONG))
        yield f"{act} {dotted(path)}", broken


def places(value: Any, path: ConfigPath = ()) -> Iterator[ConfigPath]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


@pytest.mark.parametrize("name", ["release", *EXPERIMENTS])
def test_both_accept_what_ships(name: str) -> None:
    spec = (release() if name == "release" else shipped(f"+experiment={name}")).resolved
    assert schemas.validator("spec").is_valid(spec)
    assert judge().is_valid(spec)


@pytest.mark.parametrize("name", ["release", *EXPERIMENTS])
def test_both_point_at_the_same_places(name: str) -> None:
    spec = (release() if name == "release" else shipped(f"+experiment={name}")).resolved
    refused = 0
    for what, broken in mutations(spec, random.Random(name), 150):
        fast = {tuple(error.instance_path) for error in schemas.validator("spec").iter_errors(broken)}
        slow = {tuple(error.absolute_path) for error in judge().iter_errors(broken)}
        assert fast == slow, what
        refused += bool(fast)
    assert refused > 50

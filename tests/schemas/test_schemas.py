"""The shipped schemas are valid JSON Schema, closed, and every property says what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from stdspec.domains import DOMAINS
from stdspec.validate import schemas
from stdspec.validate.codes import KEYWORDS

LANGUAGE = ("common", "spec", *DOMAINS)
SILENT = {  # these say where to look or what something means; they refuse nothing by themselves
    *("$schema", "$id", "title", "description", "examples", "$defs", "$ref", "properties", "items"),
    *("allOf", "if", "then", "else"),
}
FREE = {"trainer", "spec", "config", "resources"}  # whatever Lightning's Trainer takes, or another schema's business


def objects(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every schema object below a node; maps of names to schemas are walked through."""
    if not isinstance(node, dict):
        return
    yield path, node
    for key in ("properties", "$defs"):
        for name, child in node.get(key, {}).items():
            yield from objects(child, (*path, key, name))
    for key in ("items", "additionalProperties", "propertyNames", "if", "then", "else", "not"):
        yield from objects(node.get(key), (*path, key))
    for index, child in enumerate(node.get("allOf", ())):
        yield from objects(child, (*path, "allOf", str(index)))


def test_the_root_and_every_domain_have_a_schema() -> None:
    assert set(LANGUAGE) <= set(schemas.names())
    assert {"plan", "record"} <= set(schemas.names())


@pytest.mark.parametrize("name", schemas.names())
def test_it_is_valid_by_the_meta_schema(name: str) -> None:
    document = schemas.load(name)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("name", [*LANGUAGE, "plan", "record"])
def test_every_property_is_described_in_a_sentence(name: str) -> None:
    undescribed = [
        "/".join((*path, key))
        for path, node in objects(schemas.load(name))
        if not {"if", "then"} & set(path[-1:])  # a condition picks a branch, and the branch describes
        for key, child in node.get("properties", {}).items()
        if not child.get("description", "").endswith(".")
    ]
    assert undescribed == []


@pytest.mark.parametrize("name", [*LANGUAGE, "plan", "record"])
def test_every_object_is_closed(name: str) -> None:
    open_objects = [
        "/".join(path)
        for path, node in objects(schemas.load(name))
        if "properties" in node and "additionalProperties" not in node
        if path[-1:] not in {("if",), ("then",), ("own",)} and "allOf" not in node and "else" not in node
    ]
    assert open_objects == []


@pytest.mark.parametrize("name", [*LANGUAGE, "plan", "record"])
def test_what_is_open_is_open_on_purpose(name: str) -> None:
    free = {
        path[-1]
        for path, node in objects(schemas.load(name))
        if node.get("additionalProperties") is True
        or (node.get("type") == "object" and not {"properties", "additionalProperties", "if", "allOf"} & set(node))
    }
    assert free <= FREE


@pytest.mark.parametrize("name", [*LANGUAGE, "standard"])  # what people write; stdspec alone writes the others
def test_no_schema_uses_a_keyword_that_has_no_words(name: str) -> None:
    used = {key for _, node in objects(schemas.load(name)) for key in node}
    assert used - SILENT <= set(KEYWORDS)


@pytest.mark.parametrize("name", LANGUAGE)
def test_a_kind_never_hides_behind_one_of(name: str) -> None:
    assert [path for path, node in objects(schemas.load(name)) if {"oneOf", "anyOf"} & set(node)] == []


@pytest.mark.parametrize("name", LANGUAGE)
def test_every_kind_has_its_branch(name: str) -> None:
    document = schemas.load(name)
    for path, node in objects(document):
        if "allOf" not in node:
            continue
        chosen = [case["if"]["properties"]["kind"]["const"] for case in node["allOf"]]
        assert chosen == node["properties"]["kind"]["enum"], path
        for case in node["allOf"]:
            assert case["then"]["$ref"].removeprefix("#/$defs/") in document["$defs"]


def test_nothing_but_shipped_schemas_is_fetched() -> None:
    assert schemas.retrieve("stdspec:/schemas/common.schema.json") is schemas.load("common")
    for address in ("https://example.org/x.json", "file:///etc/passwd", "stdspec:/schemas/../pyproject.schema.json"):
        with pytest.raises(ValueError, match="no shipped schema"):
            schemas.retrieve(address)

"""A JSON Schema fragment is taken only where it asks what it seems to ask."""

from __future__ import annotations

import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.standard.fragment import KEYWORDS, misfits, problems


@pytest.mark.parametrize(
    ("fragment", "path", "words"),
    [
        ({}, (), "write a mapping with a type"),
        ({"maximum": 3}, (), "the schema has no type"),
        ({"type": "number", "maxmum": 3}, ("maxmum",), "did you mean 'maximum'?"),
        ({"type": "string", "maximum": 3}, ("maximum",), "says nothing about a value of type string"),
        ({"type": "number", "maximum": math.nan}, ("maximum",), "'maximum' is not finite"),
        ({"enum": [1, math.inf]}, ("enum",), "'enum' is not finite"),
        ({"type": "object", "properties": {"a": {"minimum": 1}}}, ("properties", "a"), "the schema has no type"),
        ({"type": "array", "items": {"$ref": "#"}}, ("items", "$ref"), "leads elsewhere"),
        ({"type": "object", "$defs": {"a": {"type": "null"}}}, ("$defs",), "leads elsewhere"),
        ({"type": "string", "format": "licence"}, ("format",), "the format 'licence' is not checked"),
        ({"type": "string", "pattern": "(?=a)b"}, (), "no valid JSON Schema"),
        ({"type": "nmber"}, (), "no valid JSON Schema"),
        ({"anyOf": [{"type": "null"}, {"minimum": 1}]}, ("anyOf", 1), "the schema has no type"),
        ({"not": {"const": 3}}, (), "the schema has no type"),
    ],
)
def test_what_would_accept_too_much_is_refused_at_its_place(
    fragment: dict[str, Any], path: tuple[str | int, ...], words: str
) -> None:
    ((at, _, message),) = problems(fragment)
    assert at == path
    assert words in message


@pytest.mark.parametrize(
    "fragment",
    [
        {"type": "number", "maximum": 3},
        {"type": ["integer", "null"], "minimum": 0},
        {"type": "object", "required": ["a"], "additionalProperties": False, "properties": {"a": {"const": 1}}},
        {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": {"type": "boolean"}},
        {"type": "array", "prefixItems": [{"type": "string"}], "items": False, "not": {"maxItems": 0}},
        {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 1}]},
        {"type": "integer", "allOf": [{"minimum": 1}, {"maximum": 3}]},
    ],
)
def test_what_says_its_type_is_taken(fragment: dict[str, Any]) -> None:
    assert list(problems(fragment)) == []


SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.sampled_from(["", "n/a", "a", "2027-01-31"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner), max_leaves=6
)
KEYS = st.sampled_from([*KEYWORDS, "$ref", "maxmum", "if", "minimun"])
FRAGMENTS = st.recursive(
    st.dictionaries(KEYS, SCALARS, max_size=3),
    lambda inner: st.builds(
        lambda own, name, part: {**own, **part, "type": name},
        st.dictionaries(KEYS, SCALARS | inner | st.lists(inner, max_size=2), max_size=3),
        st.sampled_from(["object", "array", "string", "number", "integer"]),
        st.builds(lambda key, part: {key: part}, st.sampled_from(["items", "not", "additionalProperties"]), inner),
    ),
    max_leaves=4,
)


@given(FRAGMENTS, VALUES)
def test_a_fragment_that_is_taken_judges_as_another_validator_does(fragment: dict[str, Any], value: Any) -> None:
    if list(problems(fragment)):
        return
    found = list(misfits(value, fragment))
    if any(isinstance(item, float) and not math.isfinite(item) for item in _leaves(value)):
        assert found, "a number that is not finite fits nothing"
    elif "format" not in str(fragment):
        assert bool(found) == (not jsonschema.Draft202012Validator(fragment).is_valid(value))


@given(VALUES, st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"]))
def test_a_type_alone_refuses_every_other_type(value: Any, name: str) -> None:
    kinds = {
        "object": dict, "array": list, "string": str, "number": int | float, "integer": int | float, "boolean": bool,
        "null": type(None),
    }  # fmt: skip
    if not isinstance(value, kinds[name]):
        assert list(misfits(value, {"type": name}))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, list) else [value]

"""The operators are strict: what they cannot compare fails, and no document reaches another rule."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from cerberus import SchemaError
from hypothesis import given
from hypothesis import strategies as st

from stdspec.paths import MISSING
from stdspec.standard.compiled import OperatorValidator, compiled, refused
from stdspec.standard.operators import OPERATORS, asked, check, pattern

NEVER = [math.nan, math.inf, -math.inf, "n/a", None, [], {}, True, "", MISSING]


@pytest.mark.parametrize("operators", [{"at_least": 0}, {"at_most": 1}, {"above": -1}, {"below": 9}])
@pytest.mark.parametrize("value", NEVER)
def test_what_is_no_number_satisfies_no_comparison(value: Any, operators: dict[str, Any]) -> None:
    (failure,) = check(value, operators)
    assert failure.operator == next(iter(operators))


@pytest.mark.parametrize(
    ("value", "operators"),
    [
        (5, {"at_least": 5, "at_most": 5}),
        (5, {"above": 4.9, "below": 5.1}),
        ("184d", {"at_least": "6h"}),
        (None, {"exists": True}),
        (MISSING, {"exists": False}),
        (None, {"is": None}),
        ("CC-BY-4.0", {"matches": "^CC"}),
        ("a", {"one_of": ["b", "a"]}),
        ({"a": {"x": 1}, "b": {"x": 2}}, {"each": {"x": {"at_least": 1}}}),
        ({"a": {"level": "low"}, "b": {"level": "high"}}, {"any": {"level": {"is": "high"}}}),
        ({}, {"none": {"level": {"is": "high"}}}),
        ([1, 2], {"each": {"at_least": 1}, "count": {"is": 2}}),
        ({"a": {"b": {"c": 1}}}, {"each": {"each": {"c": {"is": 1}}}}),
        ({"a": {"b.c": 3, "b": {"c": 1}}}, {"each": {"b.c": {"is": 1}}}),
    ],
)
def test_what_holds_has_no_failure(value: Any, operators: dict[str, Any]) -> None:
    assert check(value, operators) == []


@pytest.mark.parametrize(
    ("value", "operators", "path", "found"),
    [
        ({"a": {"x": 0}}, {"each": {"x": {"at_least": 1}}}, ("a", "x"), 0),
        ({"a": {}}, {"each": {"x": {"at_least": 1}}}, ("a", "x"), MISSING),
        ({}, {"each": {"x": {"at_least": 1}}}, (), {}),
        ([], {"any": {"is": 1}}, (), []),
        ("n/a", {"none": {"is": 1}}, (), "n/a"),
        ({"a": {"level": "high"}}, {"none": {"level": {"is": "high"}}}, ("a",), {"level": "high"}),
        ({"a": {"b": {"c": 2}}}, {"each": {"each": {"c": {"is": 1}}}}, ("a", "b", "c"), 2),
        ([1, 2, 3], {"count": {"at_most": 2}}, (), 3),
        (5, {"count": {"at_most": 9}}, (), 5),
        (None, {"is_not": None}, (), None),
        (3, {"exists": False}, (), 3),
        (7, {"matches": "7"}, (), 7),
    ],
)
def test_a_failure_says_where_and_what(
    value: Any, operators: dict[str, Any], path: tuple[Any, ...], found: Any
) -> None:
    (failure,) = check(value, operators)
    assert failure.path == path
    assert failure.value is MISSING if found is MISSING else failure.value == found


def test_absence_satisfies_nothing_but_its_own_operator() -> None:
    for name, operand in (("is_not", 1), ("none", {"is": 1}), ("is", None), ("exists", True)):
        assert check(MISSING, {name: operand})


def test_matches_does_not_backtrack() -> None:
    start = time.process_time()
    assert check("a" * 5000 + "!", {"matches": "^(a+)+$"})
    assert time.process_time() - start < 1
    for backtracking in ("(?=a)a", r"(a)\1", "("):
        with pytest.raises(ValueError, match="regex"):
            pattern(backtracking)


def test_every_operator_is_a_rule_and_has_words() -> None:
    operands: dict[str, Any] = {
        "is": 1, "is_not": 1, "one_of": [1], "at_least": 1, "at_most": 1, "above": 1, "below": 1, "matches": "a",
        "exists": True, "each": {"is": 1}, "any": {"is": 1}, "none": {"is": 1}, "count": {"is": 1},
    }  # fmt: skip
    assert set(operands) == set(OPERATORS)
    for name, operand in operands.items():
        assert hasattr(OperatorValidator, f"_validate_{name}")
        assert asked({name: operand})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_any_value_is_judged_without_an_error(value: Any) -> None:
    for operators in (
        {"at_least": 1},
        {"each": {"x": {"is": 1}}},
        {"none": {"x": {"is": 1}}},
        {"count": {"at_least": 1}},
        {"matches": "x"},
    ):
        for failure in check(value, operators):
            assert failure.operator


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["10min", "1h", "n/a", "2026-01-01"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y"]), inner),
        max_leaves=6,
    ),
    st.sampled_from(
        [
            {"at_least": 1, "is_not": 2},
            {"at_most": "30min"},
            {"one_of": [1, None, "n/a"]},
            {"each": {"x": {"is": 1}}},
            {"any": {"at_least": 0}},
            {"none": {"x": {"is": None}}, "count": {"at_most": 2}},
            {"exists": False},
            {"matches": "^2026"},
        ]
    ),
)
def test_the_cerberus_rules_say_the_same(value: Any, operators: dict[str, Any]) -> None:
    validator = compiled(operators)
    validator.failures = []
    assert validator.validate({"value": value}, normalize=False) is (check(value, operators) == [])
    assert [failure.operator for failure in validator.failures] == [f.operator for f in check(value, operators)]


@pytest.mark.parametrize(
    ("name", "operand"),
    [("one_of", 3), ("one_of", []), ("at_least", [1]), ("at_least", None), ("matches", 1), ("exists", 1), ("each", 1)],
)
def test_cerberus_refuses_an_operand_of_the_wrong_type(name: str, operand: Any) -> None:
    assert refused(name, operand)


def test_no_other_rule_of_cerberus_can_be_reached() -> None:
    for name, operand in (("check_with", "f"), ("coerce", "int"), ("default", 1), ("nullable", True), ("type", "list")):
        with pytest.raises(SchemaError):
            compiled({name: operand})

"""Values compare by meaning, and only with their own kind."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.standard.quantity import order, quantity, same


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        (3, 2.5, 1),
        (2.5, 2.5, 0),
        ("90min", "1.5h", 0),
        ("184d", "26w", 1),
        ("20ms", "0.02s", 0),
        ("4GiB", "4GB", 1),
        ("1024KiB", "1MiB", 0),
        ("60/min", "1/s", 0),
        ("2027-12-31", "2027-06-30", 1),
        (datetime.date(2027, 1, 1), "2027-01-01", 0),
        ("1.20", "1.9", 1),
        ("1.20.0", "1.20", 0),
        ("2.0.0-rc.1", "2.0.0", -1),
    ],
)
def test_values_of_one_kind_compare_by_meaning(value: Any, limit: Any, expected: int) -> None:
    assert order(value, limit) == expected
    assert order(limit, value) == -expected


@pytest.mark.parametrize(
    "value",
    [None, True, False, math.nan, math.inf, "n/a", "", "10", "10 parsecs", "4/parsec", [], {}, [1], "2027-13-01"],
)
@pytest.mark.parametrize("limit", [0, "0s", "0B", "0/s", "2027-01-01", "1.0"])
def test_what_is_no_quantity_never_compares(value: Any, limit: Any) -> None:
    assert order(value, limit) is None


def test_kinds_do_not_mix() -> None:
    assert order("10min", 10) is None
    assert order("4GiB", "4s") is None
    assert order("1.20", 1.2) is None


def test_a_recorded_unit_gives_a_plain_number_its_kind() -> None:
    assert order(2**30, "1GiB", "bytes") == 0
    assert order(90, "1min", "seconds") == 1
    assert order(90, "1min") is None
    assert quantity("5", "bytes") is None


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), ("60min", "1h"), ([1, "1h"], [1.0, "60min"]), ({"a": 1}, {"a": 1.0}), (None, None)]
)
def test_equality_is_by_meaning(one: Any, other: Any) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, "1"), (None, "null"), ("1.0", "1.0.0"), ([], {}), (math.nan, math.nan)],
)
def test_equality_is_by_type_too(one: Any, other: Any) -> None:
    assert not same(one, other)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_order_as_numbers_do(one: float, other: float) -> None:
    assert order(one, other) == (one > other) - (one < other)

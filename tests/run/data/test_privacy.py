"""The scan for personal data: what counts, what only looks alike. All numbers are published test values."""

import pytest

pytest.importorskip("numpy", reason="needs the run extra")

from stdspec.run.data.privacy import Sighting, luhn, scan, scan_cells
from stdspec.run.data.raw import Table, as_text


@pytest.mark.parametrize("number", ["79927398713", "4111111111111111", "378282246310005"])
def test_luhn_accepts_the_right_check_digit_alone(number):
    assert luhn(number)
    assert not any(luhn(number[:-1] + digit) for digit in "0123456789" if digit != number[-1])


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("write to ann.b+c@mail.example.co.uk", {"email"}),
        ("@home, not a@b", set()),
        ("card 4111 1111 1111 1111 please", {"card number"}),
        ("card 4111 1111 1111 1112 please", set()),
        ("order 1234567890123456", set()),
        ("GB82 WEST 1234 5698 7654 32", {"iban"}),
        ("GB83 WEST 1234 5698 7654 32", set()),
        ("DE89370400440532013000", {"iban"}),
        ("078-05-1120", {"us ssn"}),
        ("000-05-1120 666-05-1120 900-05-1120 078-00-1120", set()),
        ("from 192.0.2.17", {"ip address"}),
        ("version 1.2.3.400", set()),
        ("2001:db8::8a2e:370:7334", {"ip address"}),
        ("at 12:30:45", set()),
        ("call +44 20 7946 0958", {"phone number"}),
        ("call (212) 555-0123", {"phone number"}),
        ("+12", set()),
        ("2026-12-31", set()),
        ("17.99", set()),
        ("0.123456789012345", set()),
    ],
)
def test_a_cell_is_what_its_check_says(cell, kinds):
    assert set(scan_cells([cell])) == kinds


def test_counts_are_of_cells_by_column_and_kind():
    table = Table(
        "a.csv",
        {
            "contact": as_text(["a@example.org b@example.org", "", "c@example.org"]),
            "lastName": as_text(["x", "y", "z"]),
            "birth_date": as_text(["", "", ""]),
            "pancake": as_text(["1", "2", "3"]),
            "secret": as_text(["d@example.org", "", ""]),
        },
    )
    assert scan(table, ["contact", "lastName", "birth_date", "pancake"]) == [
        Sighting("contact", "email", 2),
        Sighting("lastName", "name: person's name", 3),
        Sighting("birth_date", "name: birth date", 3),
    ]


def test_a_hostile_cell_is_scanned_in_a_moment():
    for cell in (
        "a@" * 20000,
        "1" * 40000,
        "+1" + " 1" * 20000,
        "1:" * 20000,
        "GB82" + " A" * 20000,
        "a." * 20000 + "@",
    ):
        assert isinstance(scan_cells([cell]), dict)

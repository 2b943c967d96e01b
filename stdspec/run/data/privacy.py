"""Looks for personal data in column names and cells: counts by column and kind, never a value.

Numbers with a check digit (cards, IBANs) count only when it is right. Columns of role ignore never enter the data set
and are not looked at.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from stdspec.run.data.raw import TEXT, Table


class Sighting(Struct, frozen=True):
    """One kind of personal data in one column: in `count` of its cells, or in its name (kind ``name: …``)."""

    column: str
    kind: str
    count: int

    def as_json(self) -> dict[str, Any]:
        """The sighting as plain data."""
        return {"column": self.column, "kind": self.kind, "count": self.count}


def scan(table: Table, names: Iterable[str]) -> list[Sighting]:
    """Every sighting in the given columns of a table, in their order."""
    found = []
    for name in names:
        kind = _name_kind(name)
        if kind is not None:
            found.append(Sighting(name, f"name: {kind}", len(table)))
        values = table.columns[name]
        if values.dtype == TEXT:
            found += [Sighting(name, kind, count) for kind, count in scan_cells(values).items()]
    return found


def scan_cells(cells: Iterable[str]) -> dict[str, int]:
    """Kind of personal data to the number of cells that hold it."""
    counts: dict[str, int] = {}
    for cell in cells:
        if not _may_hold(cell):
            continue
        for kind, (pattern, check) in KINDS.items():
            if any(check(match.group()) for match in pattern.finditer(cell)):
                counts[kind] = counts.get(kind, 0) + 1
    return counts


def luhn(number: str) -> bool:
    """Whether the last digit of a number is its Luhn check digit (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits)


def _iban(text: str) -> bool:
    """The check of ISO 13616: the number rearranged, letters as 10 to 35, leaves 1 modulo 97."""
    compact = re.sub(r"\s", "", text).upper()
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _phone(text: str) -> bool:
    return 8 <= len(re.sub(r"\D", "", text)) <= 15  # ITU-T E.164: at most 15 digits


def _always(text: str) -> bool:
    del text
    return True


KINDS: Final[Mapping[str, tuple[re.Pattern[str], Callable[[str], bool]]]] = {
    "email": (re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"), _always),
    "card number": (re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])"), _card),
    "iban": (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"), _iban),
    # never issued: 000, 666, 900 to 999 as the first group, 00 and 0000 later (US Social Security Administration)
    "us ssn": (re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])"), _always),
    "ip address": (
        re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){2,7}[0-9A-Fa-f:]+"),
        _address,
    ),
    "phone number": (
        re.compile(r"(?<![\w+])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}(?!\d)|(?<![\d-])\(\d{3}\) ?\d{3}-\d{4}(?!\d)"),
        _phone,
    ),
}
"""Kind to the pattern of a candidate and what decides that it is one."""

_NAMES: Final[Mapping[str, re.Pattern[str]]] = {
    kind: re.compile(rf"(?:^|[^a-z])(?:{words})(?:$|[^a-z])")
    for kind, words in {
        "email": r"e-?mails?",
        "phone number": r"(?:tele)?phones?(?:[ _-]?(?:number|no))?|mobiles?(?:[ _-]?(?:number|no))",
        "us ssn": r"ssn|social[ _-]security(?:[ _-](?:number|no))?",
        "iban": r"iban",
        "card number": r"(?:credit|debit)?[ _-]?card[ _-](?:number|no)|pan",
        "passport": r"passport(?:[ _-](?:number|no))?",
        "person's name": r"(?:first|last|full|given|family|middle)[ _-]?name|surname|forename",
        "birth date": r"(?:birth[ _-]?(?:date|day)|date[ _-]of[ _-]birth|dob)",
        "ip address": r"ip[ _-]?addr(?:ess)?",
        "street address": r"(?:street|home|postal)[ _-]?address",
    }.items()
}
"""Kind to the words that a column's name gives it away by."""


def _name_kind(name: str) -> str | None:
    # camelCase is split into words first
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return next((kind for kind, pattern in _NAMES.items() if pattern.search(words)), None)


def _may_hold(cell: str) -> bool:
    """A quick look that spares most cells the patterns: every kind needs an @, a colon or four digits."""
    return "@" in cell or ":" in cell or sum(map(str.isdigit, cell)) >= 4

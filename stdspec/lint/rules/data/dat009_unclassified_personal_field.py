"""DAT009: a column about persons that nobody classified or that is kept for ever."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from stdspec.compose.model import Composed
from stdspec.lint.look import entries, listed
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PERSONAL = re.compile(
    r"(^|[_ .-])(e?-?mail|phone|mobile|ssn|passport|birth(day|date)?|dob|address|surname|(first|last|full)[_ ]?name"
    r"|iban|patient[_ ]?(id|name)|licen[cs]e[_ ]?plate|ip[_ ]?address)([_ .-]|$)",
    re.IGNORECASE,
)


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Columns with half a `personal` entry, and columns whose name speaks of a person and that have none."""
    for path, column in entries(spec, "data", "columns"):
        name = str(path[-1])
        if "personal" not in column:
            if _PERSONAL.search(name):
                yield Fault(
                    path,
                    f"column '{name}' looks personal and is not classified; add personal: {{classification, retention, "
                    "deidentify}, or personal: null if it is not",
                    key=True,
                )
        elif (missing := _missing(column["personal"])) is not None:
            yield Fault((*path, "personal"), f"personal column '{name}' says no {missing}; add it", key=True)


def _missing(personal: Any) -> str | None:
    if not isinstance(personal, dict):
        return None
    keys = [key for key in ("classification", "retention") if personal.get(key) is None]
    return listed(keys, "and no") if keys else None


RULE = Rule(
    code="DAT009",
    slug="unclassified-personal-field",
    summary="A personal column is not classified, or says no retention",
    why="Data about persons may be kept only as far and as long as the purpose needs. A column that is not marked is "
    "neither "
    "de-identified nor deleted. Say what it is and how long it stays, or that it is not personal.",
    check=check,
    good=(
        Case(
            "data: {columns: {email: {type: text, personal: {classification: contact, retention: 30d, deidentify: "
            "drop}}}}"
        ),
        Case("data: {columns: {address: {type: text, personal: null}, embirth: {type: text}}}"),
    ),
    bad=(
        Case(
            "data: {columns: {patient_id: {type: text}}}",
            "data.columns.patient_id",
            "column 'patient_id' looks personal and is not classified; add personal: {classification, retention, "
            "deidentify}, "
            "or personal: null if it is not",
        ),
        Case(
            "data: {columns: {x: {type: text, personal: {classification: health}}}}",
            "data.columns.x.personal",
            "personal column 'x' says no retention; add it",
        ),
    ),
)

"""LNT002: a comment switches off a code that does not exist."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="LNT002",
    summary="A comment switches off a code that does not exist",
    why=(
        "It switches nothing off, and what was meant is still said. The suggestion is the nearest code; "
        "`stdspec rules` lists all, and the clauses of the project's own standards count as well."
    ),
    found_by=("stdspec.lint.suppress:_faults",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
code: 012  # stdspec: ignore[YML009] the plant numbers its lines in octal
seed: 3
"""
            }
        ),
        FormCase({"conf/config.yaml": "code: 012  # stdspec: ignore[YML009, YML009] in octal\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "code: 12  # stdspec: ignore[YLM009] in octal\n"},
            "conf/config.yaml:1:29",
            "there is no code 'YLM009'; did you mean YML009?",
        ),
        FormCase(
            {"conf/config.yaml": "code: 12  # stdspec: ignore[octal] in octal\n"},
            "conf/config.yaml:1:29",
            "there is no code 'octal'; `stdspec rules` lists the codes",
        ),
    ),
    severity=Severity.WARNING,
)

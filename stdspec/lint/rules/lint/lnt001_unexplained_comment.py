"""LNT001: a comment switches a code off and does not say why."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="LNT001",
    summary="A comment switches a code off and does not say why",
    why=(
        "Whoever reads the comment later has to know whether it still holds. Until it says why, the comment "
        "switches nothing off. Write the reason behind the bracket."
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
        FormCase(
            {
                "conf/config.yaml": """\
# stdspec: ignore[YML009] the plant numbers its lines in octal
code: 012
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
code: 012  # stdspec: ignore[YML009]
seed: 3
"""
            },
            "conf/config.yaml:1:12",
            "nothing says why YML009 may be ignored here; write the reason behind the bracket",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
# stdspec: ignore[YML009] --
code: 012
"""
            },
            "conf/config.yaml:1:1",
            "nothing says why YML009 may be ignored here; write the reason behind the bracket",
        ),
    ),
    severity=Severity.WARNING,
)

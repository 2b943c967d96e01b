"""LNT005: a comment for lint has not the form of one."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="LNT005",
    summary="A comment for lint has not the form of one",
    why=(
        "A comment that names no code would hide every fault of its line, the next one as well, and a "
        "misspelt one hides none. Name the codes in square brackets, with commas between them, and the reason "
        "behind."
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
# stdspec: '1'
text: '# stdspec: ignore'
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "code: 012  # stdspec: ignore\n"},
            "conf/config.yaml:1:12",
            "the comment names no code; write '# stdspec: ignore[CODE] reason'",
        ),
        FormCase(
            {"conf/config.yaml": "code: 012  # stdspec: ingore[YML009] in octal\n"},
            "conf/config.yaml:1:12",
            "'ingore' is not 'ignore'; write '# stdspec: ignore[CODE] reason'",
        ),
    ),
    severity=Severity.WARNING,
)

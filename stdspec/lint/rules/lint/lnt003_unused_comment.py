"""LNT003: a comment switches off what is not found there."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="LNT003",
    summary="A comment switches off what is not found there",
    why=(
        "The fault was mended, or it stands on another line. A comment that is left behind hides the next "
        "fault of its kind. It is only said where everything was looked for: in a file of a config group, in an "
        "experiment that others build on, and of a rule about whole projects, when the whole config folder is linted."
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
# a comment in prose about stdspec: ignore what is below
code: 12
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "code: 12  # stdspec: ignore[YML009] in octal\n"},
            "conf/config.yaml:1:29",
            "YML009 is not found here; remove it from the comment",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
# stdspec: ignore[YML009, YML023] in octal
code: 012
name: None
"""
            },
            "conf/config.yaml:1:27",
            "YML023 is not found here; remove it from the comment",
        ),
    ),
    severity=Severity.WARNING,
    fixable="safe",
)

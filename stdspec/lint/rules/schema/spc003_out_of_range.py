"""SPC003: the number, or the length, lies outside of what makes sense."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC003",
    summary="The number, or the length, lies outside of what makes sense",
    why=(
        "Bounds are set where a value beyond them cannot be meant: shares above 1, a negative number of "
        "epochs, a list with nothing in it."
    ),
    found_by=(
        "stdspec.validate.check:_sifted_findings",
        "stdspec.validate.translate:_out_of_range",
    ),
    good=(
        FormCase({"conf/training/mine.yaml": "epochs: 1\n"}),
        FormCase(
            {
                "conf/model/mine.yaml": """\
kind: mlp
dropout: 0
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {"conf/training/mine.yaml": "epochs: 0\n"},
            "conf/training/mine.yaml:1:9",
            "'epochs' is 0 and must be at least 1",
        ),
        FormCase(
            {
                "conf/model/mine.yaml": """\
kind: mlp
dropout: 1.5
"""
            },
            "conf/model/mine.yaml:2:10",
            "'dropout' is 1.5 and must be less than 1",
        ),
    ),
)

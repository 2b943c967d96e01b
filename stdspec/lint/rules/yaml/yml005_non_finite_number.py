"""YML005: a number is not finite."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML005",
    summary="A number is not finite",
    why=(
        "NaN and the infinities have no meaning in a spec: they pass most comparisons or none, and validators"
        " read them differently. Write a number, or null where there is none."
    ),
    found_by=(
        "stdspec.compose.policy:_of_value",
        "stdspec.source.reader:_Reading._value",
    ),
    good=(
        FormCase({"conf/config.yaml": "limit: null\n"}),
        FormCase({"conf/config.yaml": "limit: 1e308\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training: {clip: .inf}
"""
            },
            "conf/config.yaml:2:18",
            ".inf is not a finite number; write a number or null",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training: {optimizer: {lr: .nan}}
"""
            },
            "conf/config.yaml:2:28",
            ".nan is not a finite number; write a number or null",
        ),
    ),
)

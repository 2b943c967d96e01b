"""LNT004: a comment wants to switch off what no comment can."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="LNT004",
    summary="A comment wants to switch off what no comment can",
    why=(
        "A spec cannot excuse itself from what a standard insists on (level must), from showing a secret, or "
        "from drawing in files from outside the project: whoever may write a spec could switch every gate "
        "off. The project's settings can set such a code aside, where it is seen and counted."
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
        FormCase({"conf/config.yaml": "name: None  # stdspec: ignore[YML023] the name is the word\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "api_key: 'ab3kd93kfl20fk39fkd9'  # stdspec: ignore[HYD026] only for tests\n"},
            "conf/config.yaml:1:52",
            "a comment cannot switch HYD026 off; mend the fault, or set it in the project's settings",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
# stdspec: ignore[CMP003] a full batch needs two steps
training: {batch: {global: 100, micro: 16}}
"""
            },
            "conf/config.yaml:2:19",
            "a comment cannot switch CMP003 off; mend the fault, or set it in the project's settings",
        ),
    ),
    severity=Severity.WARNING,
)

"""SPC004: the key takes one of a few values, and this is none of them."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC004",
    summary="The key takes one of a few values, and this is none of them",
    why=("Where a key takes a closed set of words, each of them means something to the runner, and any other nothing."),
    found_by=("stdspec.validate.translate:_unknown_value",),
    good=(
        FormCase({"conf/training/mine.yaml": "task: regression\n"}),
        FormCase({"conf/compute/mine.yaml": "precision: bf16-mixed\n"}),
    ),
    bad=(
        FormCase(
            {"conf/training/mine.yaml": "task: regresion\n"},
            "conf/training/mine.yaml:1:7",
            "'task' is 'regresion'; did you mean 'regression'?",
        ),
        FormCase(
            {"conf/compute/mine.yaml": "precision: fp16\n"},
            "conf/compute/mine.yaml:1:12",
            ("'precision' is 'fp16' and must be one of 32-true, 16-true, bf16-true, 64-true, 16-mixed or bf16-mixed"),
        ),
    ),
    fixable="unsafe",
)

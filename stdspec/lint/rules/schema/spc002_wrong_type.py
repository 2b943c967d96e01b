"""SPC002: the value has another type than its key takes."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC002",
    summary="The value has another type than its key takes",
    why=(
        "A text in the place of a number, one value in the place of a list. Often only quotes are too many or missing."
    ),
    found_by=(
        "stdspec.validate.check:_sifted_findings",
        "stdspec.validate.translate:_wrong_type",
    ),
    good=(
        FormCase({"conf/training/mine.yaml": "epochs: 5\n"}),
        FormCase({"conf/training/mine.yaml": "epochs: ${common.epochs}\n"}),
    ),
    bad=(
        FormCase(
            {"conf/training/mine.yaml": "epochs: '5'\n"},
            "conf/training/mine.yaml:1:9",
            "'epochs' is the text '5' and must be a whole number or null; take the quotes away",
        ),
        FormCase(
            {"conf/training/mine.yaml": "batch: 64\n"},
            "conf/training/mine.yaml:1:8",
            "'batch' is 64 and must be a mapping; write {global: 64}",
        ),
        FormCase(
            {"conf/training/mine.yaml": "optimizer: sdg\n"},
            "conf/training/mine.yaml:1:12",
            "'optimizer' is the text 'sdg' and must be a mapping; write {kind: sgd}",
        ),
        FormCase(
            {"conf/deployment/mine.yaml": "exports: [onnx]\n"},
            "conf/deployment/mine.yaml:1:10",
            "'exports' is a list and must be a mapping",
        ),
    ),
    fixable="safe",
)

"""SPC007: there is no such kind."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC007",
    summary="There is no such kind",
    why=(
        "`kind` picks one of a closed table of branches, each with keys of its own. Keys beside an unknown "
        "kind are not judged, for nobody knows which branch was meant."
    ),
    found_by=("stdspec.validate.translate:_unknown_value",),
    good=(
        FormCase({"conf/training/mine.yaml": "optimizer: {kind: adamw, lr: 0.1}\n"}),
        FormCase({"conf/model/mine.yaml": "kind: cnn\n"}),
    ),
    bad=(
        FormCase(
            {"conf/training/mine.yaml": "optimizer: {kind: adamv, lr: 0.1}\n"},
            "conf/training/mine.yaml:1:19",
            "unknown kind 'adamv'; did you mean 'adam'?",
        ),
        FormCase(
            {"conf/model/mine.yaml": "kind: transfomer\n"},
            "conf/model/mine.yaml:1:7",
            "unknown kind 'transfomer'; the kinds are mlp, cnn and onnx",
        ),
    ),
    fixable="unsafe",
)

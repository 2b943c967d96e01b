"""SPC001: the language has no such key there."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC001",
    summary="The language has no such key there",
    why=(
        "The language is closed, so that a misspelt key is found and not ignored. The suggestion is the "
        "nearest key of that place."
    ),
    found_by=("stdspec.validate.translate:_unknown_keys",),
    good=(
        FormCase({"conf/training/mine.yaml": "epochs: 5\n"}),
        FormCase({"conf/compute/mine.yaml": "limits: {memory: 4GiB}\n"}),
    ),
    bad=(
        FormCase(
            {"conf/training/mine.yaml": "epoch: 5\n"},
            "conf/training/mine.yaml:1:1",
            "unknown key 'epoch'; did you mean 'epochs'?",
        ),
        FormCase(
            {"conf/compute/mine.yaml": "limits: {memroy: 4GiB}\n"},
            "conf/compute/mine.yaml:1:10",
            "unknown key 'memroy'; did you mean 'memory'?",
        ),
    ),
    fixable="unsafe",
)

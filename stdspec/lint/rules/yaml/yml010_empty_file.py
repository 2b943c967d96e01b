"""YML010: an entry point says nothing."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML010",
    summary="An entry point says nothing",
    why=("An empty file composes to nothing, which passes every check and trains no model. Fill it, or remove it."),
    found_by=("stdspec.compose.composer:_emptiness",),
    good=(
        FormCase({"conf/config.yaml": "seed: 3\n"}),
        FormCase({"conf/config.yaml": "seed: 3\n", "conf/data/none.yaml": ""}),
    ),
    bad=(
        FormCase({"conf/config.yaml": ""}, "conf/config.yaml:1:1", "the file says nothing; write a spec"),
        FormCase(
            {"conf/config.yaml": "# to be written\n"}, "conf/config.yaml:1:1", "the file says nothing; write a spec"
        ),
    ),
)

"""YML012: a value is tagged as bytes or as a path object."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML012",
    summary="A value is tagged as bytes or as a path object",
    why=(
        "Such a value is no plain data: it cannot be printed, compared or sent as JSON, and Hydra makes an "
        "object of it. Write a text, or name a file."
    ),
    found_by=("stdspec.source.reader:_Reading._value",),
    good=(
        FormCase({"conf/config.yaml": "key: iVBORw==\n"}),
        FormCase({"conf/config.yaml": "key: !!str 12\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "key: !!binary iVBORw==\n"},
            "conf/config.yaml:1:6",
            "a value tagged !!binary is bytes, which a spec cannot hold; write a text or name a file",
        ),
        FormCase(
            {"conf/config.yaml": "keys: [a, !!binary AAAA]\n"},
            "conf/config.yaml:1:11",
            "a value tagged !!binary is bytes, which a spec cannot hold; write a text or name a file",
        ),
    ),
)

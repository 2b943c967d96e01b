"""YML007: the bytes are not UTF-8."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML007",
    summary="The bytes are not UTF-8",
    why=(
        "YAML is read as UTF-8 everywhere. A file in another encoding gives other letters on another machine,"
        " or none. Save it as UTF-8."
    ),
    found_by=("stdspec.source.reader:read",),
    good=(
        FormCase({"conf/config.yaml": "city: Zürich\n"}),
        FormCase({"conf/config.yaml": b"\xef\xbb\xbfcity: Z\xc3\xbcrich\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": b"seed: 3\ncity: Z\xfcrich\n"},
            "conf/config.yaml:2:8",
            "byte 0xfc is not UTF-8; save the file as UTF-8",
        ),
        FormCase(
            {"conf/config.yaml": b"\xff\xfea\x00:\x00"},
            "conf/config.yaml:1:1",
            "byte 0xff is not UTF-8; save the file as UTF-8",
        ),
    ),
)

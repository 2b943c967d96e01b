"""YML017: no alias names an anchor."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML017",
    summary="No alias names an anchor",
    why=(
        "An anchor marks a value for aliases of the same file. One that none names does nothing; often the "
        "alias was forgotten, or stands in another file, where it cannot see the anchor."
    ),
    found_by=("stdspec.source.hygiene:notes",),
    severity=Severity.INFO,
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &a 1
b: *a
"""
            }
        ),
        FormCase({"conf/config.yaml": "command: a && b\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &a 1
b: 2
"""
            },
            "conf/config.yaml:1:4",
            "no alias of this file names the anchor &a; write *a where it is meant, or remove it",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
base: &base {lr: 0.1}
mine: {<<: {lr: 0.2}}
"""
            },
            "conf/config.yaml:1:7",
            "no alias of this file names the anchor &base; write *base where it is meant, or remove it",
        ),
    ),
)

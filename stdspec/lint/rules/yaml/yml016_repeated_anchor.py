"""YML016: two anchors have the same name."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML016",
    summary="Two anchors have the same name",
    why=(
        "An alias below would mean the second, though who reads the file may have seen only the first; Hydra "
        "refuses the file. Rename one."
    ),
    found_by=("stdspec.source.tree:TreeReader._node",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &a 1
b: &b 2
both: [*a, *b]
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a: &a 1
again: [*a, *a]
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &x 1
b: &x 2
c: *x
"""
            },
            "conf/config.yaml:2:4",
            "the anchor &x stands twice; rename one",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a: &x {lr: 1}
b:
  - &x 2
  - *x
"""
            },
            "conf/config.yaml:3:5",
            "the anchor &x stands twice; rename one",
        ),
    ),
)

"""YML015: an alias names no anchor."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML015",
    summary="An alias names no anchor",
    why=(
        "`*name` stands for what `&name` marks above it in the same file. Anchors of other files are not "
        "seen: use an interpolation, `${name}`, to refer to another file's value."
    ),
    found_by=("stdspec.source.tree:TreeReader._alias",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
base: &base {lr: 0.1}
mine: *base
"""
            }
        ),
        FormCase({"conf/config.yaml": "glob: '*base'\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "mine: *base\n"},
            "conf/config.yaml:1:7",
            "there is no anchor &base above this alias; correct the name, or write the value out",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
base: &base {lr: 0.1}
mine:
  <<: *bsae
"""
            },
            "conf/config.yaml:3:7",
            "there is no anchor &bsae above this alias; correct the name, or write the value out",
        ),
    ),
)
